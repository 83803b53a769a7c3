"""The calls themselves: against moto where it is faithful, against botocore's Stubber where it is not."""

import io
import json
import zipfile
from datetime import timedelta

import boto3
import pytest
from bake.fake_aws import NOON, ROOT, STACK
from botocore.stub import Stubber
from moto import mock_aws

from prod_one_box.constructs.bake.handler import aws
from prod_one_box.constructs.bake.handler.aws import AlarmState, Change
from prod_one_box.constructs.bake.handler.containment import Move, contain


@pytest.fixture
def account(monkeypatch):
    for name, value in {"DEFAULT_REGION": "eu-central-1", "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        aws.connect.cache_clear()
        yield
    aws.connect.cache_clear()


@pytest.fixture
def alarm(account):
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName="shop-errors",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="Errors",
        Namespace="Shop",
        Period=60,
        Statistic="Sum",
        Threshold=1,
    )


def a_shop_function():
    """Makes a function with three versions and an alias on the third."""
    role = boto3.client("iam").create_role(RoleName="shop", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client = boto3.client("lambda")
    code = {"Runtime": "python3.13", "Handler": "index.handler", "Role": role, "Code": {"ZipFile": _zip("1")}}
    arn = client.create_function(FunctionName="shop", **code)["FunctionArn"]
    for content in ("1", "2", "3"):
        client.update_function_code(FunctionName="shop", ZipFile=_zip(content), Publish=True)
    client.create_alias(
        FunctionName="shop",
        Name="live",
        FunctionVersion="3",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}},
    )
    return arn


