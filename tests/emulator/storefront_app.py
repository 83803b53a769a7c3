"""The storefront's app with bakes as short as a scenario wants: stands in for `app.py` in a copy of the example."""

import aws_cdk as cdk

from prod_one_box.constructs.bake.alarm_timing import allow_short_bakes
from storefront_stack import StorefrontStack  # on the path of the copy

app = cdk.App(analytics_reporting=False)
context = app.node.get_context


class ShortStorefront(StorefrontStack):
    """The example's stack, but for the length of its bake."""

    bake_time = cdk.Duration.seconds(int(context("bakeSeconds")))


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
