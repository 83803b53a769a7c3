"""The cycle finder that the other tests lean on finds cycles."""

from dependency_graph import cycles, dependencies, downstream, explicit_order, of_type, upstream

CHAIN = {
    "Resources": {
        "Api": {"Type": "T::Api", "Properties": {"Name": {"Ref": "AWS::StackName"}}},
        "Alias": {
            "Type": "T::Alias",
            "Properties": {
                "Url": {"Fn::Sub": ["https://${Api}.${Domain}/${!Group}", {"Domain": {"Ref": "AWS::Region"}}]}
            },
            "UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {"DeploymentGroupName": {"Ref": "Group"}}},
        },
        "Group": {"Type": "T::Group", "Properties": {"Alarms": [{"Name": {"Fn::GetAtt": ["Alarm", "Arn"]}}]}},
        "Alarm": {"Type": "T::Alarm", "DependsOn": "Api"},
    }
}


def with_alarm_on_alias(how):
    return {"Resources": {**CHAIN["Resources"], "Alarm": {"Type": "T::Alarm", **how}}}


def test_each_kind_of_reference_is_an_edge():
    assert dependencies(CHAIN) == {"Api": set(), "Alias": {"Api", "Group"}, "Group": {"Alarm"}, "Alarm": {"Api"}}


def test_a_resource_waits_for_what_its_dependencies_wait_for():
    graph = dependencies(CHAIN)
    assert upstream(graph, "Alias") == {"Api", "Group", "Alarm"}
    assert upstream(graph, ["Alarm", "Api"]) == {"Api"}
    assert downstream(graph, "Alarm") == {"Group", "Alias"}


def test_a_chain_has_no_cycle():
    assert cycles(CHAIN) == []


def test_a_cycle_is_named_by_exactly_its_members():
    for how in (
        {"Properties": {"Name": {"Ref": "Alias"}}},
        {"Properties": {"Name": {"Fn::GetAtt": "Alias.Arn"}}},
        {"Properties": {"Name": {"Fn::Sub": "${Alias.Arn}"}}},
        {"DependsOn": ["Alias"]},
    ):
        assert cycles(with_alarm_on_alias(how)) == [{"Alias", "Group", "Alarm"}]


def test_a_literal_in_a_sub_is_no_reference():
    assert (
        cycles(with_alarm_on_alias({"Properties": {"Name": {"Fn::Sub": ["${!Alias} ${Alias}", {"Alias": "x"}]}}})) == []
    )


def test_explicit_order_and_types_are_read_as_written():
    assert explicit_order(CHAIN) == {"Alarm": {"Api"}}
    assert list(of_type(CHAIN, "T::Alarm")) == ["Alarm"]
