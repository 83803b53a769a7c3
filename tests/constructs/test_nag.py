"""Findings of cdk-nag are acknowledged for an app that can see them."""

import sys

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import aws_sns as sns

from prod_one_box.constructs.nag import acknowledge, when_nag_checks

ACKNOWLEDGED = "aws:cdk:acknowledged-rules"


@pytest.fixture
def topic():
    stack = cdk.Stack(cdk.App(), "Shop")
    topic = sns.Topic(stack, "Topic")
    when_nag_checks(stack, lambda: acknowledge(topic, {"SNS3": "It holds no secrets."}))
    return topic


def reasons(topic):
    topic.node.root.synth()
    return [each.data for each in topic.node.metadata if each.type == ACKNOWLEDGED]


def test_an_app_that_loads_cdk_nag_even_after_the_constructs_gets_the_reasons(topic, monkeypatch):
    monkeypatch.delitem(sys.modules, "cdk_nag")
    monkeypatch.setitem(sys.modules, "cdk_nag", cdk_nag)
    assert reasons(topic) == [{"AwsSolutions::AwsSolutions-SNS3": "It holds no secrets."}]


def test_an_app_without_cdk_nag_is_spared_the_calls(topic, monkeypatch):
    monkeypatch.delitem(sys.modules, "cdk_nag")
    assert reasons(topic) == []
