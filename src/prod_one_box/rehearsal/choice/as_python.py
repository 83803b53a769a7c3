"""A setting as the arguments of `OneBoxFrontend`."""

from .setting import DEFAULT_ALARM, DEFAULT_COMPARED, Compared, ErrorAlarm, Setting


def as_python(setting: Setting) -> list[str]:
    """Return the lines; numbers that are the defaults are left out, and arguments of which nothing is known."""
    waves = [f"    Wave(share={each.share:g}, bake_time=Duration.minutes({each.bake}))," for each in setting.waves]
    others = {
        "thresholds": _value("Thresholds", setting.alarm, DEFAULT_ALARM),
        "comparison": _value("Comparison", setting.compared, DEFAULT_COMPARED),
    }
    return ["waves=[", *waves, "],", *(f"{name}={value}," for name, value in others.items() if value)]


def _value(name: str, given: ErrorAlarm | Compared | None, default: ErrorAlarm | Compared) -> str:
    if given is None:
        return ""
    other = {each: number for each, number in given._asdict().items() if number != getattr(default, each)}
    written = (
        f"{each}={f'Duration.minutes({number})' if each == 'period' else f'{number:g}'}"
        for each, number in other.items()
    )
    return f"{name}({', '.join(written)})"
