"""Find the functions that a resource calls, by the properties in which resources of its type name them.

A path consists of property names in order, at any depth: "Targets.Arn" is each `Arn` somewhere in `Targets`. The
table's test compares it with CloudFormation's resource schemas. Other types, such as a dashboard or a parameter, name
functions without calling them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from .intrinsics import is_intrinsic, text, texts

PERMISSION: Final = "AWS::Lambda::Permission"
POLICIES: Final = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role")
ALARMS: Final = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
ENVIRONMENTS: Final = ("AWS::Lambda::Function", "AWS::ECS::TaskDefinition", "AWS::CodeBuild::Project")

_STATE_MACHINE: Final = "AWS::StepFunctions::StateMachine"
_SCHEDULE: Final = "AWS::Scheduler::Schedule"
_PIPELINE: Final = "AWS::CodePipeline::Pipeline"

CALLERS: Final[Mapping[str, tuple[str, ...]]] = {
    PERMISSION: ("FunctionName",),
    **dict.fromkeys(POLICIES, ()),
    **dict.fromkeys(ENVIRONMENTS, ("Environment",)),
    **dict.fromkeys(ALARMS, ("AlarmActions", "InsufficientDataActions", "OKActions")),
    "AWS::ARCRegionSwitch::Plan": ("Lambdas.Arn",),
    "AWS::ApiGateway::Authorizer": ("AuthorizerUri",),
    "AWS::ApiGateway::Method": ("Integration.Uri",),
    "AWS::ApiGateway::RestApi": ("Body.Uri", "Body.AuthorizerUri"),
    "AWS::ApiGatewayV2::Api": ("Target", "Body.Uri", "Body.AuthorizerUri"),
    "AWS::ApiGatewayV2::Authorizer": ("AuthorizerUri",),
    "AWS::ApiGatewayV2::Integration": ("IntegrationUri",),
    "AWS::AppConfig::ConfigurationProfile": ("Validators.Content",),
    "AWS::AppConfig::Extension": ("Actions.Uri",),
    "AWS::AppFlow::Connector": ("Lambda.LambdaArn",),
    "AWS::AppSync::Api": ("AuthorizerUri",),
    "AWS::AppSync::DataSource": ("LambdaFunctionArn",),
    "AWS::AppSync::FunctionConfiguration": ("LambdaConflictHandlerArn",),
    "AWS::AppSync::GraphQLApi": ("AuthorizerUri",),
    "AWS::AppSync::Resolver": ("LambdaConflictHandlerArn",),
    "AWS::Athena::DataCatalog": ("Parameters",),
    "AWS::AutoScaling::AutoScalingGroup": ("TerminationPolicies",),
    "AWS::Bedrock::Agent": ("ActionGroupExecutor.Lambda", "Executor.Lambda", "OverrideLambda"),
    "AWS::Bedrock::DataSource": ("LambdaArn",),
    "AWS::Bedrock::Flow": ("LambdaArn",),
    "AWS::BedrockAgentCore::Evaluator": ("LambdaArn",),
    "AWS::BedrockAgentCore::Gateway": ("Lambda.Arn",),
    "AWS::BedrockAgentCore::GatewayTarget": ("LambdaArn",),
    "AWS::BedrockAgentCore::Harness": ("Lambda.Arn",),
    "AWS::Chime::ChannelFlow": ("Lambda.ResourceArn",),
    "AWS::Chime::SipMediaApplication": ("LambdaArn",),
    "AWS::CloudFormation::CustomResource": ("ServiceToken",),
    "AWS::CloudFormation::LambdaHook": ("LambdaFunction",),
    "AWS::CloudFormation::Macro": ("FunctionName",),
    "AWS::CloudFront::Distribution": ("LambdaFunctionARN",),
    "AWS::CodeCommit::Repository": ("Triggers.DestinationArn",),
    _PIPELINE: (),
    "AWS::Cognito::IdentityPool": ("CognitoEvents",),
    "AWS::Cognito::UserPool": ("LambdaConfig",),
    "AWS::Cognito::UserPoolRegionalConfigurationAttachment": ("LambdaConfig",),
    "AWS::Config::ConfigRule": ("SourceIdentifier",),
    "AWS::Config::OrganizationConfigRule": ("LambdaFunctionArn",),
    "AWS::Connect::IntegrationAssociation": ("IntegrationArn",),
    "AWS::EC2::ClientVpnEndpoint": ("LambdaFunctionArn",),
    "AWS::ECS::Service": ("HookTargetArn",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Targets.Id",),
    "AWS::Events::Rule": ("Targets.Arn",),
    "AWS::EventsV2::Subscriber": ("InvokeConfiguration.TargetArn",),
    "AWS::HealthLake::FHIRDatastore": ("IdpLambdaArn",),
    "AWS::IVSChat::Room": ("MessageReviewHandler.Uri",),
    "AWS::IoT::Authorizer": ("AuthorizerFunctionArn",),
    "AWS::IoT::CertificateProvider": ("LambdaFunctionArn",),
    "AWS::IoT::DomainConfiguration": ("OcspLambdaArn",),
    "AWS::IoT::ProvisioningTemplate": ("PreProvisioningHook.TargetArn",),
    "AWS::IoT::TopicRule": ("Lambda.FunctionArn",),
    "AWS::IoTAnalytics::Pipeline": ("LambdaName",),
    "AWS::IoTEvents::AlarmModel": ("Lambda.FunctionArn",),
    "AWS::IoTEvents::DetectorModel": ("Lambda.FunctionArn",),
    "AWS::IoTManagedIntegrations::CloudConnector": ("Lambda.Arn",),
    "AWS::IoTSiteWise::Portal": ("NotificationLambdaArn",),
    "AWS::IoTTwinMaker::ComponentType": ("Lambda.Arn",),
    "AWS::Kendra::DataSource": ("LambdaArn",),
    "AWS::KinesisAnalytics::Application": ("InputLambdaProcessor.ResourceARN",),
    "AWS::KinesisAnalytics::ApplicationOutput": ("LambdaOutput.ResourceARN",),
    "AWS::KinesisAnalyticsV2::Application": ("InputLambdaProcessor.ResourceARN",),
    "AWS::KinesisAnalyticsV2::ApplicationOutput": ("LambdaOutput.ResourceARN",),
    "AWS::KinesisFirehose::DeliveryStream": ("Processors.ParameterValue",),
    "AWS::Lambda::EventInvokeConfig": ("DestinationConfig",),
    "AWS::Lambda::EventSourceMapping": ("FunctionName",),
    "AWS::Lambda::Url": ("TargetFunctionArn",),
    "AWS::Lex::Bot": ("LambdaArn",),
    "AWS::Lex::BotAlias": ("LambdaArn",),
    "AWS::Logs::SubscriptionFilter": ("DestinationArn",),
    "AWS::Pinpoint::ApplicationSettings": ("LambdaFunctionName",),
    "AWS::Pinpoint::Campaign": ("LambdaFunctionName", "DeliveryUri"),
    "AWS::Pipes::Pipe": ("Target", "Enrichment"),
    "AWS::QBusiness::DataSource": ("LambdaArn",),
    "AWS::RefactorSpaces::Service": ("LambdaEndpoint",),
    "AWS::S3::Bucket": ("LambdaConfigurations.Function",),
    "AWS::S3ObjectLambda::AccessPoint": ("AwsLambda.FunctionArn",),
    "AWS::SES::MailManagerRuleSet": ("InvokeLambda.FunctionArn",),
    "AWS::SES::ReceiptRule": ("LambdaAction.FunctionArn",),
    "AWS::SNS::Subscription": ("Endpoint",),
    "AWS::SNS::Topic": ("Subscription.Endpoint",),
    "AWS::SSM::MaintenanceWindowTask": ("TaskArn",),
    "AWS::SageMaker::Model": ("RepositoryCredentialsProviderArn",),
    _SCHEDULE: ("Target.Arn",),
    "AWS::SecretsManager::RotationSchedule": ("RotationLambdaARN",),
    _STATE_MACHINE: (),
    "AWS::Transfer::Server": ("IdentityProviderDetails.Function",),
    "AWS::Transfer::Workflow": ("CustomStepDetails.Target",),
    "AWS::VpcLattice::TargetGroup": ("Targets.Id",),
    "Custom::S3BucketNotifications": ("LambdaFunctionArn",),
}
"""The paths to the functions that each type calls; empty if `targets` has a rule for it."""

_WITH_STEPS: Final = (_STATE_MACHINE, _SCHEDULE, _PIPELINE)
_INVOKE: Final = re.compile(r"lambda:(\*|invoke(function)?\*?)$", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")


def is_caller(kind: str) -> bool:
    """Check whether a resource of a type can call a function."""
    return kind in CALLERS or kind.startswith("Custom::")


def targets(kind: str, properties: Mapping[str, object]) -> list[str]:
    """Return each string that may name what a resource calls, with the qualifier that is given beside it.

    The resource's properties may be in the template's or in a construct's spelling.
    """
    if kind in POLICIES:
        return list(_granted(properties))
    paths = CALLERS.get(kind, ("ServiceToken",) if is_caller(kind) else ())
    named = [found for path in paths for found in _at(properties, path.lower().split("."))]
    found = [_qualified(each, beside) for value, beside in named for each in texts(value)]
    return [*found, *_invoked(properties, _substitutions(properties))] if kind in _WITH_STEPS else found


def _at(value: object, path: Sequence[str]) -> Iterator[tuple[object, Mapping[str, object]]]:
    """Yield each value at a path, with the object that contains it."""
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif isinstance(value, Mapping) and "Fn::Sub" not in value:
        for name, item in value.items():
            if name.lower() != path[0]:
                yield from _at(item, path)
            elif path[1:]:
                yield from _at(item, path[1:])
            else:
                yield item, value


def _qualified(function: str, beside: Mapping[str, object]) -> str:
    """Add the qualifier that is given beside the function (Lambda API reference, "Invoke": `Qualifier`)."""
    given = {name: value for name, value in beside.items() if name.lower() != "payload"}
    qualifier = next((text(value) for value, _ in _at(given, ["qualifier"])), "")
    return f"{function}:{qualifier}" if qualifier else function


def _granted(value: object) -> Iterator[str]:
    """Yield the resources on which a policy allows Lambda's Invoke."""
    if isinstance(value, list):
        for item in value:
            yield from _granted(item)
    elif isinstance(value, Mapping):
        settings = _lower(value)
        if settings.get("effect") == "Allow" and any(map(_INVOKE.match, texts(settings.get("action")))):
            yield from texts(settings.get("resource"))
        else:
            yield from _granted(list(settings.values()))


