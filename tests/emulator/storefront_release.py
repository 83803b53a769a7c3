"""Releases of the storefront: the example as it is, with other prices in its backend, or with pages that fail."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import synthesized

APP = Path(__file__).parent / "storefront_app.py"
PRICE = 3900
"""What the example's backend asks for a kettle."""

FAILING_PAGES = """
import { handler as pages } from './pages.mjs';

let asked = 0;

export async function handler(event) {
  asked += 1;
  if (asked % 2 === 0) {
    return { statusCode: 500, headers: { 'cache-control': 'no-store' }, body: 'This release cannot render the page.' };
  }
  return pages(event);
}
"""


@dataclass(frozen=True, kw_only=True)
class StorefrontRelease:
    """What a stack update brings.

    Attributes:
        name: The release's name, for its folder.
        pages: The built front end, `one` or `two`.
        price: What the backend asks for a kettle, by which visitors tell its version.
        fails: Whether every other request for a page is answered 500, which Lambda counts as a success.
        bake_seconds: How long the one-box is watched.
    """

    name: str
    pages: str = "one"
    price: int = PRICE
    fails: bool = False
    bake_seconds: int = 20


def synthesize(folder: Path, *, stack_name: str, account: str, region: str, release: StorefrontRelease) -> Path:
    """Write the cloud assembly of a release, in a process of its own as a user would."""
    example = synthesized.copy_of("storefront", folder)
    shutil.copy(APP, example / "app.py")
    _replace(example / "backend" / "index.py", f'"price": {PRICE}', f'"price": {release.price}')
    if release.fails:
        built = example / "frontend" / "built" / release.pages
        (built / "index.mjs").rename(built / "pages.mjs")
        (built / "index.mjs").write_text(FAILING_PAGES)
    return synthesized.synthesize(
        example,
        folder / "cdk.out",
        stackName=stack_name,
        account=account,
        region=region,
        release=release.pages,
        bakeSeconds=str(release.bake_seconds),
    )


def _replace(file: Path, text: str, replacement: str) -> None:
    before = file.read_text()
    assert text in before, f"{file.name} has no {text} any more"
    file.write_text(before.replace(text, replacement))
