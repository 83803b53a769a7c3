"""The storefront's app with bakes as short as a scenario wants: stands in for `app.py` in a copy of the example.

It compares nothing, since a bake that compares lasts three minutes more.
"""

from dataclasses import replace

import aws_cdk as cdk

from prod_one_box.constructs.bake.alarm_timing import allow_short_bakes
from storefront_stack import StorefrontStack  # on the path of the copy

app = cdk.App(analytics_reporting=False)
context = app.node.get_context
BAKE_TIME = cdk.Duration.seconds(int(context("bakeSeconds")))


class ShortStorefront(StorefrontStack):
    """The example's stack, but for the length of its bakes and its watch, and without a comparison."""

    comparison = None
    watch_time = BAKE_TIME
    waves = tuple(replace(wave, bake_time=BAKE_TIME) for wave in StorefrontStack.waves)


with allow_short_bakes():
    ShortStorefront(
        app,
        context("stackName"),
        env=cdk.Environment(account=context("account"), region=context("region")),
        edge_runtime="cloudfront-functions",
        release=context("release"),
        tester_secret_digest=None,
        override={},
        expedited_reason=None,
        reserve_concurrency=False,
    )
app.synth()
