"""The setting that an assembly has."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Final, NamedTuple

from ...template.cloud_assembly import AssemblyError, Json, StackTemplate, mapping, properties
from ...template.intrinsics import text
from ...template.links import Links
from ...template.stacks import stacks_called
from ...vocabulary import BAKE, REGULAR, in_release_order
from ..aws.wait_code import CodeOfWait, code_of_wait
from ..cloudwatch.alarm_definition import COMPARISONS, MetricWatch
from ..cloudwatch.metric_math_syntax import FunctionCall, Name, Number, Operation
from ..plan.planned_waves import alarms_of_partitions, planned_waves
from ..plan.release_steps import ReleaseStep, plan_release
from .setting import READING, Compared, ErrorAlarm, Setting, Wave

_ERRORS: Final = "SERVER_ERRORS"
_ABORT: Final = "ABORT"


class Present(NamedTuple):
    """What an assembly has.

    Attributes:
        stack: The stack's name.
        setting: Its setting.
        code: The code of its bakes.
        may_compare: Whether a comparison could abort a release.
        notes: What of it is not simulated, a sentence each.
    """

    stack: str
    setting: Setting
    code: CodeOfWait
    may_compare: bool
    notes: tuple[str, ...]


def read_present(stacks: Sequence[StackTemplate], name: str | None) -> Present:
    """Read the setting of an assembly's front end, or of that in one of its stacks.

    Raises:
        AssemblyError: If there is not exactly one front end with bakes, or it does not say its settings.
    """
    called = stacks_called(stacks, name)
    found = {each.name: (each, steps) for each in called if _bakes(steps := plan_release(each))}
    if not found:
        where = "no stack of this assembly holds" if name is None else f"{name} does not hold"
        raise AssemblyError(f"{where} a front end with bakes, for which settings could be recommended")
    if len(found) > 1:
        raise AssemblyError(f"several stacks hold a front end: {', '.join(sorted(found))}; choose one with --stack")
    ((stack, steps),) = found.values()
    return _read(stack, steps, Links(stacks))


def _bakes(steps: Sequence[ReleaseStep]) -> dict[str, ReleaseStep]:
    """Return the bakes by their waves, in the order of a release."""
    bakes = {step.wave: step for step in steps if step.phase == BAKE and step.wave}
    return {wave: bakes[wave] for wave in in_release_order(bakes)}


def _read(stack: StackTemplate, steps: Sequence[ReleaseStep], links: Links) -> Present:
    bakes = _bakes(steps)
    if len(bakes) < sum(step.phase == BAKE for step in steps):
        raise AssemblyError(f"{stack.name} holds several front ends, or a bake that does not say its wave")
    shares = {
        step.phase: wave.share
        for step in steps
        for name, wave in planned_waves(stack, steps, links).items()
        if step.resource.logical_id == name
    }
    if shares.keys() != {*bakes, REGULAR}:
        raise AssemblyError(f"{stack.name}: it does not say which share of the visitors each of its waves has")
    first = next(iter(bakes.values()))
    properties_of_first = mapping(properties(first.resource).get("Comparison"))
    compared = _compared(stack, properties_of_first) if properties_of_first else None
    reading = READING if properties_of_first else 0
    waves = tuple(
        Wave(share=shares[name], bake=max(1, ceil((step.seconds or 0) / 60) - reading)) for name, step in bakes.items()
    )
    alarm = _error_alarm(stack, steps, links, next(iter(bakes)))
    code, _ = code_of_wait(stack, first.resource)
    return Present(
        stack=stack.name,
        setting=Setting(waves=waves, alarm=alarm, compared=compared, reading=reading),
        code=code,
        may_compare=compared is not None or not properties_of_first,
        notes=tuple(_notes(properties_of_first, compared)),
    )


def _compared(stack: StackTemplate, comparison: Mapping[str, Json]) -> Compared | None:
    """Return the comparison if it may abort a release for failed requests."""
    if mapping(comparison.get("Signals")).get(_ERRORS) != _ABORT:
        return None
    try:
        false_alarms, tolerance = (float(text(comparison.get(name))) for name in ("FalseAlarms", "Tolerance"))
    except ValueError:
        false_alarms = tolerance = 0.0
    if not (0 < false_alarms <= 1 <= tolerance):
        raise AssemblyError(f"{stack.name}: the numbers of its comparison cannot be read")
    return Compared(false_alarms, tolerance)


def _notes(comparison: Mapping[str, Json], compared: Compared | None) -> Iterator[str]:
    if comparison and compared is None:
        yield "The comparison only reports, so it stops no release here."
    signals = mapping(comparison.get("Signals"))
    if compared and any(action == _ABORT for signal, action in signals.items() if signal != _ERRORS):
        yield "Aborts for other reasons than failed requests are not simulated."
    if comparison and comparison.get("TooFew") not in (None, "GO_ON"):
        yield "What follows a bake with too few requests (`too_few`) is not simulated."


def _error_alarm(stack: StackTemplate, steps: Sequence[ReleaseStep], links: Links, partition: str) -> ErrorAlarm | None:
    """Return the alarm on a partition's error rate; None if it has none that is like the library's."""
    turns = [step for step in steps if step.phase in (*_bakes(steps), REGULAR)]
    found = (
        _as_error_alarm(watch) for watched, watch in alarms_of_partitions(stack, links, turns) if watched == partition
    )
    return next((alarm for alarm in found if alarm), None)


def _as_error_alarm(watch: MetricWatch) -> ErrorAlarm | None:
    """Return an alarm on `IF(requests >= 20, 100 * errors / requests, 0)`."""
    above, periods = COMPARISONS["GreaterThanThreshold"], watch.evaluation_periods
    if watch.comparison is not above or watch.datapoints_to_alarm != periods:
        return None
    match watch.query.expressions.get(watch.query.watched):
        case FunctionCall(
            "IF",
            (
                Operation(">=", Name(requests), Number(least)),
                Operation("/", Operation("*", Number(100), Name()), Name(divisor)),
                Number(0),
            ),
        ) if requests == divisor:
            period = watch.query.period // 60
            return ErrorAlarm(watch.threshold, ceil(least), period, periods) if period else None
    return None
