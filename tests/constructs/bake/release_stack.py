"""The constructs of a release, for the tests to synthesize."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from prod_one_box import DeployWaitResource


def a_function(scope, id, code="def handler(event, context): pass"):
    return lambda_.Function(
        scope,
        id,
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline(code),
    )


def an_alias(scope, id, function):
    return lambda_.Alias(scope, id, alias_name="live", version=function.current_version)


def an_alarm(scope, id, alias, **changed):
    metric = alias.metric_errors(period=changed.pop("period", cdk.Duration.minutes(1)))
    return cloudwatch.Alarm(scope, id, **{"metric": metric, "threshold": 5, "evaluation_periods": 3, **changed})


def version_id(alias):
    return alias.version.node.default_child.logical_id


def a_release(scope):
    """The two waits of a release in their order, watching what hangs on the very aliases that they hold."""
    one_box = an_alias(scope, "OneBox", a_function(scope, "OneBoxFunction"))
    regular = an_alias(scope, "Regular", a_function(scope, "RegularFunction"))
    release = {"release_id": version_id(one_box), "alarms": [an_alarm(scope, "Errors", one_box)]}
    release["contained"] = [one_box, regular]
    preflight = DeployWaitResource(scope, "Preflight", duration=cdk.Duration.minutes(0), **release)
    bake = DeployWaitResource(
        scope, "Bake", duration=cdk.Duration.minutes(10), baked=[one_box], started_by=preflight, **release
    )
    one_box.node.default_child.add_resource_dependency(preflight.cfn_resource)
    bake.cfn_resource.add_resource_dependency(one_box.node.default_child)
    regular.node.default_child.add_resource_dependency(bake.cfn_resource)
    return bake
