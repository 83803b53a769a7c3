"""The command `prod-one-box preview`: serve the site on this machine."""

import argparse
import signal
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import Final

from ..template.cloud_assembly import AssemblyError, read_assembly
from ..template.construct_names import naming_constructs
from .rehearse_options import add_assembly_arguments

_LAST_PORT: Final = 65_535


def add_preview_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add_assembly_arguments(
        parser,
        stack="the stack that holds the distribution, or to which it leads (default: any)",
        against="the assembly that is deployed now",
    )
    parser.add_argument("--distribution", help="the distribution, if there are several")
    parser.add_argument("--port", type=_port, default=8080, help="the site's port (default: 8080; 0: any free port)")
    parser.add_argument(
        "--panel-port", type=_port, default=8081, metavar="PORT", help="the panel's port (default: 8081)"
    )
    parser.add_argument(
        "--origin",
        action="append",
        default=[],
        metavar="NAME=URL",
        help="a local server that replaces an origin or a function, named by its partition or by its own name",
    )
    parser.add_argument(
        "--without", action="append", default=[], choices=("stickiness",), help="serve the site without a part of it"
    )
    parser.add_argument_group("exit status", "0: stopped by an interrupt; 2: the preview could not be served.")
    parser.set_defaults(run=preview_command)


def _port(word: str) -> int:
    if not word.isascii() or not word.isdigit() or int(word) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"got {word!r}; allowed: 0 to {_LAST_PORT}")
    return int(word)


def preview_command(options: argparse.Namespace) -> int:
    """Serve until an interrupt, and return the exit status.

    Raises:
        AssemblyError: If the preview cannot be served.
    """
    if find_spec("aiohttp") is None:
        raise AssemblyError("the preview needs aiohttp: pip install 'prod-one-box[preview]'")
    # asyncio loads slowly, and --help must not wait for it.
    import asyncio  # noqa: PLC0415

    urls = _origin_urls(options.origin)
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(_serve(options, urls))
    except AssemblyError:
        with naming_constructs(read_assembly(options.assembly)):
            raise
    return 0


def _origin_urls(words: Sequence[str]) -> dict[str, str]:
    """Return the URL of each local server by its name, or raise an AssemblyError if it is not on this machine."""
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


async def _serve(options: argparse.Namespace, urls: dict[str, str]) -> None:
    import asyncio  # noqa: PLC0415

    from ..preview.panel import LOOPBACK  # noqa: PLC0415
    from ..preview.preview import Preview  # noqa: PLC0415
    from ..preview.server import Ports, serving  # noqa: PLC0415

    preview = Preview(
        options.assembly,
        against=options.against,
        stack=options.stack,
        distribution=options.distribution,
        origins=urls,
        sticky="stickiness" not in options.without,
    )
    async with serving(preview, Ports(site=options.port, panel=options.panel_port)) as ports:
        if not preview.has_partitions:
            print(f"{options.assembly}: this distribution has no partitions: all visitors get the same")
        for note in preview.function_notes:
            print(note)
        print(f"The site:  http://{LOOPBACK}:{ports.site}/")
        print(f"The panel: http://{LOOPBACK}:{ports.panel}/", flush=True)
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows: an interrupt ends the loop from outside.
                asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await stopped.wait()
