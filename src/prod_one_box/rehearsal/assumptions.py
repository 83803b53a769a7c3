"""The numbers of a rehearsal that the assembly does not say: their defaults, or those measured in a file."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ..errors import check_number, check_numbers, is_number

SCHEMA: Final = 1
"""The supported `schema` of a file of measured numbers."""


def read_measured(path: Path) -> dict[str, float]:
    """Return the numbers of a file by their names, such as `update_seconds.AWS::Lambda::Alias`.

    The file is a JSON object with `schema`, 1, and `assume`, an object of numbers. Other members are ignored.

    Raises:
        ValueError: If it cannot be read, or is another kind of file.
    """
    content = _content(path)
    schema = content.get("schema") if isinstance(content, dict) else None
    if not isinstance(content, dict) or schema is None:
        raise ValueError("got no measured numbers; allowed: a JSON object with schema and assume")
    if schema != SCHEMA or isinstance(schema, bool):
        raise ValueError(f"schema: got {schema!r}; allowed: {SCHEMA}")
    numbers = content.get("assume")
    if not isinstance(numbers, dict):
        raise ValueError("assume: got no object; allowed: numbers by name")
    for name, number in numbers.items():
        if not is_number(number):
            raise ValueError(f"{name!r}: got {number!r}; allowed: a number")
    return numbers


def _content(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON: {error}") from error


# An interval of 0 seconds would stop the clock, and there is no choice among 0 pages.
_ABOVE_0: Final = (
    "alarm_look_seconds",
    "codedeploy_look_seconds",
    "poll_seconds",
    "page_milliseconds",
    "api_milliseconds",
    "page_urls",
    "browsers",
)

_WHOLE: Final = ("spare_datapoints", "page_urls", "browsers")

# With more, a rehearsal would hardly end, as it plays every poll and request, and alarms read every data point; or it
# would fail, as a latency would be too large for any number.
_A_YEAR: Final = (365 * 24 * 60 * 60.0, "a year")
_MOST: Final = {"latency_spread": (10.0, "10"), "spare_datapoints": (100.0, "100")}

_SEVERAL: Final = {
    "update_seconds": "seconds by resource type, a mapping",
    "backend_weights": "weights by logical id, a mapping",
}


def _update_seconds() -> Mapping[str, float]:
    return MappingProxyType(
        {
            "AWS::Lambda::Function": 12.0,
            "AWS::Lambda::Version": 4.0,
            "AWS::Lambda::Alias": 3.0,
            "AWS::CloudFront::Distribution": 240.0,
            "AWS::CloudFront::Function": 20.0,
            "AWS::IAM::Role": 18.0,
            "AWS::IAM::Policy": 16.0,
            "AWS::ApiGateway::Deployment": 2.0,
        }
    )


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """The modelled numbers, each with its unit, its default and its source, or the word "assumed".

    Attributes:
        update_seconds: How long CloudFormation takes for one resource, by its type, in seconds. Default: 12 for a
            function, 4 for a version, 3 for an alias, 240 for a distribution, 20 for a CloudFront function, 18 for a
            role, 16 for a policy, 2 for a REST API's deployment; assumed.
        other_update_seconds: The same for every other type, in seconds; default: 2, assumed.
        rollback_start_seconds: From a failure, or a cancel, to the first resource that is rolled back, in seconds;
            default: 5, assumed.
        handler_seconds: How long the wait's handler takes to answer, in seconds; default: 1, assumed. Step Functions
            waits between polls, so polls are the interval and this time apart.
        codedeploy_start_seconds: From CloudFormation's request of a deployment to the first shift, in seconds;
            default: 10, assumed.
        codedeploy_finish_seconds: From the last shift until CloudFormation knows of it, in seconds; default: 15,
            assumed.
        codedeploy_look_seconds: How often CodeDeploy reads the alarms of a deployment, in seconds; default: 10,
            assumed.
        alarm_look_seconds: How often the rehearsal evaluates the alarms, in seconds; default: 10, which is the shortest
            period of a metric that CloudWatch evaluates (CloudWatch user guide, "Evaluating an alarm").
        cleanup_seconds: From the end of an update, or of a rollback, until unneeded resources are deleted, in seconds;
            default: 10, assumed.
        metric_delay_seconds: How old a metric's period must be before an alarm can count it, in seconds; default: 60,
            assumed.
        spare_datapoints: How many data points before its evaluation periods can replace an alarm's missing ones;
            default: 2, as in the examples of the CloudWatch user guide, "How alarm state is evaluated when data is
            missing", which does not say the number for other alarms.
        warm_up_seconds: How long visitors have been coming when the update starts, in seconds; default: 600, assumed:
            enough data for alarms of ten minutes.
        aftermath_seconds: How long the rehearsal goes on after a bad release was promoted, in seconds; default: 600,
            assumed.
        first_follow_up_seconds: How long after its page the first script or API call can be requested, in seconds;
            default: 0.2, assumed.
        last_follow_up_seconds: How long after its page the last one is requested, in seconds; default: 2, assumed.
        page_milliseconds: How long the median page takes, in milliseconds; default: 120, assumed.
        api_milliseconds: How long the median API call takes, in milliseconds; default: 60, assumed.
        page_urls: How many different pages visitors request, each equally often; default: 50, assumed. It matters only
            where a distribution caches pages.
        poll_seconds: How often a wait is polled if neither its state machine nor its metadata says so, in seconds;
            default: 10, that of the constructs.
        latency_spread: The standard deviation of a latency's logarithm, without unit; default: 0.5, assumed: nine in
            ten requests take less than 1.9 times the median.
        browsers: How many kinds of browsers there are, each equally often; default: 12, assumed. It matters where an
            edge tells visitors behind one address apart by their `User-Agent`.
        earlier_visitor_seconds: For how long the visitors who return with a cookie have been coming, in seconds;
            default: 1800, assumed.
        one_box_share: The share of visitors in the one-box, 0 to 1, if no edge and no wait says so; default: 0.2,
            assumed. All others are in the regular partition.
        canary_first_run_seconds: From the creation or a change of a canary to its first run, in seconds; default: 30,
            assumed.
        canary_run_seconds: From the start of a canary's run until CloudWatch has its result, in seconds; default: 20,
            assumed. The page is requested when the run starts.
        backend_weights: How much more often than others an API call goes to a backend, by its alias's logical id,
            without unit; default: 1 for each, which means equally often, assumed.

    Raises:
        ValueError: If a value is not a number, or is negative, 0 where that is not allowed, a fraction where only a
            whole number is allowed, a share above 1, a time of more than a year, or another number above a billion,
            `spare_datapoints` above 100 or `latency_spread` above 10.
    """

    update_seconds: Mapping[str, float] = field(default_factory=_update_seconds)
    other_update_seconds: float = 2.0
    rollback_start_seconds: float = 5.0
    handler_seconds: float = 1.0
    codedeploy_start_seconds: float = 10.0
    codedeploy_finish_seconds: float = 15.0
    codedeploy_look_seconds: float = 10.0
    alarm_look_seconds: float = 10.0
    cleanup_seconds: float = 10.0
    metric_delay_seconds: float = 60.0
    spare_datapoints: int = 2
    warm_up_seconds: float = 600.0
    aftermath_seconds: float = 600.0
    first_follow_up_seconds: float = 0.2
    last_follow_up_seconds: float = 2.0
    page_milliseconds: float = 120.0
    api_milliseconds: float = 60.0
    page_urls: int = 50
    poll_seconds: float = 10.0
    latency_spread: float = 0.5
    browsers: int = 12
    earlier_visitor_seconds: float = 1800.0
    one_box_share: float = 0.2
    canary_first_run_seconds: float = 30.0
    canary_run_seconds: float = 20.0
    backend_weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Check the numbers."""
        for each in fields(self):
            self._check(each.name)
        check_numbers(self, ("one_box_share",), "a share, 0 to 1", most=1)
        if self.last_follow_up_seconds < self.first_follow_up_seconds:
            raise ValueError("last_follow_up_seconds: allowed: not before first_follow_up_seconds")

    def _check(self, name: str) -> None:
        value = getattr(self, name)
        if isinstance(value, Mapping) != (name in _SEVERAL):
            raise ValueError(f"{name}: got {value!r}; allowed: {_SEVERAL.get(name, 'a number')}")
        least = "more than 0" if name in _ABOVE_0 else "0 or more"
        most, words = _A_YEAR if name.endswith("_seconds") else _MOST.get(name, (1e9, "a billion"))
        for number in value.values() if isinstance(value, Mapping) else (value,):
            check_number(name, number, f"{least}, up to {words}", above_0=name in _ABOVE_0, most=most)
        if name in _WHOLE and not isinstance(value, int):
            raise ValueError(f"{name}: got {value!r}; allowed: a whole number")

    @classmethod
    def from_file(cls, path: str | Path) -> "Assumptions":
        """Read measured durations from a file that a run on an emulator or in an AWS account wrote.

        Numbers that the file does not name keep their defaults.

        Args:
            path: The file, such as `measured.json`: a JSON object with `schema`, 1, and `assume`, numbers by the names
                that `rehearse --assume` takes, such as `{"update_seconds.AWS::Lambda::Alias": 2.4}`. Durations are in
                seconds.

        Raises:
            ValueError: If the file cannot be read, is of another kind, or has a number that is unknown or not allowed.
        """
        try:
            return cls(**by_attribute(read_measured(Path(path)).items()))  # type: ignore[arg-type]
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    def seconds_to_update(self, resource_type: str) -> float:
        """Return how long CloudFormation takes for one resource, in seconds.

        Args:
            resource_type: Its type, such as `AWS::Lambda::Alias`.
        """
        return self.update_seconds.get(resource_type, self.other_update_seconds)


def attribute_of(name: str) -> tuple[str, str]:
    """Return the attribute of `Assumptions` that holds a number, and its key there or "".

    A name is an attribute's, or one with a key, such as `update_seconds.AWS::Lambda::Alias`.

    Raises:
        ValueError: If there is no such number.
    """
    attribute, _, key = name.partition(".")
    known = attribute in {each.name for each in fields(Assumptions)}
    if not known or (attribute in _SEVERAL) != bool(key):
        raise ValueError(f"{name!r}: got an unknown name; allowed: {_allowed()}")
    return attribute, key


def by_attribute(numbers: Iterable[tuple[str, float]]) -> dict[str, float | Mapping[str, float]]:
    """Return the arguments of `Assumptions` for named numbers, the last one of a name; raise as `attribute_of`."""
    usual = Assumptions()
    found: dict[str, float | Mapping[str, float]] = {}
    for name, number in numbers:
        attribute, key = attribute_of(name)
        before = found.get(attribute, getattr(usual, attribute))
        found[attribute] = {**before, key: number} if isinstance(before, Mapping) else number
    return found


def _allowed() -> str:
    return ", ".join(f"{each.name}{'.KEY' if each.name in _SEVERAL else ''}" for each in fields(Assumptions))
