"""A reference is followed to the one resource that it means, through whatever CDK puts between two stacks."""

from pathlib import Path
from typing import Any

import pytest

from prod_one_box.template.cloud_assembly import StackTemplate
from prod_one_box.template.links import Links, Place
from template.assemblies import nested, stacks

TOPIC = {"Type": "AWS::SNS::Topic"}


def led(read: list[StackTemplate], name: str, value: Any) -> set[Place]:
    return set(Links(read).led_to(next(each for each in read if each.name == name), value))


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Topic"},
        {"Fn::GetAtt": ["Topic", "Arn"]},
        {"Fn::GetAtt": "Topic.Arn"},
        {"Fn::Sub": "the ${Topic.Arn}"},
        {"Fn::Join": ["", ["the ", {"Ref": "Topic"}]]},
    ],
)
def test_stacks_of_the_same_ids_never_mix(tmp_path: Path, value: Any) -> None:
    read = stacks(tmp_path, Dev={"Topic": TOPIC}, Prod={"Topic": TOPIC})
    assert led(read, "Dev", value) == {Place("Dev", "Topic")}
    assert led(read, "Prod", value) == {Place("Prod", "Topic")}


def test_an_import_leads_to_what_was_exported(tmp_path: Path) -> None:
    output = {"Out": {"Value": {"Ref": "Topic"}, "Export": {"Name": "Back:Topic"}}}
    read = stacks(tmp_path, Back={"Resources": {"Topic": TOPIC}, "Outputs": output}, Front={"Topic": TOPIC})
    assert led(read, "Front", {"Fn::ImportValue": "Back:Topic"}) == {Place("Back", "Topic")}
    assert led(read, "Front", {"Fn::ImportValue": "Else:Topic"}) == set()


def test_another_stacks_output_leads_to_its_resource(tmp_path: Path) -> None:
    back = {"Resources": {"Topic": TOPIC}, "Outputs": {"Out": {"Value": {"Ref": "Topic"}}}}
    read = stacks(tmp_path, Dev_Back=back, Prod_Back=back, Front={"Topic": TOPIC})
    asked = {"Fn::GetStackOutput": {"StackName": "Prod-Back", "OutputName": "Out", "Region": "one"}}
    assert led(read, "Front", asked) == {Place("Prod/Back", "Topic")}
    asked["Fn::GetStackOutput"]["Region"] = "two"
    assert led(read, "Front", asked) == set()


def test_a_nested_stacks_parameters_and_outputs_are_followed(tmp_path: Path) -> None:
    inner = {
        "Parameters": {"Given": {"Type": "String"}},
        "Resources": {"Topic": TOPIC},
        "Outputs": {"Mine": {"Value": {"Ref": "Topic"}}, "Yours": {"Value": {"Ref": "Given"}}},
    }
    read = nested(tmp_path, inner, given={"Given": {"Ref": "Topic"}}, Topic=TOPIC)
    assert led(read, "Outer/Inner", {"Ref": "Given"}) == {Place("Outer", "Topic")}
    assert led(read, "Outer", {"Fn::GetAtt": ["Inner", "Outputs.Mine"]}) == {Place("Outer/Inner", "Topic")}
    assert led(read, "Outer", {"Fn::GetAtt": ["Inner", "Outputs.Yours"]}) == {Place("Outer", "Topic")}


def test_a_parameter_that_is_given_to_itself_ends(tmp_path: Path) -> None:
    inner = {"Parameters": {"Given": {}}, "Resources": {}, "Outputs": {"Out": {"Value": {"Ref": "Given"}}}}
    read = nested(tmp_path, inner, given={"Given": {"Fn::GetAtt": ["Inner", "Outputs.Out"]}})
    assert led(read, "Outer/Inner", {"Ref": "Given"}) == set()


def test_what_travels_to_another_region_is_followed(tmp_path: Path) -> None:
    def made(kind: str, said: dict[str, Any]) -> dict[str, Any]:
        return {"Type": kind, "Properties": said}

    writer = made("Custom::CrossRegionExportWriter", {"WriterProps": {"exports": {"/cdk/x": {"Ref": "Topic"}}}})
    parameter = made("AWS::SSM::Parameter", {"Name": "/cdk/y", "Value": {"Ref": "Topic"}})
    reader = made("Custom::CrossRegionExportReader", {"ReaderProps": {}})
    single = made("Custom::CrossRegionStringParameterReader", {"ParameterName": "/cdk/y"})
    far = {"Topic": TOPIC, "Writer": writer, "Parameter": parameter}
    read = stacks(tmp_path, Far=far, Near={"Topic": TOPIC, "Reader": reader, "Single": single})
    assert led(read, "Near", {"Fn::GetAtt": ["Reader", "/cdk/x"]}) == {Place("Far", "Topic")}
    assert led(read, "Near", {"Fn::GetAtt": ["Single", "FunctionArn"]}) == {Place("Far", "Topic")}
