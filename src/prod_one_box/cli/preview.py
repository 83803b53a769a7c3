"""The command `prod-one-box preview`: its words, and what it does with them."""

import argparse
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..template.cloud_assembly import AssemblyError, read_assembly
from ..template.construct_names import naming_constructs

if TYPE_CHECKING:
    from ..preview.preview import Preview
    from ..preview.server import Ports


_LAST_PORT: Final = 65_535

PARTS: Final = ("stickiness",)
"""What a preview can be served without."""


def add_preview_arguments(parser: argparse.ArgumentParser) -> None:
    """Says which words the command takes."""
    parser.add_argument("assembly", type=Path, help="the folder of a cloud assembly, such as cdk.out")
    parser.add_argument("--against", type=Path, metavar="OLD", help="the assembly that is deployed now")
    parser.add_argument("--stack", help="the stack that holds the distribution, or to which it leads (default: any)")
    parser.add_argument("--distribution", help="the distribution, if there are several")
    parser.add_argument("--port", type=_port, default=8080, help="the site's port (default: 8080; 0: any that is free)")
    parser.add_argument("--panel-port", type=_port, default=8081, metavar="PORT", help="the panel's (default: 8081)")
    parser.add_argument(
        "--origin",
        action="append",
        default=[],
        metavar="NAME=URL",
        help="a local server that stands for an origin or a function: by its partition, or by its own name",
    )
    parser.add_argument("--without", action="append", default=[], choices=PARTS, help="serve it as it would be without")


def _port(word: str) -> int:
    if not word.isascii() or not word.isdigit() or int(word) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"got {word!r}; allowed: 0 to {_LAST_PORT}")
    return int(word)


def preview_command(options: argparse.Namespace) -> int:
    """Serves until it is interrupted.

    Returns:
        0: it was interrupted.

    Raises:
        AssemblyError: If the preview cannot be served.
    """
    # aiohttp is loaded only when something is served: --help has to answer at once.
    import asyncio  # noqa: PLC0415

    try:
        from ..preview.preview import Preview  # noqa: PLC0415
        from ..preview.server import Ports  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("aiohttp", "multidict", "yarl"):
            raise
        raise AssemblyError("the preview needs aiohttp: pip install 'prod-one-box[preview]'") from error

    urls = origin_urls(options.origin)
    ports = Ports(site=options.port, panel=options.panel_port)
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(_serve(options, urls, ports, Preview))
    except AssemblyError:
        with naming_constructs(read_assembly(options.assembly)):
            raise
    return 0


def origin_urls(words: Sequence[str]) -> dict[str, str]:
    """Reads the local servers that stand for origins.

    Raises:
        AssemblyError: If one is not written `NAME=http://127.0.0.1:PORT`, or is not on this machine.
    """
    from yarl import URL  # noqa: PLC0415

    urls: dict[str, str] = {}
    for word in words:
        name, equals, url = word.partition("=")
        try:
            host = URL(url).host
        except ValueError:
            host = None
        if not equals or not name or host not in ("127.0.0.1", "localhost", "::1") or not url.startswith("http"):
            raise AssemblyError(
                f"--origin: got {word!r}; allowed: NAME=http://127.0.0.1:PORT, a server on this machine"
            )
        urls[name] = url
    return urls


async def _serve(
    options: argparse.Namespace, urls: dict[str, str], ports: "Ports", preview_class: "type[Preview]"
) -> None:
    import asyncio  # noqa: PLC0415

    from ..preview.panel import LOOPBACK  # noqa: PLC0415
    from ..preview.server import serving  # noqa: PLC0415

    preview = preview_class(
        options.assembly,
        against=options.against,
        stack=options.stack,
        distribution=options.distribution,
        origins=urls,
        sticky="stickiness" not in options.without,
    )
    async with serving(preview, ports) as taken:
        if not preview.has_partitions:
            print(f"{options.assembly}: this distribution has no partitions: all visitors get the same")
        for note in preview.function_notes:
            print(note)
        print(f"The site:  http://{LOOPBACK}:{taken.site}/")
        print(f"The panel: http://{LOOPBACK}:{taken.panel}/", flush=True)
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows: an interrupt ends the loop from outside
                asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await stopped.wait()
