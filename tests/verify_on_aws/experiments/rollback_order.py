"""In which order does a rollback visit the aliases and the waits?

AWS documents no order. The library does not need one, since preflight, wait and the running poll each contain on their
own; a rehearsal plays every order and reports the worst. If accounts show one order again and again, the rehearsal can
name it the usual one. Read from the events of every rollback that the scenarios made.
"""

from datetime import datetime

from emulator.measured import rollback_of
from emulator.site_app import Release
from emulator.stack_events import stack_events
from verify_on_aws.account_run import AccountRun
from verify_on_aws.answer import Answer
from verify_on_aws.stack_operations import split


def ask(run: AccountRun) -> Answer:
    site = run.site()
    plan = site.plan(site.assembly(Release(name="first", bake_seconds=600)))
    phases = {step.resource.logical_id: f"{step.phase} ({step.resource.type})" for step in plan}
    evidence = []
    for operation in split(stack_events(site.aws, site.stack_name)):
        back = rollback_of(operation)
        visited: dict[str, datetime] = {}
        for event in back:
            if event.status == "UPDATE_IN_PROGRESS" and event.logical_id in phases:
                visited.setdefault(event.logical_id, event.at)
        if visited:
            evidence.append(
                [{"after": (at - back[0].at).total_seconds(), "phase": phases[name]} for name, at in visited.items()]
            )
    assert evidence, "no rollback visited an alias or a wait"
    orders = sorted({" → ".join(each["phase"].split(" ")[0] for each in rollback) for rollback in evidence})
    return Answer(f"{len(evidence)} rollbacks visited, in the order of their events: {'; '.join(orders)}", evidence)
