"""A REST API as an origin, without a reference to its stage."""

from aws_cdk import Stack, Token
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront_origins as origins

from ..errors import InvalidArgumentError


def rest_api_origin(rest_api: apigateway.IRestApi, *, stage_name: str | None = None) -> origins.HttpOrigin:
    """Makes an origin of a REST API whose methods call an alias that a release moves.

    `RestApiOrigin` of `aws_cdk` refers to the API's stage, thereby to its deployment, its methods and
    the alias: a canary on such a distribution could not guard the very release that moves the alias, since
    CloudFormation refuses circular dependencies. This origin refers to the API's id alone. Make the
    distribution's first deployment after the API's, or with it: the stage must exist when visitors come.

    Args:
        rest_api: The API.
        stage_name: The stage that visitors reach; default: None, which means the API's own deployment
            stage, by the name that it was given when it was made (`prod` unless `deploy_options` say
            otherwise).

    Raises:
        InvalidArgumentError: If `stage_name` is left out and the API's stage has no name known at synth:
            an imported API, or one made with `deploy=False`.
    """
    name = stage_name if stage_name is not None else _own_stage_name(rest_api)
    stack = Stack.of(rest_api)
    domain_name = f"{rest_api.rest_api_id}.execute-api.{rest_api.env.region}.{stack.url_suffix}"
    return origins.HttpOrigin(domain_name, origin_path=f"/{name}")


def _own_stage_name(rest_api: apigateway.IRestApi) -> str:
    """Reads the name from the stage's own property: a reference to it would close the circle."""
    try:
        cfn_stage = rest_api.deployment_stage.node.default_child
    except (RuntimeError, AttributeError):  # jsii cannot hand over a stage that is not there
        cfn_stage = None
    name = cfn_stage.stage_name if isinstance(cfn_stage, apigateway.CfnStage) else None
    if name is None or Token.is_unresolved(name):
        raise InvalidArgumentError(
            path=rest_api.node.path,
            argument="stage_name",
            given="none",
            allowed="the name of the stage that visitors reach",
            remedy="Give it: this API's own stage has no name known at synth.",
        )
    return name
