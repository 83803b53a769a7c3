"""The edge of a distribution: it sends each visitor to their partition."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from aws_cdk import Annotations, CfnResource
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from ...errors import InvalidArgumentError, check_kind, shown
from ...template.intrinsics import text
from ...template.mixed_releases import mixed_releases
from ...vocabulary import BYPASS_KEY, METADATA_KEY, REGULAR
from ..jsii_cache import path_of, remember_place, stack_of
from ..synth_check import check_at_synth
from ..watch.thresholds import warn_of_fraction
from .behavior_policies import check_policies, partition_cache_policy
from .cloudfront_functions_edge import CloudFrontFunctionsEdge
from .edge_code import EdgeEvent, EdgeRuntime
from .edge_settings import EdgeSettings, source_text
from .existing_distribution import ExistingDistribution, Rendered
from .given_partitions import Split
from .partition_origins import PartitionOrigin, SplitPartition, exchanged_origins, place_of
from .stickiness import Stickiness
from .wait_order import change_after_waits, shares_of_waits

if TYPE_CHECKING:
    from .lambda_at_edge import LambdaAtEdge

_MANY_BEHAVIORS: Final = "prod-one-box:manyCacheBehaviors"
_BEHAVIORS_QUOTA: Final = 75
"""CloudFront developer guide, "Quotas": cache behaviors per distribution, which AWS raises on request."""

MIXED_RELEASES: Final = "prod-one-box:mixedReleases"


class PartitionEdge(Construct):
    """Sends each visitor of a distribution to their partition, and keeps them there.

    The distribution's default behavior and its origin are the regular partition; `attach_to` adds the others. The same
    visitor reaches the same partition on every request. Visitors are divided in the order of a release, so a greater
    share of the one-box only moves visitors into it.

    An edge in the stack of a `OneBoxFrontend` changes after the frontend's preflight, and after every partition can
    answer. When partitions or their origins change, CloudFront gets new functions, which the distribution takes
    together with the origins in one update; when only shares change, functions are updated in place.

    Requests get `X-Req-Partition`, and the viewer's host as `X-Forwarded-Host`. An origin sees them only if the
    behavior's cache key or origin request policy names them (CloudFront developer guide, "Control origin requests with
    a policy"). CloudFront Functions do not depend on that; Lambda@Edge does, since its function at origin-request reads
    `X-Req-Partition`. Responses below status 400 also carry `X-Req-Partition`, with `Vary`; CloudFront runs no
    viewer-response function for others (CloudFront developer guide, "Restrictions on all edge functions").

    Every further behavior that takes `function_associations` or `edge_lambdas` is also served by the partitions'
    origins. It must have a partition's origin (with Lambda@Edge the default behavior's, the same object), and a cache
    policy that has `X-Req-Partition` in its key or does not cache; with Lambda@Edge `X-Req-Partition` must also be
    forwarded. Other behaviors fail the synth.

    Testers who know the secret choose a partition with the cookie `__Host-one-box-tester=<partition>.<secret>`, and get
    `Cache-Control: private, no-store` on responses below status 400; a wrong secret has no effect. The cookie stays on
    the request: origins that receive cookies, and logs that keep them, see it.

    With Lambda@Edge, properties of the other partitions' origins that are known only at deployment (a domain name, a
    custom header's value that is a token) are carried by custom headers of the regular origin. The edge removes them,
    but requests of further behaviors with that origin and without the edge's functions deliver them to it. To keep a
    partition's secret header from it, give such behaviors an origin object of their own.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        partitions: Sequence[SplitPartition],
        stickiness: Stickiness | None = None,
        edge_runtime: EdgeRuntime = EdgeRuntime.CLOUDFRONT_FUNCTIONS,
        salt: str | None = None,
        tester_secret_digest: str | None = None,
        viewer_request_code: str | cloudfront.FunctionCode | None = None,
        viewer_response_code: str | cloudfront.FunctionCode | None = None,
    ) -> None:
        """Make the edge functions; `attach_to` puts them to work.

        Args:
            scope: The scope.
            id: The id in the scope.
            partitions: The partitions in the order of a release, the regular one last: `frontend.partitions`, or a
                `PartitionOrigin` for each. Shares are 100 % in all. With CloudFront Functions an origin can be anything
                but an origin group; with Lambda@Edge it must be an HTTP origin, whose domain name, path, headers,
                port, protocol and timeouts are used.
            stickiness: How visitors are recognized; default: `Stickiness.cookie()`, by a cookie, and before there is
                one by the viewer's address and `User-Agent`.
            edge_runtime: Where the code runs; default: CloudFront Functions, for a sixth of Lambda@Edge's price and
                with every kind of origin.
            salt: Makes this site's buckets differ from another site's; known at synth; default: the construct's path.
                Another salt gives other buckets to visitors without a cookie.
            tester_secret_digest: The SHA-256, in hexadecimal, of the testers' secret, which is 20 to 128 letters,
                digits, `-` and `_`; default: None, testers cannot choose a partition.
            viewer_request_code: Your own CloudFront Function at viewer-request, as source text or CDK's `FunctionCode`.
                It runs on cloudfront-js-2.0 after the partition was decided; a response that it returns is the answer.
                It must not change the origin, the testers' cookie or what `stickiness` reads, and must import whole
                modules. If it uses `await`, it must be declared `async function handler`. Associate a key value store
                that it reads with `functions["viewer-request"]`. Default: None, no function of your own.
            viewer_response_code: Your own CloudFront Function at viewer-response, as source text or CDK's
                `FunctionCode`, which runs before the library's part; default: None, no function of your own.

        Raises:
            InvalidArgumentError: If `partitions` are not two or more with the names of a release in its order, are more
                than CloudFront allows, or have an origin that is not one, a share that is not a percentage in steps of
                0.01, or shares that are not 100 % in all; `stickiness` is not a `Stickiness`; `salt` is not a string
                known at synth; `tester_secret_digest` is not a SHA-256; `edge_runtime` is not an `EdgeRuntime`; your
                code is not JavaScript, uses what CloudFront's engine does not run, chooses an origin, cannot be
                composed or makes a function larger than 10 KB; or Lambda@Edge is combined with your code, a stack
                without a region, or an origin that it cannot switch to.
        """
        super().__init__(scope, id)
        remember_place(scope, self, id)
        path = path_of(self)
        allowed = " or ".join(map(str, EdgeRuntime))
        check_kind(edge_runtime, EdgeRuntime, path=path, argument="edge_runtime", allowed=allowed)
        codes = {EdgeEvent.VIEWER_REQUEST: viewer_request_code, EdgeEvent.VIEWER_RESPONSE: viewer_response_code}
        self._settings = EdgeSettings(
            path=path,
            split=Split.of(partitions, path=path),
            stickiness=Stickiness.cookie() if stickiness is None else stickiness,
            salt=path if salt is None else salt,
            tester_secret_digest=tester_secret_digest,
            user_code={
                event: source_text(code, path=path, argument=f"{event.identifier}_code")
                for event, code in codes.items()
                if code is not None
            },
        )
        for number, partition in enumerate(self._settings.split.waves):
            share = self._settings.split.shares[partition]
            warn_of_fraction(self, argument=f"partitions[{number}].share", given=share)
        # From a frontend, each partition's origin is that before its own alias.
        self._has_own_origins = any(isinstance(each, PartitionOrigin) for each in partitions)
        self._edge_runtime = edge_runtime
        self._edge = self._build_edge()
        self._cache_policy: cloudfront.CachePolicy | None = None
        self._distribution: cloudfront.Distribution | None = None
        check_at_synth(self, self._faults)

    def _build_edge(self) -> "CloudFrontFunctionsEdge | LambdaAtEdge":
        if self._edge_runtime == EdgeRuntime.CLOUDFRONT_FUNCTIONS:
            return CloudFrontFunctionsEdge(self, self._settings)
        from .lambda_at_edge import LambdaAtEdge  # noqa: PLC0415  only an edge of that runtime loads it

        return LambdaAtEdge(self, self._settings)

    def attach_to(self, distribution: cloudfront.Distribution) -> None:
        """Make a distribution's default behavior serve all partitions; its origin is the regular partition's.

        The behavior keeps its other functions, policies and settings. With CloudFront Functions the distribution also
        gets a behavior for each other partition, which adds its origin, and is guarded and routed like any page: for
        `/.prod-one-box/*`, and for `/.prod-one-box-wave-2/*` and so on. Set the default behavior's key groups, signers
        and functions before, and not by property overrides, which cannot be read.

        Args:
            distribution: The distribution. It can have one `PartitionEdge`, which can have one distribution.

        Raises:
            InvalidArgumentError: If it is not a `cloudfront.Distribution` of this app; either is attached already; the
                default behavior has another origin than the regular partition, which can be compared if both are
                `HttpOrigin`s, or a function at an event that this edge needs; its cache policy would mix the
                partitions; Lambda@Edge would not get `X-Req-Partition` at origin-request; a path that adds an origin is
                taken; two partitions would have the same origin; the runtime cannot choose an origin of that kind; or
                with Lambda@Edge the regular origin would have more custom headers than CloudFront allows. Imported
                policies cannot be read and cause a warning. Further behaviors with this edge's functions are checked
                in the same way at synth, which also fails for an origin that leads to another partition's alias.
        """
        self._check_changeable(distribution)
        existing = ExistingDistribution(distribution)
        self._check_unattached(existing)
        self._check_regular(existing)
        self._attach_to(existing)

    def _attach_to(self, existing: ExistingDistribution) -> None:
        """Attach to a distribution of this app without an edge, whose default origin is the regular partition's."""
        self._edge.check_events(existing)
        self._check_policies(existing, existing.default_behavior, "the default behavior")
        metadata = {
            "Partitions": self._edge.attach(existing),
            "Shares": dict(self._settings.split.shares),
            "EdgeRuntime": self._edge_runtime.value,
        }
        existing.cfn.add_metadata(METADATA_KEY, metadata)
        change_after_waits(existing.cfn, self._edge.resources, self._origin_addresses)
        self._distribution = existing.distribution

    @property
    def function_associations(self) -> list[cloudfront.FunctionAssociation]:
        """The CloudFront Functions, for further behaviors; empty with Lambda@Edge."""
        return self._edge.function_associations if isinstance(self._edge, CloudFrontFunctionsEdge) else []

    @property
    def edge_lambdas(self) -> list[cloudfront.EdgeLambda]:
        """The Lambda@Edge functions, for further behaviors; empty with CloudFront Functions."""
        return self._edge.edge_lambdas if not isinstance(self._edge, CloudFrontFunctionsEdge) else []

    @property
    def functions(self) -> "dict[str, cloudfront.Function | cloudfront.experimental.EdgeFunction]":
        """The functions by their event, such as `viewer-request`."""
        return {event.value: function for event, function in self._edge.functions.items()}

    @property
    def cache_policy(self) -> cloudfront.CachePolicy:
        """A cache policy for pages, made on first use.

        Its key is `X-Req-Partition` and all query strings; it caches only what the origin allows, for a
        year at most, in gzip and Brotli.
        """
        if self._cache_policy is None:
            self._cache_policy = partition_cache_policy(self, "CachePolicy")
        return self._cache_policy

    @property
    def origin_request_policy(self) -> cloudfront.IOriginRequestPolicy:
        """The managed policy AllViewerExceptHostHeader: API Gateway and function URLs need their own `Host`."""
        return cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER

    @property
    def distribution(self) -> cloudfront.Distribution | None:
        """The distribution that it is attached to; None: not attached yet."""
        return self._distribution

    def _check_changeable(self, distribution: object) -> None:
        is_kind = isinstance(distribution, cloudfront.Distribution)
        if not is_kind or not _is_same_app(self, cast("Construct", distribution)):
            raise InvalidArgumentError(
                path=self.node.path,
                argument="distribution",
                given="one of another app" if is_kind else shown(distribution),
                allowed="a cloudfront.Distribution that this app makes, since its default behavior is changed",
                remedy="Attach to it in the app that makes it; an imported distribution cannot be changed.",
            )

    def _check_unattached(self, existing: ExistingDistribution) -> None:
        if self._distribution is not None or existing.is_attached:
            other = self._distribution.node.path if self._distribution else "another PartitionEdge"
            raise InvalidArgumentError(
                path=self.node.path,
                argument="distribution",
                given=f"{existing.distribution.node.path}, when attached to {other} already",
                allowed="one distribution for each PartitionEdge, and one PartitionEdge for each distribution",
            )

    def _check_regular(self, existing: ExistingDistribution) -> None:
        """Raise if the default behavior has another origin than the regular partition, as far as that is known.

        Only an `HttpOrigin` can be bound without side effects; others make access controls and permissions.
        """
        origin, present = self._settings.split.origins[REGULAR], existing.origins.get(existing.default_origin_id)
        if not isinstance(origin, origins.HttpOrigin) or present is None:
            return
        bound = origin.bind(self, origin_id=existing.default_origin_id)
        if place_of(existing.resolve(bound.origin_property)) != place_of(present):
            raise InvalidArgumentError(
                path=self.node.path,
                argument="distribution",
                given=f"the default behavior of {existing.distribution.node.path} with another origin than the last of "
                "`partitions`, by its domain name, path, ports or custom headers",
                allowed="a default behavior with the regular partition's origin",
                remedy="Give both the same origin: with a OneBoxFrontend, BehaviorOptions(origin="
                "frontend.regular.origin).",
            )

    def _check_policies(self, existing: ExistingDistribution, behavior: Rendered, name: str) -> None:
        check_policies(
            behavior, name=name, edge_runtime=self._edge_runtime, distribution=existing.distribution, edge=self
        )

    def _faults(self) -> list[str]:
        """Describe what would fail when deployed: functions that are not attached do not know any origin."""
        if self._distribution is None:
            return ["This PartitionEdge is attached to no distribution: call attach_to."]
        existing = ExistingDistribution(self._distribution)
        arns = cast("list[object]", existing.resolve(self._edge.function_arns))
        own_behaviors = existing.behaviors_with(arns)
        faults = self._edge.faults(existing, own_behaviors) + self._exchanged(existing) + self._other_shares(existing)
        for behavior in own_behaviors:
            faults += self._policy_faults(existing, behavior)
        self._warn_of_mixed_releases(existing, arns)
        self._warn_of_many_behaviors(existing)
        return faults

    def _policy_faults(self, existing: ExistingDistribution, behavior: Rendered) -> list[str]:
        try:
            self._check_policies(existing, behavior, f"the behavior {behavior['pathPattern']}")
        except InvalidArgumentError as error:
            return [str(error)]
        return []

    def _origin_addresses(self) -> dict[str, str]:
        """Return the domain name of each partition's origin, with the names of resources in angle brackets."""
        existing = ExistingDistribution(cast("cloudfront.Distribution", self._distribution))
        names = {partition: text(domain) for partition, domain in self._edge.domain_names(existing).items()}
        return {partition: name.replace("${", "<").replace("}", ">") for partition, name in names.items()}

    def _warn_of_many_behaviors(self, existing: ExistingDistribution) -> None:
        further = len(existing.further_behaviors)
        if further + 1 <= _BEHAVIORS_QUOTA:
            return
        waves = len(self._settings.split.waves) if isinstance(self._edge, CloudFrontFunctionsEdge) else 0
        part = f", {waves} of them the waves' own" if waves else ""
        Annotations.of(self).add_warning_v2(
            _MANY_BEHAVIORS,
            f"{existing.distribution.node.path} has {further + 1} cache behaviors: the default one and {further} "
            f"further ones{part}. CloudFront has a quota of {_BEHAVIORS_QUOTA} for a distribution (developer guide, "
            '"Quotas"). Remove behaviors, release in fewer waves, or request a higher quota and acknowledge '
            "this warning.",
        )

    def _exchanged(self, existing: ExistingDistribution) -> list[str]:
        """Describe origins of the user's own that lead to another partition's alias."""
        if not self._has_own_origins:
            return []
        return list(exchanged_origins(stack_of(existing.distribution), self._edge.domain_names(existing)))

    def _other_shares(self, existing: ExistingDistribution) -> list[str]:
        """Describe shares that are not those of the stack's front end, which the waits go by."""
        if not self._has_own_origins:
            return []
        own = dict(self._settings.split.shares)
        of_waits = shares_of_waits(stack_of(existing.distribution))
        if not of_waits or own in of_waits:
            return []
        given, *allowed = map(_shown_shares, [own, *of_waits])
        return [
            f"partitions: got shares of {given}; allowed: those of the stack's OneBoxFrontend, {' or '.join(allowed)}. "
            "Give share=each.share for each of its partitions."
        ]

    def _warn_of_mixed_releases(self, existing: ExistingDistribution, arns: list[object]) -> None:
        # By CDK's ids: the overrides that fix an id are not among the properties.
        partitions = {origin: partition for partition, origin in self._edge.origin_ids.items()}
        names = [*map(text, arns)]
        _warn(existing.cfn, mixed_releases(existing.attached_config(arns), partitions, names))
        own = existing.origins
        addresses = {_address(own[id]): partition for id, partition in partitions.items() if id in own}
        for other in existing.others():
            config = cast("Rendered", existing.resolve(other._cfn_properties)["distributionConfig"])
            their_origins = cast("list[Rendered]", config.get("origins") or [])
            same = {str(each["id"]): addresses[_address(each)] for each in their_origins if _address(each) in addresses}
            _warn(other, mixed_releases(config, same, (), names))


def _shown_shares(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:g} %" for name, share in shares.items())


def _warn(distribution: CfnResource, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        if not distribution.get_metadata(BYPASS_KEY):
            Annotations.of(distribution).add_warning_v2(MIXED_RELEASES, sentence)


def _address(origin: Rendered) -> tuple[str, str]:
    return text(origin.get("domainName")), text(origin.get("originPath") or "")


def _is_same_app(one: Construct, other: Construct) -> bool:
    """Look for a common ancestor: an app that CDK made for a stack is a new Python object on each access."""
    if stack_of(one) is stack_of(other):
        return True
    return any(mine is theirs for mine in one.node.scopes for theirs in other.node.scopes)
