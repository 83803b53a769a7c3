"""A shop that is released with the library: `backend`, `api`, `frontend`, `site`, and a `canary` on it."""
# ruff: noqa: F821

import runpy
from pathlib import Path

from aws_cdk import aws_synthetics as synthetics

globals().update(runpy.run_path(str(Path(__file__).with_name("a_front_end.py"))))

site = StickyPartitionDistribution(stack, "Site", partitions=frontend.partitions, backend=rest_api_origin(api))
canary = synthetics.Canary(
    stack,
    "Canary",
    runtime=synthetics.Runtime("syn-nodejs-puppeteer-15.0", synthetics.RuntimeFamily.NODEJS),
    test=synthetics.Test.custom(code=synthetics.Code.from_inline("exports.handler = 1;"), handler="index.handler"),
)
