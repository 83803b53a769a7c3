"""The handler has exactly the permissions that it needs."""

import json

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Template
from bake.release_stack import a_function, an_alias
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prod_one_box import DeployWaitResource

INLINE_CHARACTERS = 10_240
"""IAM user guide, "IAM and AWS STS quotas": of all inline policies of a role together, without white space."""

ACCOUNT = "123456789012"


def reads(template):
    """The statements by which the handler reads alarms."""
    return [each for each in statements(template, "") if "cloudwatch:DescribeAlarms" in each["Action"]]


def inline_characters(template, role="ProviderRole"):
    """What IAM counts, with room for the longest ARN where the template has a reference."""
    policies = [each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::IAM::Policy"]
    documents = [each["PolicyDocument"] for each in policies if role in each["Roles"][0]["Ref"]]
    return sum(len(json.dumps(with_arns(each), separators=(",", ":"))) for each in documents)


def with_arns(value):
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")):
            return f"arn:aws-us-gov:lambda:us-gov-east-1:{ACCOUNT}:function:{'f' * 64}"
        return {key: with_arns(each) for key, each in value.items()}
    return [with_arns(each) for each in value] if isinstance(value, list) else value


def statements(template, part):
    policies = {key: each for key, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Policy"}
    found = (each for key, each in policies.items() if part in key)
    return [statement for policy in found for statement in policy["Properties"]["PolicyDocument"]["Statement"]]


def test_a_wait_may_read_its_alarms_and_move_the_aliases_of_its_functions(release_template):
    resources = release_template["Resources"]
    (aliases,) = statements(release_template, "MovesAliases")
    (alarms,) = reads(release_template)
    assert alarms["Action"] == ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"]
    account = [{"Ref": "AWS::Partition"}, ":cloudwatch:*:", {"Ref": "AWS::AccountId"}, ":alarm:*"]
    assert alarms["Resource"] == {"Fn::Join": ["", ["arn:", *account]]}
    assert aliases["Action"] == ["lambda:GetAlias", "lambda:UpdateAlias"]
    functions = [resources[each["Fn::GetAtt"][0]]["Type"] for each in aliases["Resource"]]
    assert functions == ["AWS::Lambda::Function", "AWS::Lambda::Function"]


def test_the_handler_itself_may_write_its_log_and_read_its_stack(release_template):
    found = statements(release_template, "ProviderRole")
    assert [(each["Action"], each["Resource"]) for each in found[1:4]] == [
        ("cloudformation:ListStackResources", {"Ref": "AWS::StackId"}),
        ("cloudformation:DescribeStacks", {"Ref": "AWS::StackId"}),
        ("cloudwatch:GetMetricStatistics", "*"),
    ]
    assert found[0]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert "Fn::GetAtt" in found[0]["Resource"]


def test_in_a_nested_stack_it_may_read_the_roots_status_too():
    root = cdk.Stack(cdk.App(), "Root")
    inner = cdk.NestedStack(cdk.NestedStack(root, "Outer"), "Inner")
    DeployWaitResource(inner, "Wait", duration=cdk.Duration.minutes(5), release_id="r1")
    template = Template.from_stack(inner).to_json()
    read = next(
        each for each in statements(template, "ProviderRole") if each["Action"] == "cloudformation:DescribeStacks"
    )
    own, top = read["Resource"]
    assert own == {"Ref": "AWS::StackId"}
    assert top["Ref"] in template["Parameters"]


KINDS = ("own", "own and named", "of another stack", "of another region", "composite", "imported")


def an_alarm(kind, number, shop, cdn):
    """An alarm of one of the kinds that a wait can watch."""
    name, id = f"{'n' * 200}{number}", f"{kind}{number}"
    if kind == "imported":
        return cloudwatch.Alarm.from_alarm_arn(shop, id, f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{name}")
    stack = {"of another stack": cdk.Stack.of(shop.node.root.node.find_child("Other"))}.get(kind, shop)
    stack = cdn if kind == "of another region" else stack
    named = {} if kind == "own" else {"alarm_name": name}
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Errors")
    alarm = cloudwatch.Alarm(stack, id, metric=metric, threshold=1, evaluation_periods=1, **named)
    if kind != "composite":
        return alarm
    return cloudwatch.CompositeAlarm(shop, f"Any{id}", alarm_rule=cloudwatch.AlarmRule.any_of(alarm))


def watching(kinds, **how):
    """The template of a stack with a wait for each few of the alarms."""
    app = cdk.App(**how)
    shop = cdk.Stack(app, "Shop", env=cdk.Environment(account=ACCOUNT, region="eu-central-1"))
    cdk.Stack(app, "Other", env=cdk.Environment(account=ACCOUNT, region="eu-central-1"))
    cdn = cdk.Stack(app, "Cdn", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
    alarms = [an_alarm(kind, number, shop, cdn) for number, kind in enumerate(kinds)]
    for number in range(3):
        watched = alarms[number:] if number else alarms[::2]
        wait = DeployWaitResource(
            shop, f"Wait{number}", duration=cdk.Duration.minutes(30), release_id="r1", alarms=watched
        )
    for alarm in alarms[:1]:
        wait.add_alarm(alarm)
    return app.synth().get_stack_by_name("Shop").template


@given(
    kinds=st.lists(st.sampled_from(KINDS), max_size=12),
    flags=st.sampled_from(
        [{}, {"@aws-cdk/aws-iam:minimizePolicies": True}, {"@aws-cdk/core:enablePartitionLiterals": True}]
    ),
)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_one_statement_reads_alarms_of_any_number_kind_and_region(kinds, flags):
    template = watching(kinds, context=dict.fromkeys(flags, True))
    if not kinds:
        assert reads(template) == []
        return
    (statement,) = reads(template)
    if {"composite", "imported"} & {*kinds}:
        assert "*" in statement["Resource"]
    else:
        assert json.dumps(statement["Resource"]).endswith(f':cloudwatch:*:{ACCOUNT}:alarm:*"]]}}') or (
            statement["Resource"] == f"arn:aws:cloudwatch:*:{ACCOUNT}:alarm:*"
        )
    assert "alarm:n" not in json.dumps([statements(template, "")])


def test_five_hundred_alarms_and_their_waits_take_the_permissions_and_resources_of_one():
    one, many = watching(["own and named"]), watching(["own and named"] * 220 + ["of another region"] * 280)
    assert inline_characters(many) == inline_characters(one) < INLINE_CHARACTERS / 4

    def others(template):
        return [body["Type"] for body in template["Resources"].values() if body["Type"] != "AWS::CloudWatch::Alarm"]

    assert others(many) == others(one)


def test_the_permission_on_functions_grows_with_the_functions_and_not_with_the_waits():
    stack = cdk.Stack(cdk.App(), "Shop")
    aliases = [an_alias(stack, f"Alias{each}", a_function(stack, f"Function{each}")) for each in range(3)]
    for number in range(3):
        DeployWaitResource(
            stack, f"Wait{number}", duration=cdk.Duration.minutes(5), release_id="r1", contained=aliases[: number + 1]
        )
    template = Template.from_stack(stack).to_json()
    (statement,) = statements(template, "MovesAliases")
    assert [each["Fn::GetAtt"][0][:9] for each in statement["Resource"]] == ["Function0", "Function1", "Function2"]


def test_no_wait_comes_after_an_alarm_or_a_function_for_the_sake_of_a_permission(release_template):
    """The functions behind the waits wait for their role's own policy, and so would every wait."""
    (own,) = (name for name in release_template["Resources"] if "ProviderRoleDefaultPolicy" in name)
    found = json.dumps(release_template["Resources"][own])
    referred = [name for name in release_template["Resources"] if f'"{name}"' in found and name != own]
    kinds = {release_template["Resources"][name]["Type"] for name in referred}
    assert kinds == {"AWS::IAM::Role", "AWS::Logs::LogGroup"}


def test_a_wait_that_watches_nothing_gets_no_policy():
    stack = cdk.Stack(cdk.App(), "Shop")
    DeployWaitResource(stack, "Wait", duration=cdk.Duration.minutes(5), release_id="r1")
    template = Template.from_stack(stack).to_json()
    assert (reads(template), statements(template, "MovesAliases")) == ([], [])
