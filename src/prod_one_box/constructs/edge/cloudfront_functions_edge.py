"""The edge in CloudFront Functions: a request chooses its origin by the id that it has in the distribution.

The name of an edge function, which decides when CloudFormation replaces it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final, cast

import jsii
from aws_cdk import Annotations, IResolveContext, IStringProducer, Lazy
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from ...errors import InvalidArgumentError
from ...vocabulary import METADATA_KEY, ONE_BOX, REGULAR
from ..jsii_cache import resource_of, stack_of
from ..physical_name import name_in_account
from .composition import UserCode, join_user_code, read_user_code
from .edge_code import EdgeEvent, EdgeRuntime, edge_code, without_user_code
from .edge_settings import EdgeSettings
from .existing_distribution import ExistingDistribution, Rendered, is_same_path
from .partition_origins import check_places, fixed_origin_id, place_of

_LONGEST_NAME: Final = 64
"""CloudFormation template reference, "AWS::CloudFront::Function"."""

_LONGEST_END: Final = len("-response-123456")

LONGEST_BEGINNING: Final = _LONGEST_NAME - _LONGEST_END


@jsii.implements(IStringProducer)
class FunctionName:
    """Names a function for the origins that its code chooses: other origins make another function.

    CloudFormation updates what is referred to first: a function updated in place would choose origins that its
    distribution does not have yet. Under another name it is another function, which the distribution takes
    together with the origins, in one update of its configuration.
    """

    def __init__(self, beginning: str, subject: str) -> None:
        """Prepare the name.

        Args:
            beginning: What tells the edge from all others of the account, up to `LONGEST_BEGINNING` characters.
            subject: `request` or `response`.
        """
        self._beginning = f"{beginning}-{subject}"
        self.origins: Mapping[str, str] = {}

    def produce(self, context: IResolveContext) -> str:  # noqa: ARG002  # CDK passes it
        """Return the name, once the origins have ids."""
        said = json.dumps(self.origins, sort_keys=True)
        return f"{self._beginning}-{hashlib.sha256(said.encode()).hexdigest()[:6]}"


RESERVED_PATH: Final = "/.prod-one-box/*"
"""The path whose behavior brings the one-box's origin into the distribution; visitors find nothing special there."""

ONE_BOX_ORIGIN_ID: Final = "prod-one-box/one-box"
"""The id of the one-box's origin in the distribution, unless the user gave it one."""

_CODE_LIMIT: Final = 10_240
_ARGUMENTS: Final = {
    EdgeEvent.VIEWER_REQUEST: "viewer_request_code",
    EdgeEvent.VIEWER_RESPONSE: "viewer_response_code",
}
_IDS: Final = {EdgeEvent.VIEWER_REQUEST: "ViewerRequest", EdgeEvent.VIEWER_RESPONSE: "ViewerResponse"}
_EVENT_TYPES: Final = {
    EdgeEvent.VIEWER_REQUEST: cloudfront.FunctionEventType.VIEWER_REQUEST,
    EdgeEvent.VIEWER_RESPONSE: cloudfront.FunctionEventType.VIEWER_RESPONSE,
}


