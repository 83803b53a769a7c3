"""Requests count as encrypted.

The emulator serves plain HTTP on the loopback interface, and then refuses whatever a bucket policy denies without TLS
(`aws:SecureTransport`, IAM user guide, "AWS global condition context keys"), as the buckets of the CDK and of this
library do.
"""

from ministack.core import iam_evaluator


def close() -> None:
    context = iam_evaluator.EvalContext
    iam_evaluator.EvalContext = lambda *args, **named: context(*args, **{**named, "secure_transport": True})
