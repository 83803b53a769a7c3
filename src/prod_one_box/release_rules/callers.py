"""Which resources send requests to a function, and to which of its versions.

The table names properties whose value CloudFormation's template reference describes as the function that is called. A
resource of another type may name a function without calling it, as an alarm, a policy or an environment variable does.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from .canonical import text, texts

Resources: TypeAlias = "Mapping[str, tuple[str, Mapping[str, object]]]"
"""The type and the properties of resources by their names."""

PERMISSION: Final = "AWS::Lambda::Permission"
VERSION: Final = "AWS::Lambda::Version"
ALIAS: Final = "AWS::Lambda::Alias"

CALLERS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::Lambda::Url": ("TargetFunctionArn",),
    "AWS::Lambda::EventSourceMapping": ("FunctionName",),
    "AWS::Lambda::EventInvokeConfig": ("DestinationConfig",),
    PERMISSION: ("FunctionName",),
    "AWS::ApiGateway::Authorizer": ("AuthorizerUri",),
    "AWS::ApiGateway::Method": ("Integration",),
    "AWS::ApiGateway::RestApi": ("Body",),
    "AWS::ApiGatewayV2::Api": ("Target", "Body"),
    "AWS::ApiGatewayV2::Authorizer": ("AuthorizerUri",),
    "AWS::ApiGatewayV2::Integration": ("IntegrationUri",),
    "AWS::AppSync::DataSource": ("LambdaConfig",),
    "AWS::AppSync::GraphQLApi": ("LambdaAuthorizerConfig", "AdditionalAuthenticationProviders"),
    "AWS::Bedrock::Agent": ("ActionGroups",),
    "AWS::CodePipeline::Pipeline": ("Stages",),
    "AWS::Cognito::IdentityPool": ("CognitoEvents",),
    "AWS::Cognito::UserPool": ("LambdaConfig",),
    "AWS::Config::ConfigRule": ("Source",),
    "AWS::Connect::IntegrationAssociation": ("IntegrationArn",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Targets",),
    "AWS::Events::Rule": ("Targets",),
    "AWS::IoT::TopicRule": ("TopicRulePayload",),
    "AWS::KinesisFirehose::DeliveryStream": ("ExtendedS3DestinationConfiguration",),
    "AWS::Logs::SubscriptionFilter": ("DestinationArn",),
    "AWS::Pipes::Pipe": ("Target", "Enrichment"),
    "AWS::S3::Bucket": ("NotificationConfiguration",),
    "AWS::S3ObjectLambda::AccessPoint": ("ObjectLambdaConfiguration",),
    "AWS::SES::ReceiptRule": ("Rule",),
    "AWS::SNS::Subscription": ("Endpoint",),
    "AWS::Scheduler::Schedule": ("Target",),
    "AWS::SecretsManager::RotationSchedule": ("RotationLambdaARN",),
    "AWS::StepFunctions::StateMachine": ("Definition", "DefinitionString", "DefinitionSubstitutions"),
    "AWS::VpcLattice::TargetGroup": ("Targets",),
    "Custom::S3BucketNotifications": ("NotificationConfiguration",),
}
"""The properties of each type that say which function it calls."""

_URL: Final = "AWS::Lambda::Url"
_NEWEST: Final = "its newest code ($LATEST)"
_WORDS: Final = {VERSION: "version {}", ALIAS: "alias {}, which no release moves"}


@dataclass(frozen=True, kw_only=True)
class ReleasedFunction:
    """A function whose requests a release moves with an alias.

    Attributes:
        function: Its name among the resources.
        alias_names: The aliases that a release moves, by their own names.
        physical_name: The name that the template gives to it; default: "", which means that it gives none.
        others: Its versions and its other aliases, by their names among the resources, in words.
    """

    function: str
    alias_names: frozenset[str]
    physical_name: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    def is_called_by(self, target: str) -> bool:
        """Check whether a target is this function in any form but its alias's reference."""
        return bool(self._found(target)) or any(f"${{{name}}}" in target for name in self.others)

    def called_instead(self, target: str) -> str | None:
        """Say what a target calls instead of a released alias.

        Args:
            target: The target, as `targets` writes it.

        Returns:
            What it calls, in words; None if it calls another function, or this one by a released alias, or if the
                qualifier is known only when it is deployed.
        """
        for name, words in self.others.items():
            if f"${{{name}}}" in target:
                return words
        found = self._found(target)
        if found.count("") <= self._qualified_apart(target):
            found = [qualifier for qualifier in found if qualifier]
        return next(filter(None, map(self._instead, found)), None)

    def _qualified_apart(self, target: str) -> int:
        """Counts the places that name a released alias beside the function, as a task of a state machine does.

        Lambda API reference, "Invoke": `Qualifier`. In a definition within a string the quotes are escaped.
        """
        names = "|".join(map(re.escape, sorted(self.alias_names)))
        return len(re.findall(rf'"Qualifier\\*"\s*:\s*\\*"(?:{names})\\*"', target))

    def _found(self, target: str) -> list[str]:
        """Finds the qualifier of each place where the function is named; "" where there is none."""
        name, literal = re.escape(self.function), re.escape(self.physical_name)
        named = rf"\$\{{{name}(?:\.Arn)?\}}"
        if self.physical_name:
            named += rf"|(?<=:function:){literal}(?![\w-])|^{literal}(?![\w-])"
        return re.findall(rf"(?:{named})(?::(\$\{{[^}}]*\}}|[\w$-]+))?", target)

    def _instead(self, qualifier: str) -> str | None:
        if qualifier in self.alias_names:
            return None
        if qualifier in ("", "$LATEST"):
            return _NEWEST
        if qualifier.startswith("${"):
            return self.others.get(qualifier[2:-1].removesuffix(".Version"))
        return f"its version {qualifier}" if qualifier.isdigit() else f"its alias {qualifier}, which no release moves"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A resource that calls a released function.

    Attributes:
        caller: The resource's name.
        function: The function's name.
        instead: What it calls instead of a released alias, in words; None if it calls the alias.
    """

    caller: str
    function: str
    instead: str | None


def targets(kind: str, properties: Mapping[str, object]) -> list[str]:
    """Write what a resource calls, one text for each string that may name it; a function URL's with its qualifier.

    Args:
        kind: The resource's type.
        properties: Its properties, in the template's or in a construct's spelling.
    """
    said = {name.lower(): value for name, value in properties.items()}
    if kind == _URL and said.get("qualifier"):
        return [f"{text(said.get('targetfunctionarn'))}:{text(said['qualifier'])}"]
    return [each for name in CALLERS.get(kind, ()) for each in texts(said.get(name.lower()))]


def released_functions(resources: Resources, aliases: Collection[str]) -> list[ReleasedFunction]:
    """Find the functions of some aliases.

    Args:
        resources: The resources, among them the functions' versions and aliases.
        aliases: The names of the aliases that a release moves.
    """
    owners = owners_of(resources)
    return [
        ReleasedFunction(
            function=function,
            alias_names=frozenset(_name(resources[each]) for each in aliases if owners[each] == function),
            physical_name=_physical_name(resources.get(function)),
            others={
                name: f"its {_WORDS[resources[name][0]].format(name)}"
                for name, owner in owners.items()
                if owner == function and name not in aliases
            },
        )
        for function in sorted({owners[each] for each in aliases} - {""})
    ]


def owners_of(resources: Resources) -> dict[str, str]:
    """Find the function of each version and alias; "" where the template names no resource.

    Args:
        resources: The resources.
    """
    return {name: _owner(properties) for name, (kind, properties) in resources.items() if kind in _WORDS}


def calls(
    named: Mapping[str, tuple[str, Sequence[str]]], released: Sequence[ReleasedFunction], through: Mapping[str, str]
) -> Iterator[Call]:
    """Find the resources that call released functions.

    A permission alone shows that somebody may call a function. It counts where no other resource shows who does.

    Args:
        named: The type and the targets of resources by their names.
        released: The functions.
        through: The function of each alias that a release moves, by the names of both.
    """
    found = [
        (kind, call)
        for name, (kind, named_there) in named.items()
        for each in released
        for call in _calls_of(name, named_there, each, [alias for alias in through if through[alias] == each.function])
    ]
    shown = {(call.function, call.instead) for kind, call in found if kind != PERMISSION}
    for kind, call in found:
        if kind != PERMISSION or (call.function, call.instead) not in shown:
            yield call


def _calls_of(caller: str, named: Sequence[str], each: ReleasedFunction, aliases: Sequence[str]) -> Iterator[Call]:
    instead = dict.fromkeys(filter(None, map(each.called_instead, named)))
    for words in instead:
        yield Call(caller=caller, function=each.function, instead=words)
    by_alias = any(f"${{{alias}}}" in target for alias in aliases for target in named)
    if not instead and (by_alias or any(map(each.is_called_by, named))):
        yield Call(caller=caller, function=each.function, instead=None)


def _owner(properties: Mapping[str, object]) -> str:
    """Finds the function that a version or an alias is of; "" if the template does not name a resource."""
    named = re.fullmatch(r"\$\{([^}]+?)(?:\.Arn)?\}", text(_property(properties, "functionname")))
    return named[1] if named else ""


def _name(alias: tuple[str, Mapping[str, object]]) -> str:
    return text(_property(alias[1], "name"))


def _physical_name(function: tuple[str, Mapping[str, object]] | None) -> str:
    name = _property(function[1], "functionname") if function else None
    return name if isinstance(name, str) else ""


def _property(properties: Mapping[str, object], name: str) -> object:
    return next((value for key, value in properties.items() if key.lower() == name), None)
