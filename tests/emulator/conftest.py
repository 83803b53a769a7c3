"""One emulator and one site for all scenarios of a run; or an account, when `make verify-on-aws` plays them there."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.aws import Aws
from emulator.cdk_command import Cdk
from emulator.emulated_aws import BUILD, CannotStartError, EmulatedAws
from emulator.site import Site
from emulator.site_app import Release


@pytest.fixture(scope="session")
def account_run(pytestconfig):
    """The `verify_on_aws.account_run.AccountRun` whose scenarios these are, or None for the emulator's."""
    return pytestconfig.pluginmanager.get_plugin("account_run")


@pytest.fixture(scope="session")
def aws(account_run) -> Iterator[Aws]:
    if account_run:
        yield account_run.aws
        return
    emulated = None
    try:
        emulated = EmulatedAws(BUILD / "run")
        yield emulated.start()
    except CannotStartError as error:
        pytest.exit(str(error), returncode=2)
    finally:
        if emulated:
            emulated.stop()


@pytest.fixture(scope="session")
def cdk_folder(aws: Aws, account_run) -> Path:
    """Where assemblies and the command line's log go, in an account that is ready for both."""
    if account_run:
        return account_run.folder
    folder = BUILD / "assemblies"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    Cdk(aws, folder / "bootstrap.log").bootstrap()
    return folder


@pytest.fixture(scope="session")
def new_site(aws: Aws, cdk_folder: Path, account_run) -> Callable[[str], Site]:
    """What makes a site that is not deployed yet, from its stack's name."""
    if account_run:
        return account_run.new_site
    return lambda name: Site(aws, cdk_folder / name.lower(), stack_name=name)


@pytest.fixture(scope="session")
def site(new_site: Callable[[str], Site]) -> Site:
    """The site in its first release."""
    site = new_site("Site")
    assert site.create(Release(name="first", bake_seconds=600)).exit_status == 0, f"see {site.cdk.log}"
    return site


@pytest.fixture
def leaving_site(new_site: Callable[[str], Site]) -> Site:
    """A site that is not deployed yet."""
    return new_site("Leaving")


@pytest.fixture
def failing_site(new_site: Callable[[str], Site]) -> Site:
    """A site of its own in its first release: the emulator rolls a repeated update back to the one that failed."""
    site = new_site("Failing")
    assert site.create(Release(name="first")).exit_status == 0, f"see {site.cdk.log}"
    return site
