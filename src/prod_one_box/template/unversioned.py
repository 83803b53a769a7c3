"""Find what a function takes from outside its template, and can change without a new version of the function.

CDK gives a function a new version when the function's properties change in the template (CDK API reference,
"Function.currentVersion"). CloudFormation publishes a version when its resource is new, and never again (CloudFormation
template reference, "AWS::Lambda::Version"). A value that changes behind an unchanged template reaches only `$LATEST`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from .intrinsics import asked_of, is_intrinsic, named_in, text, texts

NOT_IN_A_VERSION: Final = frozenset({"tags", "reservedconcurrentexecutions", "codesigningconfigarn", "tenancyconfig"})
"""The properties that a version does not keep, in lower case, as in aws-cdk-lib's `function-hash.ts`."""

COMPUTED_TYPES: Final = ("Custom::", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Stack")
"""Prefixes of the types of resources whose attributes are computed by code or by another template."""

_ATTRIBUTE: Final = re.compile(r"\.[^/]*$")
_DYNAMIC: Final = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):(.+?)\}\}")
_SSM_VERSION: Final = re.compile(r":\d+$")
_SECRET_VERSION: Final = re.compile(r":SecretString:[^:]*:[^:]*:[^:]+$")
_DIGEST: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_GENERATED: Final = ("AssetParameters", "referenceto")
"""Prefixes of CDK's own parameters: an asset's contains its hash, a nested stack's stands for a reference."""

_PARAMETER_REMEDY: Final = (
    "Write the value into the template, for instance from the app's context, or give what changes with it to "
    "function.invalidate_version_based_on."
)
_COMPUTED_REMEDY: Final = (
    "Let the function read it when it runs, or give what changes with it to function.invalidate_version_based_on."
)
_MAPPING_REMEDY: Final = "Give the stack its account and region (`env`), or take the value from the app's context."
_DYNAMIC_REMEDY: Final = "Name its version in the reference, or let the function read it when it runs."
_CODE_REMEDY: Final = "Give object_version, or use Code.from_asset, whose key changes with the content."
_IMAGE_REMEDY: Final = "Name the image by its digest, or use DockerImageCode.from_image_asset."


def unversioned_inputs(
    properties: Mapping[str, object], parameters: Collection[str], computed: Collection[str]
) -> Iterator[str]:
    """Yield a sentence with a remedy for each input that can change without a new version.

    The value of `Fn::ImportValue` cannot: CloudFormation refuses to change an exported value while a stack imports it
    (template reference, "Fn::ImportValue").

    The properties are a function's or its layer's, as `choices.chosen` returns them; `parameters` names the template's
    parameters, and `computed` the resources of `COMPUTED_TYPES`.
    """
    for name, value in properties.items():
        if name.lower() not in NOT_IN_A_VERSION:
            yield from _changing(_capital(name), value, parameters, computed)
    for code in ("code", "content"):
        settings = next((value for name, value in properties.items() if name.lower() == code), None)
        if isinstance(settings, Mapping):
            for one in _alternatives(settings):
                yield from _code(_capital(code), {str(name).lower(): value for name, value in one.items()}, parameters)


def _alternatives(settings: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    match settings:
        case {"Fn::If": [_, *either]}:
            for one in either:
                yield from _alternatives(one) if isinstance(one, Mapping) else ()
        case _:
            yield settings


def _changing(where: str, value: object, parameters: Collection[str], computed: Collection[str]) -> Iterator[str]:
    if isinstance(value, Mapping) and not is_intrinsic(value):
        for key, item in value.items():
            yield from _changing(f"{where}.{_capital(str(key))}", item, parameters, computed)
        return
    for what, remedy in dict(_sources(value, parameters, computed)).items():
        yield _sentence(where, what, remedy)


def _sources(value: object, parameters: Collection[str], computed: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the sources of a value, each with its remedy."""
    for name in named_in(value):
        if name in parameters and not name.rpartition("/")[2].startswith(_GENERATED):
            yield f"the parameter {name}", _PARAMETER_REMEDY
        if _ATTRIBUTE.sub("", name) in computed:
            yield f"{name}, which is computed outside of the template", _COMPUTED_REMEDY
    for name in asked_of(value, "Fn::FindInMap"):
        yield f"the mapping {name}, by a key that synth does not know", _MAPPING_REMEDY
    for _ in asked_of(value, "Fn::GetStackOutput"):
        yield "an output of another stack", _COMPUTED_REMEDY
    for written in texts(value):
        yield from ((reference, _DYNAMIC_REMEDY) for reference in _dynamic(written))


def _dynamic(written: str) -> Iterator[str]:
    for service, named in _DYNAMIC.findall(written):
        fixed = _SECRET_VERSION if service == "secretsmanager" else _SSM_VERSION
        if not fixed.search(named):
            yield f"the dynamic reference {{{{resolve:{service}:{named}}}}}"


def _code(where: str, settings: Mapping[str, object], parameters: Collection[str]) -> Iterator[str]:
    key, image = text(settings.get("s3key") or ""), text(settings.get("imageuri") or "")
    is_given = any(name in parameters for name in named_in([key, image]))
    if is_given:  # the parameter is named already
        return
    if key and not settings.get("s3objectversion") and not _DIGEST.search(key):
        yield _sentence(where, f"the object {key} of a bucket, without its version", _CODE_REMEDY)
    if image and not _DIGEST.search(image):
        yield _sentence(where, f"the image {image}, whose tag can move", _IMAGE_REMEDY)


def _sentence(where: str, what: str, remedy: str) -> str:
    return (
        f"{where} is taken from {what}: when that changes, only $LATEST gets it, because the function has no new "
        f"version, and no release begins. {remedy}"
    )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
