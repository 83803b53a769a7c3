"""One emulator and one site for all scenarios of a run."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.aws import Aws
from emulator.cdk_command import Cdk
from emulator.emulated_aws import BUILD, CannotStartError, EmulatedAws
from emulator.site import Site
from emulator.site_app import Release


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    emulated = EmulatedAws(BUILD / "run")
    try:
        yield emulated.start()
    except CannotStartError as error:
        pytest.exit(str(error), returncode=2)
    finally:
        emulated.stop()


@pytest.fixture(scope="session")
def cdk_folder(aws: Aws) -> Path:
    """Where assemblies and the command line's log go, in an account that is ready for both."""
    folder = BUILD / "assemblies"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    Cdk(aws, folder / "bootstrap.log").bootstrap()
    return folder


@pytest.fixture(scope="session")
def site(aws: Aws, cdk_folder: Path) -> Site:
    """The site in its first release."""
    site = Site(aws, cdk_folder / "site", stack_name="Site")
    assert site.create(Release(name="first", bake_seconds=600)).exit_status == 0, f"see {site.cdk.log}"
    return site


@pytest.fixture
def leaving_site(aws: Aws, cdk_folder: Path) -> Site:
    """A site that is not deployed yet."""
    return Site(aws, cdk_folder / "leaving", stack_name="Leaving")
