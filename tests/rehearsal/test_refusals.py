"""What would not be a rehearsal of anything is refused with the reason."""

from pathlib import Path
from typing import Any

import pytest

from prod_one_box.cli.main import main
from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.template.cloud_assembly import AssemblyError
from rehearsal.shop_release import assembly, backend
from rehearsed import bad_front_end


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembly(tmp_path_factory.mktemp("api"), backend("Api", "B"))


def test_what_was_given_as_deployed_is_no_release_if_it_is_the_same(api: Path) -> None:
    with pytest.raises(AssemblyError, match="no stack puts an alias on another version"):
        rehearse(api, against=api)


def test_code_that_the_release_does_not_bring_cannot_be_bad(api: Path) -> None:
    with pytest.raises(AssemblyError, match="changes no front-end"):
        rehearse(api, fault=bad_front_end())


def test_only_known_parts_can_be_left_out(api: Path) -> None:
    with pytest.raises(AssemblyError, match="luck"):
        rehearse(api, without=["luck"])


def somebody_elses() -> dict[str, Any]:
    """An alias that CodeDeploy shifts, as `aws-cdk-lib` alone makes it."""
    resources = backend("Api", "B")
    del resources["ApiAlias"]["Metadata"]
    return resources


@pytest.mark.parametrize("command", ["plan", "rehearse"])
def test_an_alias_that_takes_no_part_in_a_release_is_none_for_any_command(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(assembly(tmp_path, somebody_elses()))]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "a resource that takes part in a release" in said.err
    assert ("no visitor is known to reach ApiAlias" in said.err) is (command == "rehearse")
