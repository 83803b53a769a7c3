"""Facts that Node has answered once are not asked for again."""

from contextlib import contextmanager
from unittest.mock import patch

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct
from jsii._kernel.providers import process

from prod_one_box.constructs.jsii_cache import path_in, path_of, remember_place, resource_of, stack_of


@contextmanager
def no_question():
    with patch.object(process._NodeProcess, "send", side_effect=AssertionError("asked Node")):
        yield


def a_topic(stack):
    return sns.Topic(stack, "Topic")


def test_a_constructs_resource_is_found_and_remembered():
    topic = a_topic(cdk.Stack(cdk.App(), "Shop"))
    found = resource_of(topic)
    assert isinstance(found, sns.CfnTopic)
    with no_question():
        assert resource_of(topic) is found


def test_what_makes_nothing_has_no_resource_until_it_makes_one():
    stack = cdk.Stack(cdk.App(), "Shop")
    assert resource_of(sns.Topic.from_topic_arn(stack, "Imported", "arn:aws:sns:eu-central-1:123456789012:a")) is None
    scope = Construct(stack, "Scope")
    assert resource_of(scope) is None
    made = sns.CfnTopic(scope, "Resource")
    assert resource_of(scope) is made


def test_a_constructs_stack_is_found_and_remembered():
    app = cdk.App()
    shop, other = cdk.Stack(app, "Shop"), cdk.Stack(app, "Other")
    topic, namesake = a_topic(shop), a_topic(other)
    assert (stack_of(topic), stack_of(namesake)) == (shop, other)
    with no_question():
        assert (stack_of(topic), stack_of(namesake)) == (shop, other)


def test_what_is_made_in_a_scope_is_in_its_stack_without_a_question():
    stack = cdk.Stack(cdk.App(), "Shop")
    scope = Construct(stack, "Scope")
    assert stack_of(scope) is stack
    topic = a_topic(scope)
    with no_question():
        assert stack_of(remember_place(scope, topic, "Topic")) is stack


def test_paths_are_those_of_the_app():
    stack = cdk.Stack(cdk.App(), "Shop")
    scope = Construct(stack, "a/b")
    topic = a_topic(scope)
    assert path_in(scope, "Topic") == path_of(topic) == topic.node.path
    assert path_in(stack, "a/b") == path_of(scope) == scope.node.path == "Shop/a--b"
    assert path_in(stack.node.root, "Shop") == path_of(stack) == "Shop"


def test_the_path_of_what_is_made_in_a_scope_needs_no_question():
    scope = Construct(cdk.Stack(cdk.App(), "Shop"), "Scope")
    topic = a_topic(scope)
    path_of(scope), stack_of(scope)
    remember_place(scope, topic, "Topic")
    with no_question():
        path = path_of(topic)
    assert path == topic.node.path


class Equal(cdk.Stack):
    """A stack whose class says that it equals every other."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equal)

    __hash__ = None


def test_what_is_equal_is_not_the_same():
    app = cdk.App()
    one, other = Equal(app, "One"), Equal(app, "Other")
    first, second = Construct(one, "Scope"), Construct(other, "Scope")
    assert (path_of(one), path_of(other)) == ("One", "Other")
    assert stack_of(first) is one
    assert stack_of(second) is other


def test_an_id_that_is_none_is_left_to_constructs_to_refuse():
    assert path_in(cdk.Stack(cdk.App(), "Shop"), None) == "Shop/None"
