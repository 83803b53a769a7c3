"""The words and lines that every report of a rehearsal shares, so that they all say the same."""

from collections.abc import Iterator

from .limits import duration
from .report import Report, Way


def headline(report: Report) -> str:
    """What was rehearsed, and how it ended."""
    ended = "reached all visitors" if report.released else "went back"
    return f"{report.stack}: {what_was_played(report)} {ended}"


def what_was_played(report: Report) -> str:
    """The release, its faults, and what it went without."""
    fault = report.fault
    tiers = [name for name, has in (("front end", fault.front_end), ("backend", fault.backend)) if has]
    release = f"a bad {' and a bad '.join(tiers)}" if tiers else "a good release"
    return f"{release} without {', '.join(report.without)}" if report.without else release


def figure_lines(report: Report) -> Iterator[tuple[str, str, str]]:
    """The figures: what, how much, and what that means."""
    figures = report.figures
    bad = "the bad version" if report.fault.is_any else "the new version"

    yield "visitors", f"{figures.visitors:,}", f"with {figures.requests:,} requests"
    yield (
        f"served by {bad}",
        f"{figures.met:,}",
        f"{figures.blast_radius:.2%} of visitors; {figures.requests_met:,} requests",
    )
    yield (
        "met an error",
        f"{figures.met_error:,}",
        f"{figures.share_with_error:.2%} of visitors; {figures.errors:,} requests",
    )
    yield (
        "saw a broken page",
        f"{figures.saw_broken:,}",
        f"{figures.share_with_broken:.2%} of visitors; {_pages(figures.broken, figures.pages)}",
    )
    yield "page replaced under them", f"{figures.saw_replaced:,}", "nothing protects them yet; counted apart"
    if figures.broken_apart:
        share = figures.broken_apart / max(1, figures.pages_apart)
        yield "broken while apart", f"{share:.1%}", "of pages while the partitions were on different releases"
    if figures.exposed_at is not None:
        yield "detected after", duration(figures.detect), "from the bad version's first request to the first red alarm"
        yield "contained after", duration(figures.contain), "until nobody was served the bad version"
        yield "fully back after", duration(figures.back), "until every alias was as before"
    elif not report.released:
        yield "fully back after", duration(figures.back), "from the update's end until every alias was as before"
    yield "total", duration(figures.total), f"{duration(figures.overhead)} of it neither shift nor bake"


def way_lines(report: Report) -> Iterator[tuple[str, list[Way]]]:
    """The ways back that led to the same, with what they led to; the worst first."""
    alike: dict[str, list[Way]] = {}
    for way in sorted(report.ways, key=_order):
        figures = way.figures
        broken = [verdict.invariant.value for verdict in way.verdicts if not verdict.held]
        led = f"contained after {duration(figures.contain)}, " if figures.exposed_at is not None else ""
        led += f"back after {duration(figures.back)}"
        led += f", {figures.met:,} visitors" + "".join(f"; BROKEN: {each}" for each in broken)
        alike.setdefault(led, []).append(way)
    yield from alike.items()


def _order(way: Way) -> tuple[int, bool, float, str]:
    """Broken promises first, then what never came back, then what took longest."""
    violations = sum(verdict.violations for verdict in way.verdicts)
    return -violations, way.figures.back is not None, -(way.figures.back or 0), way.name


def seconds(time: float) -> str:
    """Writes a moment as minutes and seconds."""
    return f"{int(time) // 60}:{int(time) % 60:02}"


def _pages(count: int, pages: int) -> str:
    return f"{count:,} of {pages:,} pages"
