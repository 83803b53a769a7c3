"""ListStackResources shows the state of a resource while CloudFormation works on it.

The emulator records a resource's status when it is complete; AWS lists it as `CREATE_IN_PROGRESS` or
`UPDATE_IN_PROGRESS` meanwhile (CloudFormation API reference, "StackResourceSummary": `ResourceStatus`), and a resource
that an update adds as `CREATE_…`, not `UPDATE_…`. The wait's handler rests on it to tell whether CloudFormation still
expects its answer.
"""

from ministack.core.responses import now_iso
from ministack.services import cloudformation
from ministack.services.cloudformation import stacks


def close() -> None:
    original = stacks._add_event

    def add_event(stack_id, stack_name, logical_id, resource_type, status, reason="", physical_id="", *rest):
        stack = cloudformation._stacks.get(stack_name)
        if stack is not None and resource_type != "AWS::CloudFormation::Stack":
            status = _shown(stack, logical_id, resource_type, status)
        original(stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, *rest)

    stacks._add_event = add_event


def _shown(stack, logical_id, resource_type, status):
    resources = stack.setdefault("_resources", {})
    record = resources.get(logical_id)
    forward = "ROLLBACK" not in stack["StackStatus"]
    if forward and status == "UPDATE_IN_PROGRESS" and (record is None or record.get("_new_to")):
        status = "CREATE_IN_PROGRESS"
    if status == "CREATE_IN_PROGRESS" and record is None:
        record = resources[logical_id] = {
            "PhysicalResourceId": "",
            "ResourceType": resource_type,
            "LogicalResourceId": logical_id,
            "Properties": {},
            "Attributes": {},
            "_new_to": True,
        }
    if record is not None:
        record["ResourceStatus"], record["Timestamp"] = status, now_iso()
    return status
