"""A REST API as an origin, without a reference to its stage."""

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront_origins as origins

from ..made import stack_of
from ..watch.rest_api_stage import literal_stage_name


def rest_api_origin(rest_api: apigateway.IRestApi, *, stage_name: str | None = None) -> origins.HttpOrigin:
    """Makes an origin of a REST API whose methods call an alias that a release moves.

    `RestApiOrigin` of `aws_cdk` refers to the API's stage, thereby to its deployment, its methods and
    the alias: a canary on such a distribution could not guard the very release that moves the alias, since
    CloudFormation refuses circular dependencies. This origin refers to the API's id alone, which with the stage's
    literal name makes the address (API Gateway developer guide, "Deploy REST APIs in API Gateway"). Make the
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
    name = literal_stage_name(rest_api, stage_name)
    stack = stack_of(rest_api)
    domain_name = f"{rest_api.rest_api_id}.execute-api.{rest_api.env.region}.{stack.url_suffix}"
    return origins.HttpOrigin(domain_name, origin_path=f"/{name}")
