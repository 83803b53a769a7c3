"""CancelUpdateStack ends the resource that the update waits for.

The emulator honours a cancel between two resources only, and waits for a custom resource to answer first. AWS rolls the
stack back (CloudFormation user guide, "Cancel a stack update"). That it does so at once, while what answers for the
custom resource keeps running, is not documented: aws-cdk issue 31541 reports it, and the events of such updates say
"Resource update cancelled".
"""

import threading

from ministack.services.cloudformation import custom_resource, handlers, provisioners

CANCELLED = {"Status": "FAILED", "Reason": "Resource update cancelled"}


def close() -> None:
    invoking = threading.local()
    stack_of: dict[str, str | None] = {}
    invoke, register = custom_resource.invoke_custom_resource, custom_resource.register_token

    def invoke_custom_resource(request_type, logical_id, props, stack_name, *rest, **named):
        invoking.stack_name = stack_name
        return invoke(request_type, logical_id, props, stack_name, *rest, **named)

    def register_token(token):
        stack_of[token] = getattr(invoking, "stack_name", None)
        return register(token)

    custom_resource.invoke_custom_resource, custom_resource.register_token = invoke_custom_resource, register_token
    for name, value in list(vars(provisioners).items()):
        if value is invoke:
            setattr(provisioners, name, invoke_custom_resource)

    cancel = handlers._ACTION_HANDLERS["CancelUpdateStack"]

    def cancel_update_stack(params):
        answer = cancel(params)
        stack = handlers._resolve_stack(handlers._p(params, "StackName"))
        if stack and stack.get("_cancel_requested"):
            for token in [each for each in custom_resource._pending if stack_of.get(each) == stack["StackName"]]:
                # What fails here starts the rollback; the request left standing would cancel the next update too.
                stack.pop("_cancel_requested", None)
                custom_resource.deliver_response(token, CANCELLED)
        return answer

    handlers._ACTION_HANDLERS["CancelUpdateStack"] = cancel_update_stack
