"""A shop that does not know the library yet: an API, pages behind a distribution, alarms of its own."""
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
one_box_origin = origins.HttpOrigin("one-box.example.com")
existing_distribution = cloudfront.Distribution(
    stack,
    "Existing",
    default_behavior=cloudfront.BehaviorOptions(
        origin=origins.HttpOrigin("pages.example.com"), cache_policy=cloudfront.CachePolicy.CACHING_DISABLED
    ),
)
existing_viewer_request = "function handler(event) {\n  return event.request;\n}\n"
