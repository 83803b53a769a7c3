"""What users' code calls: a change here is a change of their code, and belongs into a new major version."""

import re

import griffe
import pytest
from syrupy.assertion import SnapshotAssertion

from prod_one_box.rehearsal.plan.release_plan import PARTS
from public.documented import arguments, as_written, attributes, callables, public_objects, reached_objects


def _signature(name: str, function: griffe.Function) -> list[str]:
    called = "".join(f"@{label} " for label in ("staticmethod", "classmethod") if label in function.labels)
    lines = [f"    {line}" for line in as_written(arguments(function))]
    return [f"{called}{name}(", *lines, f") -> {function.returns or 'None'}"]


def _is_enum(found: griffe.Object) -> bool:
    return isinstance(found, griffe.Class) and any(str(base).endswith("Enum") for base in found.bases)


def _held(found: griffe.Object) -> list[str]:
    """A class with its bases and its attributes, or what a type's name stands for."""
    if isinstance(found, griffe.Attribute):
        return [f"{found.name} = {found.value}"]
    if not isinstance(found, griffe.Class):
        return []
    values = [
        f"    {one.name} = {one.value}" if _is_enum(found) else f"    {one.name}: {one.annotation}"
        for one in attributes(found)
    ]
    return [f"{found.name}({', '.join(str(base) for base in found.bases)})", *values]


def test_the_public_signatures_are_the_reviewed_ones(snapshot: SnapshotAssertion) -> None:
    lines = [line for name, function in callables() for line in _signature(name, function)]
    assert "\n".join(lines) == snapshot


def test_the_public_classes_are_the_reviewed_ones(snapshot: SnapshotAssertion) -> None:
    lines = [line for found in public_objects().values() for line in _held(found)]
    assert "\n".join(lines) == snapshot


def test_what_public_names_lead_to_is_the_reviewed(snapshot: SnapshotAssertion) -> None:
    lines = [line for found in reached_objects().values() for line in _held(found)]
    assert "\n".join(lines) == snapshot


def test_rehearse_names_the_parts_that_a_release_can_go_without() -> None:
    (without,) = (one for one in arguments(public_objects()["rehearse"]) if one.name == "without")
    assert re.findall(r'"([a-z-]+)"', without.description or "") == list(PARTS)


@pytest.mark.parametrize("found", [*public_objects().values(), *reached_objects().values()], ids=lambda one: one.name)
def test_every_attribute_has_a_type(found: griffe.Object) -> None:
    if not _is_enum(found):
        assert [one.name for one in attributes(found) if one.annotation is None] == []
