"""Lambda functions and users for the tests of the emulator itself."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace

from emulator.aws import Aws

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}
Statements = Sequence[Mapping[str, object]]


def allow(*actions: str, on: str | Sequence[str] = "*") -> dict[str, object]:
    """A statement of a policy."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": on}


def policy(statements: Statements) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def zipped(files: Mapping[str, str]) -> bytes:
    """A function's or a layer's archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        for name, text in files.items():
            written.writestr(name, text)
    return archive.getvalue()


def make_role(aws: Aws, name: str) -> str:
    """Make a role that functions can take, which may do nothing, and return its ARN."""
    made = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    return str(made["Role"]["Arn"])


def make_function(aws: Aws, name: str, code: str, *, layers: Sequence[str] = ()) -> str:
    """Make a function with its version 1 and a role of its own, and return its ARN."""
    made = aws.awslambda.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=make_role(aws, f"{name}-role"),
        Handler="index.handler",
        Code={"ZipFile": zipped({"index.py": code})},
        Layers=list(layers),
        Timeout=30,
        Publish=True,
    )
    return str(made["FunctionArn"]).removesuffix(":1")


def answer_of(aws: Aws, name: str, **event: object) -> object:
    """Invoke a function or an alias and return what it answers."""
    found = aws.awslambda.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return json.loads(found["Payload"].read())


def make_user(aws: Aws, name: str, *statements: Mapping[str, object]) -> Aws:
    """Make a user who may do what the statements say, and return the account as that user sees it."""
    iam = aws.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="allowed", PolicyDocument=policy(statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    named = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    return replace(aws, environment={**aws.environment, **named})
