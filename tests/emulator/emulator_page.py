"""The parts of docs/emulator.md that a run writes, each between its marks."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from emulator.course import AFTER, BEFORE, Course
from emulator.cross_check import EXPLAINED, Checked
from emulator.emulated_aws import REPOSITORY, SHIM
from emulator.played import Played
from prod_one_box.vocabulary import in_release_order, is_partition

PAGE = REPOSITORY / "docs" / "emulator.md"
_END = "<!-- end -->"
_LONGEST_REASON = 240


def write_page(parts: Mapping[str, str]) -> None:
    """Put each part between its marks, `<!-- run: NAME -->` and `<!-- end -->`."""
    page = PAGE.read_text("utf-8")
    marks = re.findall(r"<!-- run: ([a-z-]+) -->", page)
    if sorted(marks) != sorted(parts):
        raise ValueError(f"{PAGE.name} has marks for {sorted(marks)}, but made was {sorted(parts)}")
    for name, text in parts.items():
        before, after = _around(page, name)
        page = f"{before}\n{text}\n\n{after}"
    PAGE.write_text(page, "utf-8")


def written(name: str) -> str:
    """A part as the page has it."""
    page = PAGE.read_text("utf-8")
    before, after = _around(page, name)
    return page[len(before) : len(page) - len(after)].strip()


def _around(page: str, name: str) -> tuple[str, str]:
    head, mark, rest = page.partition(f"<!-- run: {name} -->\n")
    return head + mark, _END + rest.partition(_END)[2]


def gaps() -> str:
    """The gaps that the shim closes: the first sentence of each of its modules."""
    documented = {each.stem: ast.get_docstring(ast.parse(each.read_text("utf-8"))) or "" for each in SHIM.glob("*.py")}
    rows = [(f"`{name}`", text.splitlines()[0]) for name, text in sorted(documented.items()) if name != "__main__"]
    return _table(("part of the shim", "what it adds to the emulator"), rows)


def cross_check(checked: Sequence[Checked]) -> str:
    """What both did in each scenario, and why they differ where they do."""
    rows = [_row(each) for each in checked]
    table = _table(("scenario", "rehearsal", "emulator", "partitions"), rows)
    return "\n".join([table, "", *(f"- **{each.name}**: {each.why}" for each in EXPLAINED)])


def _row(each: Checked) -> tuple[str, ...]:
    names = ", ".join(f"**{one.name}**" for one in each.explained)
    said = f"the same, but for {names}" if names else "the same"
    said = "**differs**" if each.unexplained else said
    return each.scenario.name, _order(each.rehearsed), said, _partitions(each.rehearsed)


def _order(course: Course) -> str:
    """The phases on the way out, and those on the way back."""
    ended = [each.removesuffix(" completes") for each in course.events if each.endswith((" completes", " fails"))]
    back = course.returns()
    return ", ".join(ended) + (f"; back: {', '.join(back)}" if back else "")


def _partitions(course: Course) -> str:
    """The versions that the partitions were on; those that were on the same ones are named together."""
    together: dict[str, list[str]] = {}
    for name in in_release_order(filter(is_partition, course.versions)):
        together.setdefault(_versions(course, name), []).append(name)
    return "; ".join(f"{', '.join(names)}: {versions}" for versions, names in together.items())


def _versions(course: Course, name: str) -> str:
    when = {BEFORE: ", before the rollback", AFTER: ", in the rollback"}
    return " → ".join(course.versions[name]) + when.get(course.back.get(name, ""), "")


def events(played: Played) -> str:
    """The stack's events of a release, without those of resources that it does not change, and the aliases."""
    began = played.outcome.events[0].at.timestamp()
    rows = [(f"{at - began:.1f}", *words) for at, words in sorted(_moments(played), key=lambda moment: moment[0])]
    return _table(("seconds", "what", "became", "reason"), rows)


def _moments(played: Played) -> Iterator[tuple[float, tuple[str, str, str]]]:
    resources = {**played.plan.old.resources, **played.plan.new.resources}
    known = played.plan.changed | played.plan.deleted
    for each in played.outcome.events:
        if each.logical_id in known or each.logical_id == played.outcome.stack_name:
            resource = resources.get(each.logical_id)
            name = resource.path.removeprefix(f"{played.plan.new.name}/") if resource else "the stack"
            yield each.at.timestamp(), (name, f"`{each.status}`", _reason(each.reason))
    for name in played.outcome.aliases.names:
        for switch in played.outcome.aliases.changes(name):
            yield switch.at, (f"**the {name} alias**", f"**seen on version {switch.version}**", "")
    if played.acted_at:
        yield played.acted_at, (f"**{played.scenario.happens}**", "", "")


def _reason(text: str) -> str:
    said = " ".join(text.splitlines()[:1]).strip().replace("|", "\\|")
    return said if len(said) <= _LONGEST_REASON else f"{said[:_LONGEST_REASON].rsplit(' ', 1)[0]} …"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