def _invoked(value: object, given: Mapping[str, str]) -> Iterator[str]:
    """Yield what steps invoke: tasks of a state machine, universal targets of a schedule, actions of a pipeline.

    Steps that name a function otherwise, such as Lambda's UpdateAlias, do not count.
    """
    value = _read(value, given)
    if isinstance(value, list):
        for item in value:
            yield from _invoked(item, given)
    elif isinstance(value, Mapping):
        settings = {name: _read(item, given) for name, item in _lower(value).items()}
        if _is_invoke(settings):
            for each in [_lower(item) for item in settings.values() if isinstance(item, Mapping)]:
                if "functionname" in each:
                    yield _qualified(str(_read(each["functionname"], given)), each)
        elif settings.get("type") == "Task":
            yield str(settings.get("resource", ""))
        else:
            yield from _invoked(list(settings.values()), given)


def _is_invoke(step: Mapping[str, object]) -> bool:
    api = f"{step.get('resource')} {step.get('arn')}"
    return ":lambda:invoke" in api or any(value == "Invoke" for value, _ in _at(step.get("actiontypeid"), ["category"]))


def _read(value: object, given: Mapping[str, str]) -> object:
    """Write a value as text, with a state machine's substitutions, and parse the text if it is a JSON object."""
    if not isinstance(value, str) and not is_intrinsic(value):
        return value
    written = _VARIABLE.sub(lambda found: given.get(found[1], found[0]), text(value))
    try:
        return json.loads(written) if written.lstrip().startswith("{") else written
    except ValueError:
        return written


def _substitutions(properties: Mapping[str, object]) -> dict[str, str]:
    given = _lower(properties).get("definitionsubstitutions")
    return {name: text(value) for name, value in given.items()} if isinstance(given, Mapping) else {}


def _lower(value: Mapping[str, object]) -> dict[str, object]:
    return {name.lower(): item for name, item in value.items()}
