"""A shop that does not know the library yet: functions, an origin of its pages, an alarm of its own."""
# ruff: noqa: F821

import runpy
from pathlib import Path

globals().update(runpy.run_path(str(Path(__file__).with_name("a_stack.py"))))

existing_function = api_function
existing_pages, second_pages = a_function(stack, "Pages"), a_function(stack, "SecondPages")
function = a_function(stack, "Other")
alias = lambda_.Alias(stack, "OtherAlias", alias_name="live", version=function.current_version)
what_comes_after = lambda_.CfnAlias(
    stack, "Last", name="last", function_name=existing_pages.function_name, function_version="1"
)
metric = alias.metric_errors(period=cdk.Duration.minutes(1))
alarms = [cloudwatch.Alarm(stack, "Alarm", metric=metric, threshold=1, evaluation_periods=2)]
existing_origin = origins.HttpOrigin("pages.example.com")
existing_viewer_request = "function handler(event) {\n  return event.request;\n}\n"
