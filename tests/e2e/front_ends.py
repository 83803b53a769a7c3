"""The shop's built pages with one thing changed, and its API with a fault."""

import shutil
from pathlib import Path

from e2e.shop import BUILT

_AROUND = """
import {{ handler as pages }} from './pages.mjs';

export async function handler(event) {{
  const answer = await pages(event);
  const isPage = answer.headers['content-type'].startsWith('text/html');
  return isPage ? {changed} : answer;
}}
"""
FAILING_API = """
def handler(event, context):
    return {"statusCode": 500, "headers": {"content-type": "application/json"}, "body": "{}"}
"""


def built_copy(release: str, folder: Path) -> Path:
    """A release's built files, to be changed."""
    return Path(shutil.copytree(BUILT / release, folder / release))


def with_pages(release: str, folder: Path, changed: str) -> Path:
    """A release whose pages are changed by an expression on the handler's `answer`."""
    copy = built_copy(release, folder)
    (copy / "index.mjs").rename(copy / "pages.mjs")
    (copy / "index.mjs").write_text(_AROUND.format(changed=changed), "utf-8")
    return copy


def asset(built: Path, pattern: str) -> Path:
    """The one asset that fits, such as `index-*.js`."""
    (found,) = (built / "assets").glob(pattern)
    return found


def failing_api(folder: Path) -> Path:
    """A backend that answers everything with 500."""
    folder.mkdir()
    (folder / "index.py").write_text(FAILING_API, "utf-8")
    return folder
