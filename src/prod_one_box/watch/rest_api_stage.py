"""A REST API's stage by its name, without a reference to it."""

from aws_cdk import Token
from aws_cdk import aws_apigateway as apigateway

from ..errors import InvalidArgumentError


def literal_stage_name(rest_api: apigateway.IRestApi, stage_name: str | None) -> str:
    """Finds the stage's name as plain text.

    A reference to the stage waits for the API's deployment, its methods and so for the alias behind them.

    Args:
        rest_api: The API.
        stage_name: The name that the user gave; None for the API's own deployment stage.

    Raises:
        InvalidArgumentError: If the name is a reference, or left out where none is known at synth: for an imported
            API, or one made with `deploy=False`.
    """
    given = stage_name
    name = given if given is not None else _own_stage_name(rest_api)
    if name is None or Token.is_unresolved(name):
        raise InvalidArgumentError(
            path=rest_api.node.path,
            argument="stage_name",
            given="none" if given is None else "a reference to the stage",
            allowed="the name of the stage as it was given to the API",
            remedy='Write it out, such as "prod", which is RestApi\'s default.',
        )
    return name


def _own_stage_name(rest_api: apigateway.IRestApi) -> str | None:
    try:
        cfn_stage = rest_api.deployment_stage.node.default_child
    except (RuntimeError, AttributeError):  # jsii cannot hand over a stage that is not there
        return None
    return cfn_stage.stage_name if isinstance(cfn_stage, apigateway.CfnStage) else None
