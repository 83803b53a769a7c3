"""`stack`, a `backend` that shifts, its `api`, and `pages`, a recipe; files of theirs in `frontend/dist/assets`."""
# ruff: noqa: F821

import runpy
from pathlib import Path

globals().update(runpy.run_path(str(Path(__file__).with_name("a_stack.py"))))

pages = build_pages
backend = TrafficShiftedFunction(stack, "Backend", function=api_function)
api = apigateway.LambdaRestApi(stack, "Api", rest_api_name="shop-api", handler=backend.alias)
Path("frontend/dist/assets").mkdir(parents=True, exist_ok=True)
Path("frontend/dist/assets/app-0a1b2c3d.js").write_text("document.body.dataset.alive = 'yes';\n")
