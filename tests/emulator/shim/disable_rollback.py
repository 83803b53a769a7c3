"""DescribeStacks says whether the operation at hand is rolled back.

The emulator keeps what the stack's creation was told. On AWS an update and a change set take `DisableRollback` too
(CloudFormation API reference, "UpdateStack" and "ExecuteChangeSet"), and DescribeStacks returns it (CloudFormation API
reference, "Stack": `DisableRollback`). That page describes the field for creations alone, so what it says during an
update has to be seen on an account; the wait's preflight reads it to refuse such a release.
"""

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers


def close() -> None:
    deploy = handlers._deploy_stack_async

    def deploy_stack_async(stack_name, stack_id, template, param_values, disable_rollback, *rest, **named):
        cloudformation._stacks[stack_name]["DisableRollback"] = disable_rollback
        return deploy(stack_name, stack_id, template, param_values, disable_rollback, *rest, **named)

    handlers._deploy_stack_async = changesets._deploy_stack_async = deploy_stack_async