class CloudFrontFunctionsEdge:
    """Makes the two functions, and attaches them to a distribution.

    Attributes:
        origin_ids: The id that CDK gives each partition's origin, before it is fixed; empty until it is attached.
    """

    def __init__(self, scope: Construct, settings: EdgeSettings) -> None:
        self._settings = settings
        self._user_code = {event: self._read(scope, event, source) for event, source in settings.user_code.items()}
        self.origin_ids: Mapping[str, str] = {}
        beginning = name_in_account(scope, longest=LONGEST_BEGINNING)
        self._names = {event: FunctionName(beginning, event.value.removeprefix("viewer-")) for event in _IDS}
        self.functions = {event: self._build_function(scope, event) for event in _IDS}

    @property
    def function_associations(self) -> list[cloudfront.FunctionAssociation]:
        """The functions as a behavior takes them."""
        return [
            cloudfront.FunctionAssociation(function=function, event_type=_EVENT_TYPES[event])
            for event, function in self.functions.items()
        ]

    @property
    def edge_lambdas(self) -> list[cloudfront.EdgeLambda]:
        """None: this runtime has no Lambda functions."""
        return []

    @property
    def function_arns(self) -> list[str]:
        """The functions as behaviors name them."""
        return [function.function_arn for function in self.functions.values()]

    def mistakes(self, existing: ExistingDistribution, ours: Sequence[Rendered]) -> list[str]:
        """Finds what was done to the distribution later that would break this edge.

        Args:
            existing: The distribution.
            ours: Its further behaviors that have the edge's functions.
        """
        origins = existing.origins
        places = [place_of(origins[id]) for id in self.origin_ids.values()]
        mistakes = [
            f"The behavior {behavior['pathPattern']} has the edge's functions and an origin that is neither "
            "partition's, which gets no request: the functions choose the partition's. Give it the default behavior's "
            "origin, or take the functions off it; another site needs a distribution and an edge of its own."
            for behavior in ours
            if (origin := origins.get(str(behavior["targetOriginId"]))) is None or place_of(origin) not in places
        ]
        if len(self._reserved(existing)) != 1:
            mistakes.append(
                f"Another behavior was added for {RESERVED_PATH}, which brings the one-box's origin in: take it away."
            )
        if ONE_BOX_ORIGIN_ID in origins:
            mistakes.append(f"An origin has the id {ONE_BOX_ORIGIN_ID}, which is the one-box's: give it another one.")
        return mistakes

    def check_events(self, existing: ExistingDistribution) -> None:
        """Refuses a default behavior whose viewer events are answered already."""
        for event in existing.function_events:
            raise InvalidArgumentError(
                path=self._settings.path,
                argument="distribution",
                given=f"the default behavior of {existing.distribution.node.path} with a {event} function",
                allowed="a default behavior without one: CloudFront runs one for each event",
                remedy=f"Take it off the behavior, and give its source text as {_ARGUMENTS[EdgeEvent(event)]}=...",
            )
        for event in existing.lambda_events:
            if EdgeEvent(event) in _ARGUMENTS:
                raise InvalidArgumentError(
                    path=self._settings.path,
                    argument="distribution",
                    given=f"the default behavior of {existing.distribution.node.path} with a {event} function "
                    "of Lambda@Edge",
                    allowed="none at viewer events, where CloudFront does not mix the two runtimes",
                    remedy="Move it to an origin event, or use EdgeRuntime.LAMBDA_AT_EDGE.",
                )
        if self._reserved(existing):
            raise InvalidArgumentError(
                path=self._settings.path,
                argument="distribution",
                given=f"{existing.distribution.node.path} with a behavior for {RESERVED_PATH}",
                allowed="a distribution without one: that path brings the one-box's origin in",
                remedy="Give your behavior another path pattern.",
            )

    def attach(self, existing: ExistingDistribution) -> dict[str, str]:
        """Brings the one-box's origin in, and puts the functions on the default behavior.

        Returns:
            The id of each partition's origin.
        """
        existing = self._register_one_box(existing)
        origins = {ONE_BOX: existing.origin_id_of(RESERVED_PATH), REGULAR: existing.default_origin_id}
        self._check_origins(existing, origins)
        self.origin_ids = origins
        one_box = fixed_origin_id(existing.distribution, origins[ONE_BOX], fixed=ONE_BOX_ORIGIN_ID)
        chosen = {**origins, ONE_BOX: one_box}
        for event, function in self.functions.items():
            self._write_code(event, function, chosen)
        self._replace_with(chosen, existing)
        existing.associate("FunctionAssociations", [self._association(event) for event in self.functions])
        return chosen

    def _build_function(self, scope: Construct, event: EdgeEvent) -> cloudfront.Function:
        return cloudfront.Function(
            scope,
            _IDS[event],
            function_name=Lazy.uncached_string(self._names[event]),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(self._code(event, {})),
            comment=f"{self._settings.path} {event.value}"[:128],
        )

    def _replace_with(self, origins: Mapping[str, str], existing: ExistingDistribution) -> None:
        """Lets other origins make other functions, where one update of a stack replaces both.

        A distribution of another stack imports the functions' ARNs, which cannot change while it does (CloudFormation
        user guide, "Get exported outputs from a deployed CloudFormation stack").
        """
        if stack_of(existing.distribution) is stack_of(self.functions[EdgeEvent.VIEWER_REQUEST]):
            for name in self._names.values():
                name.origins = origins

    def _write_code(self, event: EdgeEvent, function: cloudfront.Function, origins: Mapping[str, str]) -> None:
        """Sets the code anew, with its description: origins have ids only once they are in the distribution."""
        cfn = cast("cloudfront.CfnFunction", resource_of(function))
        cfn.function_code = self._code(event, origins)
        metadata = {
            "EdgeFunction": event.value,
            "Runtime": EdgeRuntime.CLOUDFRONT_FUNCTIONS.value,
            "Share": self._settings.share,
            "OneBoxOrigin": origins[ONE_BOX],
            "RegularOrigin": origins[REGULAR],
        }
        cfn.add_metadata(METADATA_KEY, metadata)

    def _code(self, event: EdgeEvent, origins: Mapping[str, str]) -> str:
        config = {**self._settings.decisions(), "origins": dict(origins)}
        library_code = edge_code(EdgeRuntime.CLOUDFRONT_FUNCTIONS, event, config)
        user_code = self._user_code.get(event)
        code = join_user_code(library_code, user_code) if user_code else without_user_code(library_code, event)
        self._check_size(event, code)
        return code

    def _read(self, scope: Construct, event: EdgeEvent, source: str) -> UserCode:
        """Check the user's code, and warn of what might fail once it is deployed."""
        user_code = read_user_code(source, path=self._settings.path, argument=_ARGUMENTS[event])
        if user_code.doubts:
            Annotations.of(scope).add_warning_v2(
                f"prod-one-box:undocumentedEdgeCode:{event.value}",
                f"{_ARGUMENTS[event]}: the CloudFront developer guide does not list as supported, and so may fail once "
                f"deployed: {'; '.join(map(str, user_code.doubts))}. "
                f"{' '.join(dict.fromkeys(doubt.limit.instead for doubt in user_code.doubts))}",
            )
        return user_code

    def _check_size(self, event: EdgeEvent, code: str) -> None:
        size = len(code.encode())
        if size > _CODE_LIMIT:
            raise InvalidArgumentError(
                path=self._settings.path,
                argument=_ARGUMENTS[event],
                given=f"code that makes the function {size:,} bytes",
                allowed=f"{_CODE_LIMIT:,} bytes, the library's part included (CloudFront's limit cannot be raised)",
                remedy="Minify your code.",
            )

    def _register_one_box(self, existing: ExistingDistribution) -> ExistingDistribution:
        """Adds a behavior for the one-box's origin, as guarded as the default one, and with nothing cached.

        Returns:
            The distribution with it.
        """
        existing.distribution.add_behavior(
            RESERVED_PATH,
            self._settings.one_box,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            function_associations=self.function_associations,
        )
        registered = ExistingDistribution(existing.distribution)
        for name, value in registered.guards().items():
            registered.override_behavior(RESERVED_PATH, name, value)
        return registered

    def _reserved(self, existing: ExistingDistribution) -> list[str]:
        patterns = (str(one["pathPattern"]) for one in existing.further_behaviors)
        return [one for one in patterns if is_same_path(one, RESERVED_PATH)]

    def _check_origins(self, existing: ExistingDistribution, origins: Mapping[str, str]) -> None:
        """Refuses what a function cannot choose, or what would make both partitions one."""
        found = existing.origins
        for partition, argument in ((ONE_BOX, "one_box"), (REGULAR, "distribution")):
            if origins[partition] not in found:
                raise InvalidArgumentError(
                    path=self._settings.path,
                    argument=argument,
                    given=f"the origin group {origins[partition]}",
                    allowed="an origin: a function cannot choose an origin group by its id",
                )
        check_places(found[origins[ONE_BOX]], found[origins[REGULAR]], path=self._settings.path)

    def _association(self, event: EdgeEvent) -> dict[str, object]:
        return {"EventType": event.value, "FunctionARN": self.functions[event].function_arn}
