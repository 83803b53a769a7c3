"""What AWS documents of requests and calls, each as a question to an account: does it behave so?"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from botocore.exceptions import ClientError

from emulator.aws import Aws
from emulator.functions import allow, answer_of, make_function, make_user, policy, zipped

_PAGE = 'def handler(event, context):\n    return {"statusCode": 200, "body": "the page"}\n'
_VERSION = "def handler(event, context):\n    return context.function_version\n"
_CLI = """
import subprocess
def handler(event, context):
    return subprocess.check_output(["/opt/awscli/aws"]).decode()
"""


def weights_send_requests_to_a_second_version(aws: Aws) -> bool:
    function = make_function(aws, "weighted", _VERSION)
    aws.awslambda.update_function_code(
        FunctionName="weighted", ZipFile=zipped({"index.py": _VERSION + "# 2\n"}), Publish=True
    )
    aws.awslambda.create_alias(
        FunctionName="weighted",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.9}},
    )
    api = make_http_api(aws, f"{function}:live")
    return "2" in {aws.ask(f"{api}.execute-api.localhost", "/").body for _ in range(20)}


def a_layer_is_under_opt(aws: Aws) -> bool:
    script = "#!/bin/sh\necho from the layer\n"
    layer = aws.awslambda.publish_layer_version(
        LayerName="cli", Content={"ZipFile": zipped({"awscli/aws": script})}, CompatibleRuntimes=["python3.13"]
    )
    make_function(aws, "layered", _CLI, layers=[layer["LayerVersionArn"]])
    return answer_of(aws, "layered") == "from the layer\n"


def an_http_api_counts_its_requests(aws: Aws) -> bool:
    api = make_http_api(aws, make_function(aws, "counted", _PAGE))
    assert aws.ask(f"{api}.execute-api.localhost", "/").body == "the page"
    return _is_counted(aws, {"ApiId": api})


def a_rest_api_counts_its_requests(aws: Aws) -> bool:
    client = aws.client("apigateway")
    api = client.create_rest_api(name="rest")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    named = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    client.put_method(**named, authorizationType="NONE")
    client.put_integration(**named, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_method_response(**named, statusCode="200")
    client.put_integration_response(**named, statusCode="200")
    client.create_deployment(restApiId=api, stageName="live")
    assert aws.ask(f"{api}.execute-api.localhost", "/live/").status == 200
    return _is_counted(aws, {"ApiName": "rest"}) and _is_counted(aws, {"ApiName": "rest", "Stage": "live"})


def what_is_above_a_bound_is_counted(aws: Aws) -> bool:
    now = datetime.now(timezone.utc)
    data = [{"MetricName": "Latency", "Value": value, "Timestamp": now} for value in (1, 2000, 2000.5, 3000)]
    aws.cloudwatch.put_metric_data(Namespace="Probes", MetricData=data)
    metric = {"Namespace": "Probes", "MetricName": "Latency"}
    statistics = {"all": "SampleCount", "slow": "TC(2000:)"}
    found = aws.cloudwatch.get_metric_data(
        MetricDataQueries=[
            {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}}
            for name, statistic in statistics.items()
        ],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
    )
    values = {each["Id"]: each["Values"] for each in found["MetricDataResults"]}
    assert values["all"] == [4]
    return values["slow"] == [2]


def a_cloudfront_function_chooses_the_origin(aws: Aws) -> bool:
    client = aws.client("cloudfront")
    code = (
        "import cf from 'cloudfront';\n"
        "function handler(event) { cf.selectRequestOriginById('chosen'); return event.request; }\n"
    )
    made = client.create_function(
        Name="choose",
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=code.encode(),
    )
    client.publish_function(Name="choose", IfMatch=made["ETag"])
    function = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    here = int(aws.edge.rpartition(":")[2])
    origins = {"default": _origin("127.0.0.1", here, "/nowhere"), "chosen": _origin("127.0.0.1", here, "/_ministack")}
    return aws.ask(_distribution(aws, origins, function), "/ready").status == 200


def an_http_api_is_an_origin(aws: Aws) -> bool:
    api = make_http_api(aws, make_function(aws, "behind", _PAGE))
    domain = _distribution(aws, {"api": _origin(f"{api}.execute-api.{aws.region}.amazonaws.com")})
    return aws.ask(domain, "/").body == "the page"


def a_policy_that_wants_tls_lets_requests_pass(aws: Aws) -> bool:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="encrypted")
    statement = {
        **allow("s3:*", on="arn:aws:s3:::encrypted/*"),
        "Effect": "Deny",
        "Principal": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket="encrypted", Policy=policy([statement]))
    user = make_user(aws, "writer", allow("s3:PutObject")).client("s3")
    return _is_allowed(lambda: user.put_object(Bucket="encrypted", Key="key", Body=b""))


def reading_an_alias_needs_its_own_permission(aws: Aws) -> bool:
    function = make_function(aws, "aliased", _VERSION)
    aws.awslambda.create_alias(FunctionName="aliased", Name="live", FunctionVersion="1")
    calls = {
        "lambda:GetAlias": lambda user: user.awslambda.get_alias(FunctionName="aliased", Name="live"),
        "lambda:UpdateAlias": lambda user: user.awslambda.update_alias(FunctionName="aliased", Name="live"),
        "lambda:ListAliases": lambda user: user.awslambda.list_aliases(FunctionName="aliased"),
    }
    users = {each: make_user(aws, each.partition(":")[2], allow(each, on=function)) for each in calls}
    return all(
        _is_allowed(lambda: call(user)) == (action == allowed)  # noqa: B023  called at once
        for allowed, user in users.items()
        for action, call in calls.items()
    )


def alarms_are_read_with_a_permission_on_each_of_them(aws: Aws) -> bool:
    make_alarms(aws, "one", "two")
    one, two = (f"arn:aws:cloudwatch:{aws.region}:{aws.account}:alarm:{name}" for name in ("one", "two"))
    some = make_user(aws, "some", allow("cloudwatch:DescribeAlarms", on=one)).cloudwatch
    every = make_user(aws, "every", allow("cloudwatch:DescribeAlarms", on=[one, two])).cloudwatch
    return (
        _is_allowed(lambda: some.describe_alarms(AlarmNames=["one"]))
        and not _is_allowed(lambda: some.describe_alarms(AlarmNames=["two"]))
        and not _is_allowed(lambda: some.describe_alarms(AlarmNames=["one", "two"]))
        and _is_allowed(lambda: every.describe_alarms(AlarmNames=["one", "two"]))
    )


def a_composite_alarm_needs_a_permission_on_every_alarm(aws: Aws) -> bool:
    make_alarms(aws, "part")
    aws.cloudwatch.put_composite_alarm(AlarmName="whole", AlarmRule="ALARM(part)")
    account = f"arn:aws:cloudwatch:{aws.region}:{aws.account}:alarm:*"
    named = {"AlarmNames": ["part", "whole"], "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    narrow = make_user(aws, "narrow", allow("cloudwatch:DescribeAlarms", on=account)).cloudwatch
    wide = make_user(aws, "wide", allow("cloudwatch:DescribeAlarms", on="*")).cloudwatch
    return not _is_allowed(lambda: narrow.describe_alarms(**named)) and _is_allowed(
        lambda: wide.describe_alarms(**named)
    )


def make_alarms(aws: Aws, *names: str) -> None:
    for name in names:
        aws.cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="Probes",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
        )


def _is_allowed(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        if not error.response["Error"]["Code"].startswith("AccessDenied"):
            raise
        return False
    return True


def make_http_api(aws: Aws, function: str, *, permission: bool = True) -> str:
    """An HTTP API that passes every request to a function or an alias; returns its id."""
    client = aws.client("apigatewayv2")
    api = client.create_api(Name="probe", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0"
    )
    client.create_route(ApiId=api, RouteKey="$default", Target=f"integrations/{integration['IntegrationId']}")
    client.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    if permission:
        principal = "apigateway.amazonaws.com"
        aws.awslambda.add_permission(
            FunctionName=function, StatementId="api", Action="lambda:InvokeFunction", Principal=principal
        )
    return str(api)


def _is_counted(aws: Aws, dimensions: dict[str, str]) -> bool:
    now = datetime.now(timezone.utc)
    found = aws.cloudwatch.get_metric_statistics(
        Namespace="AWS/ApiGateway",
        MetricName="Count",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )
    return sum(each["Sum"] for each in found["Datapoints"]) == 1


def _origin(domain: str, port: int = 80, path: str = "") -> dict[str, object]:
    only = {"HTTPPort": port, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}
    return {"DomainName": domain, "OriginPath": path, "CustomOriginConfig": only}


def _distribution(aws: Aws, origins: dict[str, dict[str, object]], function: str = "") -> str:
    """A distribution whose first origin is the default one; returns its domain name."""
    functions = [{"EventType": "viewer-request", "FunctionARN": function}] if function else []
    made = aws.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "-".join(origins),
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": len(origins), "Items": [{"Id": id, **each} for id, each in origins.items()]},
            "DefaultCacheBehavior": {
                "TargetOriginId": next(iter(origins)),
                "ViewerProtocolPolicy": "allow-all",
                "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # CachingDisabled
                "FunctionAssociations": {"Quantity": len(functions), "Items": functions},
            },
        }
    )
    return str(made["Distribution"]["DomainName"])
