"""Calls need the permission that AWS's service authorization reference names for them.

With IAM enforced, the emulator takes GetAlias, UpdateAlias and DeleteAlias for ListAliases, and does not see the alarms
that DescribeAlarms names as its resources (service authorization reference, "AWS Lambda" and "Amazon CloudWatch").
Which alarm a call with several names is checked against is not documented; here it is the first.
"""

import json
import re

from ministack.core import iam_actions

_ALIAS = re.compile(r"/functions/[^/]+/aliases/[^/]+$")
_ACTIONS = {"GET": "GetAlias", "PUT": "UpdateAlias", "DELETE": "DeleteAlias"}


def close() -> None:
    lambda_action, arn_of = iam_actions._lambda_action, iam_actions.extract_resource_arn

    def action(method, path):
        return _ACTIONS.get(method) if _ALIAS.search(path) else lambda_action(method, path)

    def resource_arn(service, method, path, headers, body, query_params, region, account_id, *rest, **named):
        found = arn_of(service, method, path, headers, body, query_params, region, account_id, *rest, **named)
        name = _first_alarm(body) if service == "monitoring" and found == "*" else ""
        return f"arn:aws:cloudwatch:{region}:{account_id}:alarm:{name}" if name else found

    iam_actions._lambda_action, iam_actions.extract_resource_arn = action, resource_arn


def _first_alarm(body) -> str:
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        return ""
    return next(iter(said.get("AlarmNames") or [said.get("AlarmName") or ""]))
