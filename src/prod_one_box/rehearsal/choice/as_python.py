"""A setting as the arguments of `OneBoxFrontend`."""

from .setting import DEFAULT_ALARM, DEFAULT_COMPARED, Compared, ErrorAlarm, Setting


def as_python(setting: Setting) -> list[str]:
    """Return the lines; numbers that are the defaults are left out, and arguments of which nothing is known."""
    waves = [f"    Wave(share={each.share:g}, bake_time=Duration.minutes({each.bake}))," for each in setting.waves]
    return [
        "waves=[",
        *waves,
        "],",
        *_argument("thresholds=Thresholds", setting.alarm, DEFAULT_ALARM),
        *_argument("comparison=Comparison", setting.compared, DEFAULT_COMPARED),
    ]


def _argument(name: str, given: ErrorAlarm | Compared | None, default: ErrorAlarm | Compared) -> list[str]:
    if given is None:
        return []
    other = {each: number for each, number in given._asdict().items() if number != getattr(default, each)}
    written = [f"{each}={_number(each, number)}" for each, number in other.items()]
    if len(written) <= 1:
        return [f"{name}({''.join(written)}),"]
    return [f"{name}(", *(f"    {each}," for each in written), "),"]


def _number(name: str, number: float) -> str:
    return f"Duration.minutes({number})" if name == "period" else f"{number:.12g}"