def _zip(content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.py", f"# {content}")
    return file.getvalue()


def test_a_stack_is_read_with_its_root(account):
    found = {"StackName": "shop", "StackStatus": "UPDATE_IN_PROGRESS", "CreationTime": NOON, "RootId": ROOT}
    with Stubber(aws.connect("cloudformation", "")) as stub:
        stub.add_response("describe_stacks", {"Stacks": [found]}, {"StackName": STACK})
        stack = aws.describe_stack(STACK)
    assert (stack.status, stack.root_id, stack.updated_at) == ("UPDATE_IN_PROGRESS", ROOT, None)


def test_a_stacks_resources_are_read_to_the_last_page(account):
    def summary(logical_id):
        state = {
            "ResourceType": "AWS::Lambda::Alias",
            "ResourceStatus": "CREATE_COMPLETE",
            "LastUpdatedTimestamp": NOON,
        }
        return {"LogicalResourceId": logical_id, **state}

    with Stubber(aws.connect("cloudformation", "")) as stub:
        first = {"StackResourceSummaries": [{**summary("One"), "PhysicalResourceId": "1"}], "NextToken": "more"}
        stub.add_response("list_stack_resources", first, {"StackName": STACK})
        last = {"StackResourceSummaries": [summary("Two")]}
        stub.add_response("list_stack_resources", last, {"StackName": STACK, "NextToken": "more"})
        found = aws.list_resources(STACK)
    assert {name: each.exists for name, each in found.items()} == {"One": True, "Two": False}


def test_an_alarm_is_read_with_its_reason_and_a_missing_one_is_not_there(alarm):
    boto3.client("cloudwatch").set_alarm_state(AlarmName="shop-errors", StateValue="ALARM", StateReason="5 errors")
    found = aws.describe_alarms(["shop-errors", "gone"], region="", composite=True)
    assert found.keys() == {"shop-errors"}
    assert (found["shop-errors"].state, found["shop-errors"].reason) == (AlarmState.ALARM, "5 errors")
    assert found["shop-errors"].changed_at is not None


def test_an_alarm_is_read_in_its_region(alarm):
    assert not aws.describe_alarms(["shop-errors"], region="us-east-1", composite=False)


def test_containment_puts_everything_back_on_the_former_version(account):
    arn = a_shop_function()
    done = contain([Move(arn, "live", failed=3, former=2)])
    assert done.moved == ("shop:live is back on version 2",)
    assert str(aws.get_alias(arn, "live")) == "version 2"


def test_an_alias_that_is_gone_is_named(account):
    arn = a_shop_function()
    done = contain([Move(arn, "gone", failed=3, former=2)])
    assert "get_alias: ResourceNotFoundException" in done.failed[0]


def test_a_call_that_aws_refuses_is_an_error_with_its_code(account):
    with pytest.raises(aws.AwsError, match="get_alias: ResourceNotFoundException") as refused:
        aws.get_alias("none", "live")
    assert refused.value.code == "ResourceNotFoundException"


def test_an_alias_is_changed_only_as_it_was_read(account):
    client = aws.connect("lambda", "")
    asked = {
        "FunctionName": "shop",
        "Name": "live",
        "FunctionVersion": "6",
        "RevisionId": "r1",
        "RoutingConfig": {"AdditionalVersionWeights": {}},
    }
    with Stubber(client) as stub:
        stub.add_response("update_alias", {"FunctionVersion": "6"}, asked)
        aws.put_alias("shop", "live", version=6, revision="r1")
        stub.assert_no_pending_responses()


def a_change(minute, old, new):
    states = {"version": "1.0", "oldState": {"stateValue": old}, "newState": {"stateValue": new}}
    return {"Timestamp": NOON + timedelta(minutes=minute), "HistoryData": json.dumps(states)}


def test_an_alarms_changes_are_read_from_the_first_since_the_start_to_the_last_page(account):
    client = aws.connect("cloudwatch", "us-east-1")
    asked = {
        "AlarmName": "cdn",
        "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
        "HistoryItemType": "StateUpdate",
        "StartDate": NOON,
        "ScanBy": "TimestampAscending",
        "MaxRecords": 100,
    }
    pages = [[a_change(1, "OK", "ALARM")], [a_change(2, "ALARM", "EVALUATING")]]
    with Stubber(client) as stub:
        stub.add_response("describe_alarm_history", {"AlarmHistoryItems": pages[0], "NextToken": "more"}, asked)
        stub.add_response("describe_alarm_history", {"AlarmHistoryItems": pages[1]}, {**asked, "NextToken": "more"})
        changes = aws.list_changes("cdn", region="us-east-1", composite=True, since=NOON)
    assert changes == (
        Change(NOON + timedelta(minutes=1), AlarmState.OK, AlarmState.ALARM),
        Change(NOON + timedelta(minutes=2), AlarmState.ALARM, AlarmState.UNREAD),
    )


def test_a_state_that_cloudwatch_did_not_have_when_this_was_written_is_an_unread_one(account):
    with Stubber(aws.connect("cloudwatch", "")) as stub:
        found = {"MetricAlarms": [{"AlarmName": "errors", "StateValue": "EVALUATING"}]}
        stub.add_response("describe_alarms", found)
        alarms = aws.describe_alarms(["errors"], region="", composite=False)
    assert alarms["errors"].state is AlarmState.UNREAD


@pytest.mark.parametrize(("composite", "types"), [(False, ["MetricAlarm"]), (True, ["MetricAlarm", "CompositeAlarm"])])
def test_composite_alarms_are_asked_for_only_by_name_since_that_needs_a_wider_permission(account, composite, types):
    with Stubber(aws.connect("cloudwatch", "")) as stub:
        found = {"CompositeAlarms": [{"AlarmName": "site", "StateValue": "OK"}]}
        stub.add_response("describe_alarms", found, {"AlarmNames": ["site"], "AlarmTypes": types})
        (alarm,) = aws.describe_alarms(["site"], region="", composite=composite).values()
        asked = {"AlarmName": "site", "HistoryItemType": "StateUpdate", "StartDate": NOON, "AlarmTypes": types}
        stub.add_response("describe_alarm_history", {}, {**asked, "ScanBy": "TimestampAscending", "MaxRecords": 100})
        assert aws.list_changes("site", region="", composite=composite, since=NOON) == ()
    assert (alarm.reason, alarm.changed_at) == ("", None)


def test_an_alarm_changed_when_its_state_did_not_when_its_reason_did(account):
    times = {"StateTransitionedTimestamp": NOON, "StateUpdatedTimestamp": NOON + timedelta(minutes=1)}
    with Stubber(aws.connect("cloudwatch", "")) as stub:
        found = [{"AlarmName": "errors", "StateValue": "ALARM", **times}]
        stub.add_response("describe_alarms", {"MetricAlarms": found})
        assert aws.describe_alarms(["errors"], region="", composite=False)["errors"].changed_at == NOON


UNEXPECTED = {
    "describe_stacks": ("cloudformation", {"Stacks": []}, lambda: aws.describe_stack(STACK)),
    "list_stack_resources": ("cloudformation", {}, lambda: aws.list_resources(STACK)),
    "get_alias": ("lambda", {}, lambda: aws.get_alias("shop", "live")),
    "describe_alarms": (
        "cloudwatch",
        {"MetricAlarms": [{}]},
        lambda: aws.describe_alarms(["errors"], region="", composite=False),
    ),
    "describe_alarm_history": (
        "cloudwatch",
        {"AlarmHistoryItems": [{"Timestamp": NOON, "HistoryData": "not JSON"}]},
        lambda: aws.list_changes("errors", region="", composite=False, since=NOON),
    ),
}


@pytest.mark.parametrize("operation", UNEXPECTED)
def test_an_answer_that_is_not_as_documented_is_an_error_of_that_call_and_no_other(account, operation):
    service, answer, question = UNEXPECTED[operation]
    with Stubber(aws.connect(service, "")) as stub:
        stub.add_response(operation, answer)
        with pytest.raises(aws.AwsError, match=operation):
            question()


def test_a_call_that_hangs_is_given_up_after_two_attempts_of_seven_seconds(account):
    """With botocore's own defaults one call could hang for minutes, and the poll with it."""
    config = aws.connect("lambda", "").meta.config
    attempts = config.retries["total_max_attempts"]
    assert attempts == 2
    assert attempts * (config.connect_timeout + config.read_timeout) <= 14
