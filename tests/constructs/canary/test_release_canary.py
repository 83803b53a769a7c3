"""What a `ReleaseCanary` deploys, and may do."""

import json
import re

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import assertions
from aws_cdk import aws_synthetics as synthetics
from canary.fake_visit import SCRIPT
from canary.stacks import SECRET_ARN, canary, new_stack

from dependency_graph import of_type
from masked import masked, outline
from prod_one_box import DeployWaitResource
from prod_one_box.errors import InvalidArgumentError
from prod_one_box.vocabulary import METADATA_KEY


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    stack = new_stack()
    canary(stack)
    return stack


@pytest.fixture(scope="module")
def template(stack) -> dict:
    return assertions.Template.from_stack(stack).to_json()


@pytest.fixture(scope="module")
def deployed(template) -> dict:
    (found,) = of_type(template, "AWS::Synthetics::Canary").values()
    return found


def test_the_logical_ids_are_a_contract(template, snapshot):
    assert sorted(f"{kind} {name}" for name, kind in outline(template).items()) == snapshot


def test_the_canary_visits_the_partition_it_was_given(deployed, snapshot):
    assert masked(deployed["Properties"]) == snapshot
    assert deployed["Metadata"] == {METADATA_KEY: {"Canary": "one-box"}}


def test_the_runtime_is_one_that_names_the_modules_as_the_script_does(deployed):
    runtime = re.fullmatch(r"syn-nodejs-puppeteer-(\d+)\.(\d+)", deployed["Properties"]["RuntimeVersion"])
    # CloudWatch user guide, "Runtime versions using Node.js and Puppeteer": new namespaces since 13.1.
    assert runtime
    assert tuple(map(int, runtime.groups())) >= (13, 1)
    assert "require('@aws/synthetics-puppeteer')" in (SCRIPT / "index.js").read_text()


def test_the_role_reads_this_secret_and_no_other_before_the_canary_starts(template, deployed):
    (policy,) = of_type(template, "AWS::IAM::Policy").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == SECRET_ARN
    assert set(statement["Action"]) == {"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}
    assert template["Resources"][deployed["DependsOn"][0]] == policy


def test_the_bucket_of_results_is_encrypted_emptied_and_closed_to_plain_http(template):
    (bucket,) = of_type(template, "AWS::S3::Bucket").values()
    assert "BucketEncryption" in bucket["Properties"]
    (rule,) = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["Status"]) == (30, "Enabled")
    (policy,) = of_type(template, "AWS::S3::BucketPolicy").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_the_alarm_counts_silence_as_failure_and_leaves_a_new_canary_alone(template, snapshot):
    (alarm,) = of_type(template, "AWS::CloudWatch::Alarm").values()
    assert masked(alarm["Properties"]) == snapshot
    assert alarm["Properties"]["TreatMissingData"] == "ignore"


def bake(alarm):
    DeployWaitResource(alarm.stack, "Bake", duration=cdk.Duration.minutes(10), release_id="r1", alarms=[alarm])


def test_the_alarm_can_fire_within_the_default_bake():
    bake(canary(new_stack()).alarm)


def test_a_canary_that_runs_too_seldom_for_the_bake_is_refused_by_the_bake():
    seldom = canary(new_stack(), interval=cdk.Duration.minutes(5)).alarm
    with pytest.raises(InvalidArgumentError, match="bake longer"):
        bake(seldom)


def test_only_what_the_canary_runs_is_deployed_and_its_hash_depends_on_nothing_else(tmp_path):
    keys = set()
    for name in ("one", "other"):
        stack = new_stack(outdir=str(tmp_path / name))
        canary(stack)
        stack.node.root.synth()
        (asset,) = (tmp_path / name).glob("asset.*")
        assert sorted(path.name for path in asset.iterdir()) == ["index.js", "visit.js"]
        keys.add(asset.name)
    assert len(keys) == 1


def test_the_site_may_be_a_token():
    stack = new_stack()
    domain = cdk.CfnParameter(stack, "Domain").value_as_string
    canary(stack, "ByName", site=domain)
    canary(stack, "ByAddress", site=f"https://{domain}")
    found = of_type(assertions.Template.from_stack(stack).to_json(), "AWS::Synthetics::Canary").values()
    sites = [one["Properties"]["RunConfig"]["EnvironmentVariables"]["SITE"] for one in found]
    assert sites == [{"Fn::Join": ["", ["https://", {"Ref": "Domain"}]]}] * 2


def test_the_inner_canary_is_exposed():
    assert isinstance(canary(new_stack()).canary, synthetics.Canary)


@pytest.mark.parametrize("environment", [None, cdk.Environment(account="123456789012", region="eu-west-1")])
def test_every_finding_of_cdk_nag_is_acknowledged_with_a_reason(tmp_path, environment):
    app = cdk.App(outdir=str(tmp_path))
    canary(cdk.Stack(app, "Shop", env=environment))
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    found = [one["ruleName"] for each in report["pluginReports"] for one in each["violations"]]
    assert not [one for one in report["pluginReports"] if one["conclusion"] == "failure"], found
