"""Where an origin is: two alike would make both partitions one."""

from collections.abc import Mapping, Sequence
from typing import cast

from ..errors import InvalidArgumentError

Origin = Mapping[str, object]
"""An origin as it will stand in the template but for the case of its keys."""


def check_places(one_box: Origin, regular: Origin, *, path: str) -> None:
    """Refuses a one-box that is where the regular partition is, and is told nothing else by its custom headers."""
    if place_of(one_box) == place_of(regular):
        raise InvalidArgumentError(
            path=path,
            argument="one_box",
            given="the default behavior's own origin, or one alike in domain name, path, ports and custom headers",
            allowed="another origin: the regular partition has that one",
        )


def place_of(origin: Origin) -> tuple[object, ...]:
    """What tells an origin from others."""
    custom = cast("Origin", origin.get("customOriginConfig") or {})
    ports = (custom.get("originProtocolPolicy"), custom.get("httpPort") or 80, custom.get("httpsPort") or 443)
    headers = cast("Sequence[Origin]", origin.get("originCustomHeaders") or [])
    told = sorted((str(one["headerName"]).lower(), str(one["headerValue"])) for one in headers)
    return (origin["domainName"], origin.get("originPath") or "", ports, told)
