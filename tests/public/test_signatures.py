"""What users' code calls: a change here is a change of their code, and belongs into a new major version."""

import griffe
from syrupy.assertion import SnapshotAssertion

from public.documented import arguments, attributes, callables, public_objects


def _signature(name: str, function: griffe.Function) -> list[str]:
    lines = [
        f"    {one.name}: {one.annotation}{'' if one.default is None else f' = {one.default}'}"
        for one in arguments(function)
    ]
    return [f"{name}(", *lines, f") -> {function.returns or 'None'}"]


def test_the_public_signatures_are_the_reviewed_ones(snapshot: SnapshotAssertion) -> None:
    lines = [line for name, function in callables() for line in _signature(name, function)]
    assert "\n".join(lines) == snapshot


def test_the_public_attributes_are_the_reviewed_ones(snapshot: SnapshotAssertion) -> None:
    lines = [
        f"{name}.{one.name}: {one.annotation}" for name, found in public_objects().items() for one in attributes(found)
    ]
    assert "\n".join(lines) == snapshot
