"""The arguments that are printed are those of the constructs, and give the setting back."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import Duration, aws_lambda
from constructs import Construct

from prod_one_box import Comparison, OneBoxFrontend, Thresholds, Wave
from prod_one_box.rehearsal.choice import setting as simulated
from prod_one_box.rehearsal.choice.as_python import as_python
from prod_one_box.rehearsal.choice.present import read_present
from prod_one_box.rehearsal.choice.setting import Compared, ErrorAlarm, Setting
from prod_one_box.template.cloud_assembly import read_assembly


def pages(scope: Construct, partition: str) -> aws_lambda.Function:
    return aws_lambda.Function(
        scope,
        "Pages",
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=aws_lambda.Code.from_inline(f"def handler(event, context): return '{partition}'"),
    )


@pytest.mark.parametrize(
    "setting",
    [
        Setting(waves=(simulated.Wave(20, 10),)),
        Setting(
            waves=(simulated.Wave(0.5, 12), simulated.Wave(30, 20)),
            alarm=ErrorAlarm(error_rate=2.5, minimum_requests=12, period=5, datapoints=2),
            compared=Compared(false_alarms=0.01, tolerance=2),
        ),
        Setting(waves=(simulated.Wave(5, 5),), alarm=None),
    ],
)
def test_a_site_with_the_printed_arguments_has_the_setting(setting: Setting, tmp_path: Path) -> None:
    names = {"Wave": Wave, "Thresholds": Thresholds, "Comparison": Comparison, "Duration": Duration}
    arguments = eval(f"dict({' '.join(as_python(setting))})", names)
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(app, "Shop")
    if setting.alarm is None:
        arguments["thresholds"] = Thresholds(error_rate=None)
    OneBoxFrontend(stack, "Frontend", build_function=pages, **arguments)
    app.synth()

    present = read_present(read_assembly(tmp_path), None)
    assert present.setting == setting
    assert present.notes == ()
    assert present.stack == "Shop"
