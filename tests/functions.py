"""Functions for tests to which it does not matter what they do."""

from pathlib import Path
from tempfile import mkdtemp

from aws_cdk import aws_lambda as lambda_
from constructs import Construct


def a_function(
    scope: Construct, id: str, *, description: str | None = None, environment: dict[str, str] | None = None
) -> lambda_.Function:
    return lambda_.Function(
        scope,
        id,
        description=description,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        environment=environment,
    )


def pages(scope: Construct, partition: str) -> lambda_.Function:
    """A recipe."""
    return a_function(scope, "Pages", description=partition)


def users(scope: Construct, partition: str) -> lambda_.Function:
    """A recipe whose functions are known by their path, for tests that tell the user's resources from the library's."""
    return a_function(scope, "Users", description=partition)


def a_layer(scope: Construct, word: str, id: str = "Shared") -> lambda_.LayerVersion:
    folder = Path(mkdtemp())
    (folder / "shared.py").write_text(f"WORD = {word!r}")
    return lambda_.LayerVersion(scope, id, code=lambda_.Code.from_asset(str(folder)))


def with_layers(stack: Construct, layers: list[lambda_.LayerVersion]) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Api",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        layers=layers,
    )
