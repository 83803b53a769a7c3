"""The workflows try what the package promises, trust nothing that can change, and hold no secret."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> dict[str, dict]:
    return yaml.safe_load(request.param.read_text("utf-8"))


def steps(workflow: dict[str, dict]) -> list[dict]:
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


def test_every_python_that_the_package_names_is_tried() -> None:
    checks = yaml.safe_load((ROOT / ".github" / "workflows" / "checks.yml").read_text("utf-8"))
    named = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert checks["jobs"]["wheel"]["strategy"]["matrix"]["python"] == named


def test_every_action_is_pinned_by_its_commit(workflow: dict[str, dict]) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []


def test_every_make_target_exists(workflow: dict[str, dict]) -> None:
    targets = re.findall(r"^([\w%-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    made = [step["run"].split()[1] for step in steps(workflow) if step.get("run", "").startswith("make ")]
    assert [one for one in made if re.sub("(?<=^try-wheel-).*", "%", one) not in targets] == []


def test_no_job_has_more_permissions_than_it_says(workflow: dict[str, dict]) -> None:
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


def test_few_jobs_write_and_none_of_them_builds_or_resolves() -> None:
    writing = {
        (path.stem, name): [step["run"].split()[0] for step in job["steps"] if "run" in step]
        for path in WORKFLOWS
        for name, job in yaml.safe_load(path.read_text("utf-8"))["jobs"].items()
        if "write" in job["permissions"].values()
    }
    assert writing == {
        ("release", "publish"): [".ci/publib/upload"],
        ("release", "announce"): ["gh"],
        ("requirements", "propose"): [".ci/propose-requirements"],
        ("newest-cdk", "tell"): ["if"],
    }


def test_a_release_needs_every_check() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))["jobs"]
    assert (jobs["announce"]["needs"], jobs["publish"]["needs"], jobs["checks"]["needs"]) == (
        "publish",
        "checks",
        "notes",
    )


def test_no_workflow_knows_a_secret() -> None:
    assert [path.name for path in WORKFLOWS if "secrets." in path.read_text("utf-8")] == []
