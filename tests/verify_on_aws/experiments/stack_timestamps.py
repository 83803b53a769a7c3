"""Which of a stack's timestamps change during a cancel?

The wait's handler asks CloudFormation whether its answer is still expected: it reads the stack's status and
`LastUpdatedTime` (DescribeStacks), and its own resource's status and `LastUpdatedTimestamp` (ListStackResources). AWS
does not document when these change while an update is cancelled and rolled back.
"""

import time

from emulator.site_app import Release
from verify_on_aws.account_run import AccountRun
from verify_on_aws.answer import Answer

_LOOK_SECONDS = 0.5
_LONGEST_SECONDS = 1200
_AT_REST = "UPDATE_ROLLBACK_COMPLETE"


def ask(run: AccountRun) -> Answer:
    site = run.site().at_rest()
    release = Release(name="timestamps", bake_seconds=120)
    wait = next(
        step.resource.logical_id
        for step in site.plan(site.assembly(release))
        if step.phase == "bake" and step.resource.type != "AWS::Lambda::Alias"
    )
    seen: list[dict[str, str]] = []
    with site.releasing(release) as update:
        update.wait_for("bake", seconds=5)
        seen.append({"after": "before the cancel", **_read(run, site.stack_name, wait)})
        cancelled_at = update.cancel()
        while time.time() - cancelled_at < _LONGEST_SECONDS:
            row = _read(run, site.stack_name, wait)
            if row != {key: value for key, value in seen[-1].items() if key != "after"}:
                seen.append({"after": f"{time.time() - cancelled_at:.1f} s", **row})
            if row["stack"] == _AT_REST:
                break
            time.sleep(_LOOK_SECONDS)
    stack, resource = (len({each[name] for each in seen}) for name in ("LastUpdatedTime", "LastUpdatedTimestamp"))
    return Answer(
        f"From the bake to the end of the rollback the stack had {stack} different LastUpdatedTime, "
        f"the wait {resource} different LastUpdatedTimestamp.",
        seen,
    )


def _read(run: AccountRun, stack_name: str, wait: str) -> dict[str, str]:
    client = run.aws.cloudformation
    stack = client.describe_stacks(StackName=stack_name)["Stacks"][0]
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack_name)
    resources = (each for page in pages for each in page["StackResourceSummaries"])
    resource = next(each for each in resources if each["LogicalResourceId"] == wait)
    return {
        "stack": stack["StackStatus"],
        "LastUpdatedTime": str(stack.get("LastUpdatedTime")),
        "wait": resource["ResourceStatus"],
        "LastUpdatedTimestamp": str(resource["LastUpdatedTimestamp"]),
    }
