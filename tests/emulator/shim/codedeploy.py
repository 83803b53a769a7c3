"""AWS::CodeDeploy::Application and DeploymentGroup exist, and an alias with an update policy is shifted.

The emulator has no CodeDeploy. What stands here is a model of this project's own: the alias's weight grows by the
deployment configuration's steps (CodeDeploy user guide, "Working with deployment configurations"), an alarm of the
group in ALARM puts it back and fails the resource (CodeDeploy user guide, "Monitoring deployments with CloudWatch
alarms"). A minute lasts two seconds. A run proves nothing about CodeDeploy itself, nor about how long a shift takes,
nor about the way back of an alias that it manages.
"""

import re
import time

from ministack.services import cloudformation, cloudwatch, lambda_svc
from ministack.services.cloudformation import engine, provisioners, stacks

MINUTE = 2.0
_CONFIGURATION = re.compile(r"Lambda(Linear|Canary)(\d+)Percent(?:Every)?(\d+)Minute")
_groups: dict[str, dict] = {}


def close() -> None:
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::CodeDeploy::Application"] = _handlers("ApplicationName", lambda *_: None)
    handlers["AWS::CodeDeploy::DeploymentGroup"] = _handlers("DeploymentGroupName", _groups.__setitem__)
    on_worker, update = stacks._runs_on_worker_thread, stacks._update_resource
    stacks._runs_on_worker_thread = lambda kind: kind == "AWS::Lambda::Alias" or on_worker(kind)

    def update_resource(kind, physical_id, old, new, stack_name, logical_id=None, attributes=None):
        before, after = str(old.get("FunctionVersion")), str(new.get("FunctionVersion"))
        group = _group_of(stack_name, logical_id) if kind == "AWS::Lambda::Alias" and before != after else None
        if group:
            _shift(group, physical_id, before, after)
        return update(kind, physical_id, old, new, stack_name, logical_id, attributes)

    stacks._update_resource = update_resource


def _handlers(name, keep):
    def create(logical_id, props, stack_name):
        physical_id = props.get(name) or provisioners._physical_name(stack_name, logical_id, max_len=100)
        keep(physical_id, props)
        return physical_id, {}

    def update(physical_id, _old, new, _stack_name):
        keep(physical_id, new)
        return physical_id, {}

    return {"create": create, "update": update, "delete": lambda physical_id, _: _groups.pop(physical_id, None)}


def _group_of(stack_name, logical_id):
    stack = cloudformation._stacks[stack_name]
    if "ROLLBACK" in stack["StackStatus"]:
        return None  # How AWS takes such an alias back is not documented: here it is flipped.
    resource = engine._parse_template(stack["_template_body"])["Resources"].get(logical_id, {})
    policy = resource.get("UpdatePolicy", {}).get("CodeDeployLambdaAliasUpdate")
    return _groups[stack["_resources"][policy["DeploymentGroupName"]["Ref"]]["PhysicalResourceId"]] if policy else None


def _shift(group, alias_arn, old, new):
    function, name = alias_arn.split(":")[-2:]
    watched = [each["Name"] for each in (group.get("AlarmConfiguration") or {}).get("Alarms", [])]
    steps, minutes = _steps(str(group.get("DeploymentConfigName", "")))
    for percent in steps:
        routing = {"AdditionalVersionWeights": {new: percent / 100}}
        lambda_svc._update_alias(function, name, {"FunctionVersion": old, "RoutingConfig": routing})
        until = time.time() + minutes * MINUTE
        while time.time() < until:
            _stop_if_red(watched, function, name, old)
            time.sleep(0.2)
    lambda_svc._update_alias(function, name, {"FunctionVersion": new, "RoutingConfig": None})


def _steps(configuration):
    found = _CONFIGURATION.search(configuration)
    if not found:
        return [], 0
    percent = int(found[2])
    return list(range(percent, 100, percent)) if found[1] == "Linear" else [percent], int(found[3])


def _stop_if_red(watched, function, name, old):
    cloudwatch._evaluate_all_alarms()
    known = {**cloudwatch._alarms, **cloudwatch._composite_alarms}
    red = [each for each in watched if known.get(each, {}).get("StateValue") == "ALARM"]
    if red:
        lambda_svc._update_alias(function, name, {"FunctionVersion": old, "RoutingConfig": None})
        raise RuntimeError(f"The deployment failed: one or more alarms have been activated ({', '.join(red)})")
