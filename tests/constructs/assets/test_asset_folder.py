"""The folder of a release's files: what is in it, and which of its files the next release would overwrite."""

from pathlib import Path

import pytest

from prod_one_box import InvalidArgumentError
from prod_one_box.constructs.assets import asset_folder
from prod_one_box.constructs.assets.asset_folder import AssetFolder


def read(directory: Path) -> AssetFolder:
    return AssetFolder.read(str(directory), path="Shop/Assets")


def test_every_file_is_listed_also_hidden_ones_and_those_in_folders(tmp_path: Path) -> None:
    for name in ("b.js", ".vite/manifest.json", "a/b/c.css", "a/[slug]/ä b.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "empty").mkdir()
    assert read(tmp_path).files == (".vite/manifest.json", "a/[slug]/ä b.js", "a/b/c.css", "b.js")


def test_a_missing_or_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    with pytest.raises(InvalidArgumentError, match=r"Shop/Assets: directory: got .*, which has no files; allowed"):
        read(tmp_path / "empty")
    with pytest.raises(InvalidArgumentError, match=r"which is not there; allowed: .* Build the front end first"):
        read(tmp_path / "dist")


def test_a_symbolic_link_is_refused_since_the_list_would_not_contain_its_target(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a-12345678.js").write_text("")
    (tmp_path / "assets" / "fonts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidArgumentError, match="with the symbolic link fonts; allowed"):
        read(tmp_path / "assets")


def test_a_folder_that_the_upload_cannot_unpack_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asset_folder, "_LARGEST", 0)
    with (tmp_path / "film-12345678.mp4").open("wb") as sparse:
        sparse.truncate(3 * 1024 * 1024)
    with pytest.raises(InvalidArgumentError, match="with 3 MiB; allowed"):
        read(tmp_path)


@pytest.mark.parametrize(
    "file",
    [
        "index-BfIqp0mZ.js",
        "index-DiwrgTda.css",
        "index-a_b-c_d2.js",
        "logo.3f2a9c1b.svg",
        "main-app-0a1b2c3d4e5f6071.js",
        "a34f9d1faa5f3315-s.p.woff2",
        "0a1b2c3d4e5f6071.css",
        "chunks/app/[slug]/page-64ad27b21261a9ce.js",
        "Zq3-8hTn_VbW0xKc1LmPd/_buildManifest.js",
        "chunk-ABCDEFGH.js",
        "index-BfIqp0mZ.js.map",
    ],
)
def test_names_that_bundlers_give_have_a_hash(file: str) -> None:
    assert AssetFolder("", (file,)).without_hash == ()


@pytest.mark.parametrize(
    "file",
    [
        "index.html",
        "manifest.json",
        "asset-manifest.json",
        "apple-touch-icon.png",
        "service-worker.js",
        "favicon-32x32.png",
        "jquery-3.6.0.min.js",
        "fonts/inter.woff2",
        "robots.txt",
        "remoteEntry.js",
    ],
)
def test_names_that_every_release_gives_have_none(file: str) -> None:
    assert AssetFolder("", (file,)).without_hash == (file,)
