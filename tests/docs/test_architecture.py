"""The architecture page describes the tree and the import contracts as they are."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from docs.pages import ROOT

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

SOURCE = ROOT / "src" / "prod_one_box"
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^##+ (.+)\n((?:(?!##).*\n)*)", PAGE, re.M))
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
FLOWS = ("A deployed poll", "A rehearsed poll", "A request in the preview")


def code_in(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def folders() -> set[str]:
    files = (path for path in SOURCE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {f"{path.parent.relative_to(SOURCE)}/" for path in files} - {"./"}


def deployed_folders() -> set[str]:
    (alone,) = (each for each in CONTRACTS if each["name"] == "What runs in Lambda stands alone")
    python = {each.removeprefix("prod_one_box.").replace(".", "/") for each in alone["source_modules"]}
    scripts = {str(path.parent.relative_to(SOURCE)) for path in (SOURCE / "constructs").rglob("*.js")}
    return {f"{each}/" for each in python | scripts}


def contract_text(name: str) -> str:
    (text,) = re.findall(rf"^\*\*{re.escape(name)}\.\*\* ((?:(?!\*\*|##).*\n)*)", PAGE, re.M)
    return text


def without_package(modules: list[str]) -> list[str]:
    return [each.removeprefix("prod_one_box.") for each in modules]


def reached_from(file: Path) -> set[str]:
    """The modules that a file imports, be it in a program that it starts."""
    text = file.read_text("utf-8")
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    imported = {
        name for node in nodes for name in ((node.module or "").rpartition(".")[2], *(each.name for each in node.names))
    }
    return imported | set(re.findall(r"^from \{__package__\}\.(\w+) import", text, re.M))


def test_the_page_has_every_folder_and_every_module_beside_them() -> None:
    table = re.findall(r"^\| `([^`]+)` \|", SECTIONS["Rooms"], re.M)
    assert sorted(table) == sorted(folders())
    modules = {path.name for path in SOURCE.glob("*.py")} - {"__init__.py"}
    assert modules == set(code_in(SECTIONS["Rooms"].rpartition("|\n")[2]))


def test_every_file_and_folder_that_the_page_names_exists() -> None:
    paths = [each for each in code_in(PAGE) if re.search(r"/$|\.(?:py|js|mjs|html)$", each) and "src/" not in each]
    assert [each for each in paths if not (SOURCE / each).exists()] == []


def test_the_page_names_the_folders_that_are_deployed() -> None:
    paths = [each for each in code_in(SECTIONS["What runs in AWS"]) if each.endswith("/")]
    assert sorted(paths) == sorted(deployed_folders())


def test_the_page_has_every_import_contract() -> None:
    assert re.findall(r"^\*\*(.+)\.\*\*", PAGE, re.M) == [each["name"] for each in CONTRACTS]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_an_import_contract_says_the_same_as_the_page(contract: dict[str, Any]) -> None:
    text = contract_text(contract["name"])
    if contract["type"] == "layers":
        lines = re.findall(r"^\d+\. (.+)$", text, re.M)
        assert [" | ".join(code_in(line)) for line in lines] == contract["layers"]
    else:
        *_, rule = re.split(r"(?<=\.) |: ", text.replace("\n", " ").strip())
        assert set(code_in(rule)) == {
            *without_package(contract["source_modules"]),
            *without_package(contract["forbidden_modules"]),
        }


@pytest.mark.parametrize("flow", FLOWS)
def test_each_file_of_a_flow_leads_to_the_next_ones(flow: str) -> None:
    files = [SOURCE / each for each in re.findall(r"^\d+\. `([^`]+)`", SECTIONS[flow], re.M)]
    for number, file in enumerate(files[1:], 1):
        assert any(file.stem in reached_from(earlier) for earlier in files[:number]), file.name


def test_a_deployed_poll_is_read_in_at_most_six_files_and_the_handler_has_none_that_the_page_leaves_out() -> None:
    section = SECTIONS["A deployed poll"]
    listed = re.findall(r"^\d+\. `([^`]+)`", section, re.M)
    files = (SOURCE / "constructs" / "bake" / "handler").glob("*.py")
    handlers = {str(each.relative_to(SOURCE)) for each in files if each.name != "__init__.py"}
    assert len(listed) <= 6
    assert {*listed} <= handlers <= {*code_in(section)}
