"""Mutants of Python: mutmut's mutations, each in a text of its own.

mutmut itself leaves out functions with decorators, among them every property, and what stands outside of functions.
Of decorators and annotations nothing is changed here either; of the changes to a text only the first, since the others
are its letters in capitals and in small.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import libcst as cst
from mutmut.mutation.mutators import mutation_operators, operator_string


def python_mutants(file: Path) -> Iterator[str]:
    """Changes one thing at a time."""
    module = cst.parse_module(file.read_text("utf-8"))
    nodes = _Nodes()
    module.visit(nodes)
    for node in nodes.found:
        for kind, mutate in mutation_operators:
            changes = mutate(node) if isinstance(node, kind) else ()
            for changed in islice(changes, 1 if mutate is operator_string else None):
                mutant = module.deep_replace(node, changed)
                assert isinstance(mutant, cst.Module)
                if _is_python(mutant.code):
                    yield mutant.code


class _Nodes(cst.CSTVisitor):
    """Collects the nodes that may be changed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.Annotation, cst.Decorator)):
            return False
        self.found.append(node)
        return True


def _is_python(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True
