"""What a stack's mappings and conditions say, while the app is in memory."""

import json
from collections.abc import Sequence
from tempfile import TemporaryDirectory

from aws_cdk import App, Aws, CfnCondition, CfnMapping, Stack

from ..template.choices import Choices
from .jsii_cache import key_of, stack_of


def choices_of(stack: Stack, asked: str) -> Choices:
    """Read what a stack's template will choose from.

    Args:
        stack: The stack.
        asked: JSON of a part of its template; mappings that neither it nor a condition names are left out.
    """
    found = [each for each in stack.node.find_all() if isinstance(each, CfnCondition | CfnMapping)]
    own = [each for each in found if key_of(stack_of(each)) == key_of(stack)]  # not those of stacks nested in it
    conditions = [each for each in own if isinstance(each, CfnCondition)]
    mappings = [each for each in own if isinstance(each, CfnMapping)]
    names, expressions, mapping_names, environment = stack.resolve(
        [
            [each.logical_id for each in conditions],
            [each.expression for each in conditions],
            [each.logical_id for each in mappings],
            {"AWS::AccountId": stack.account, "AWS::Region": stack.region},
        ]
    )
    words = asked + json.dumps(expressions)
    named = {name: each for name, each in zip(mapping_names, mappings, strict=True) if f'"{name}"' in words}
    return Choices(
        dict(zip(named, _contents(list(named.values())), strict=True)),
        dict(zip(names, expressions, strict=True)),
        {name: value for name, value in environment.items() if isinstance(value, str)},
    )


def _contents(mappings: Sequence[CfnMapping]) -> list[object]:
    """Read what mappings hold: CDK shows it to nobody, but copies a mapping into a stack that looks something up."""
    if not mappings:
        return []
    with TemporaryDirectory() as folder:
        app = App(outdir=folder, auto_synth=False, analytics_reporting=False, tree_metadata=False)
        copies = Stack(app, "Copies")
        asked = copies.resolve([each.find_in_map(Aws.REGION, Aws.REGION) for each in mappings])
        template = app.synth().get_stack_by_name("Copies").template
    return [template["Mappings"][each["Fn::FindInMap"][0]] for each in asked]
