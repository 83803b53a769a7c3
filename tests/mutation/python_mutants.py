"""Mutants of Python: mutmut's mutations, each in a text of its own.

mutmut itself leaves out functions with decorators, among them every property, and what stands outside of functions.
Of decorators and annotations nothing is changed here either. Of the changes to a text only the last is tried, its
letters in capitals, since a test that looks for the text in a longer one finds it in the others too; and of those to a
call's arguments not the leaving out, by which most calls just fail.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import libcst as cst
from mutmut.mutation.mutators import mutation_operators


def python_mutants(file: Path) -> Iterator[str]:
    """Changes one thing at a time."""
    module = cst.parse_module(file.read_text("utf-8"))
    nodes = _Nodes()
    module.visit(nodes)
    for node in nodes.found:
        for kind, mutate in mutation_operators:
            for changed in _worth_trying(node, mutate(node)) if isinstance(node, kind) else ():
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


def _worth_trying(node: cst.CSTNode, changes: Iterable[cst.CSTNode]) -> Iterable[cst.CSTNode]:
    if isinstance(node, cst.BaseString):
        return list(changes)[-1:]
    if isinstance(node, cst.Call):
        return [call for call in changes if isinstance(call, cst.Call) and len(call.args) == len(node.args)]
    return changes


def _is_python(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True
