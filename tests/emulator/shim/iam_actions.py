"""Calls need the permission that AWS's service authorization reference names for them.

With IAM enforced, the emulator takes GetAlias, UpdateAlias and DeleteAlias for ListAliases, and wants DescribeAlarms on
every alarm of the account, whatever a call names (service authorization reference, "AWS Lambda": each alias action is
one of its own; "Amazon CloudWatch": the resource of `DescribeAlarms` is an alarm). How AWS checks a call that names
several alarms is not documented: here it needs the permission on each. A composite alarm needs the permission on every
alarm (CloudWatch API reference, "DescribeAlarms": "scoped to `*`"); here it is refused without, and AWS leaves it out.
"""

import json
import re

from ministack.core import iam_actions, iam_evaluator
from ministack.services import cloudwatch

_ALIAS = re.compile(r"/functions/[^/]+/aliases/[^/]+$")
_ACTIONS = {"GET": "GetAlias", "PUT": "UpdateAlias", "DELETE": "DeleteAlias"}
_AND = "\n"  # Between the resources of one call.


def close() -> None:
    lambda_action, arn_of, enforce = iam_actions._lambda_action, iam_actions.extract_resource_arn, iam_evaluator.enforce

    def action(method, path):
        return _ACTIONS.get(method) if _ALIAS.search(path) else lambda_action(method, path)

    def resource_arn(service, method, path, headers, body, query_params, region, account_id):
        found = arn_of(service, method, path, headers, body, query_params, region, account_id)
        names = _alarms(body) if service == "monitoring" else []
        if any(name in cloudwatch._composite_alarms for name in names):
            return "*"
        return _AND.join(f"arn:aws:cloudwatch:{region}:{account_id}:alarm:{name}" for name in names) or found

    def enforce_each(access_key, iam_action, service, region, resource_arn="*", service_context=None):
        checks = (
            enforce(access_key, iam_action, service, region, resource_arn=each, service_context=service_context)
            for each in resource_arn.split(_AND)
        )
        return next((denied for denied in checks if denied), None)

    iam_actions._lambda_action, iam_actions.extract_resource_arn = action, resource_arn
    iam_evaluator.enforce = enforce_each


def _alarms(body) -> list[str]:
    """The alarms that a call of DescribeAlarms or DescribeAlarmHistory names."""
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        return []
    return said.get("AlarmNames") or [each for each in [said.get("AlarmName")] if each]
