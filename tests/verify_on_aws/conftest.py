"""An account that moto plays, and somebody at a keyboard."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from emulator.aws import Aws
from verify_on_aws import verify
from verify_on_aws.run_record import RunRecord


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every change runs these tests, together with the scenarios that they start."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.every_change)


ACCOUNT, REGION = "123456789012", "us-east-1"


class Keyboard(io.StringIO):
    """A terminal on which something is typed."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def nobodys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test has the caller's own credentials, whatever happens."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "no-such-file"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    boto3.setup_default_session()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """An empty account."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_REGION", REGION)
    with mock_aws():
        yield Aws(ACCOUNT, REGION)


@pytest.fixture
def bootstrapped(aws: Aws) -> Aws:
    """An account into which the CDK can deploy."""
    aws.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="28", Type="String")
    return aws


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which the CDK's command line is installed."""
    (tmp_path / "emulator" / "node_modules" / "aws-cdk").mkdir(parents=True)
    monkeypatch.setattr(verify, "BUILD", tmp_path / "emulator")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Where runs are kept; it does not exist yet."""
    return tmp_path / "runs"


@pytest.fixture
def record(runs: Path) -> RunRecord:
    """A run that has made nothing yet."""
    record = RunRecord.begin(runs, account=ACCOUNT, region=REGION)
    record.hold().release()
    return record


@pytest.fixture
def make_stack(aws: Aws) -> Callable[..., str]:
    """What makes a small stack with tags and returns its id."""

    def make(name: str, tags: dict[str, str]) -> str:
        return aws.cloudformation.create_stack(
            StackName=name,
            TemplateBody='{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}',
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )["StackId"]

    return make


@pytest.fixture
def there(aws: Aws) -> Callable[[], set[str]]:
    """What lists the stacks that are there."""
    return lambda: {each["StackName"] for each in aws.cloudformation.describe_stacks()["Stacks"]}
