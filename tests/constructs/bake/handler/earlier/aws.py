"""The calls to AWS of today, which the code of version 0.1 beside this file makes in the same way."""

from prod_one_box.constructs.bake.handler.aws import AwsError, StackResource, get_alias, put_alias

__all__ = ["AwsError", "StackResource", "get_alias", "put_alias"]
