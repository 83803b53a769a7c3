"""What only an account can settle: one question a file, in the order in which they are asked."""

from types import ModuleType

from verify_on_aws.account_run import AccountRun
from verify_on_aws.experiments import (
    alarm_permissions,
    codedeploy_way_back,
    compute_utilization,
    rollback_order,
    selected_origin,
    stack_timestamps,
)
from verify_on_aws.report import Report, Result

EXPERIMENTS = (
    stack_timestamps,
    rollback_order,  # after at least one rollback
    compute_utilization,
    alarm_permissions,
    selected_origin,
    codedeploy_way_back,
)


def question(experiment: ModuleType) -> str:
    """What an experiment asks: the first line of its docstring."""
    return (experiment.__doc__ or "").splitlines()[0]


def name(experiment: ModuleType) -> str:
    """What an experiment is called."""
    return experiment.__name__.rpartition(".")[2]


def ask_all(run: AccountRun, report: Report, *, only: frozenset[str] | None) -> None:
    """Ask each experiment and report its answer, or why there is none; one without an answer ends no other.

    Args:
        run: The run.
        report: What gets the answers.
        only: The names of those to ask; None for all.
    """
    for each in EXPERIMENTS:
        if only is None or name(each) in only:
            report.experiments.append(_ask(each, run, report))
            report.write()


def _ask(experiment: ModuleType, run: AccountRun, report: Report) -> Result:
    try:
        answer = experiment.ask(run)
    except Exception as error:  # Whatever keeps one question from its answer is the report's, and the others go on.
        why = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Result(question(experiment), "not answered", why)
    report.assume.update(answer.assume)
    return Result(question(experiment), "answered", answer.said, answer.evidence)
