"""Makes the README a page of the package index, where links relative to the repository would lead nowhere.

A workflow knows the address of the repository that it runs in; built elsewhere, the page keeps the links as they are.
"""

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

RELATIVE = re.compile(r"\]\((?!\w+:|#)([^)]+)\)")
PICTURES = (".png", ".svg")


class IndexPage(MetadataHookInterface):
    """Fills in the readme, and the project's addresses where they are known."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Called by hatchling with what pyproject.toml says of the project."""
        page, addresses = Path(self.root, "README.md").read_text("utf-8"), {}
        if "GITHUB_REPOSITORY" in os.environ:
            repository = f"{os.environ['GITHUB_SERVER_URL']}/{os.environ['GITHUB_REPOSITORY']}"
            page = with_addresses(page, repository, f"v{metadata['version']}")
            addresses = {"Source": repository, "Changelog": f"{repository}/blob/main/CHANGELOG.md"}
        metadata["readme"] = {"content-type": "text/markdown", "text": page}
        metadata["urls"] = addresses


def with_addresses(page: str, repository: str, tag: str) -> str:
    """The page as it is read outside the repository, at the release's tag."""

    def absolute(link: re.Match[str]) -> str:
        kind = "raw" if link[1].endswith(PICTURES) else "blob"
        return f"]({repository}/{kind}/{tag}/{link[1]})"

    return RELATIVE.sub(absolute, page)
