"""One of the front ends: a function from the user's recipe, the alias that serves visitors, and its API."""

import inspect
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, cast

from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from ...errors import InvalidArgumentError, check_kind, shown
from ...vocabulary import METADATA_KEY
from ..alias_name import check_alias_is_free, make_alias
from ..jsii_cache import logical_id_of, path_of, region_of, remember_place, resource_of, stack_of
from ..nag import acknowledge, when_nag_checks
from ..watch.alarms import alarms_on
from ..watch.signals import Signals, alias_signals, http_api_signals
from ..watch.thresholds import Thresholds, refuse_unreachable_latency

_PUBLIC_BEHIND_CLOUDFRONT: Final = {
    "APIG1": "CloudFront stands before this API and logs the visitors' requests where the user says so.",
    "APIG4": "The pages of a public site need no authorization.",
}

BuildFunction = Callable[[Construct, str], lambda_.Function]
"""A recipe: makes or finds the function of one partition, given a scope and the partition's name."""


class Partition(Construct):
    """A front end for one group of visitors: its function, a `live` alias on the function's version, and an HTTP API.

    `OneBoxFrontend` makes one for each wave, and the regular one. A published version keeps its code and most of its
    settings (Lambda developer guide, "Manage Lambda function versions"), so visitors get new ones only when the alias
    moves.

    Attributes:
        partition_name: `one-box`, `wave-2` and so on, or `regular`.
        share: The percentage of visitors in the partition.
        function: The function that the recipe returned, or that of the wave before.
        alias: The alias that serves visitors; a release moves it to the new version in one call.
        http_api: The HTTP API in front of the alias; None if there is none.
        alarms: The library's alarms for this partition.
    """

    partition_name: str
    share: float
    function: lambda_.Function
    alias: lambda_.Alias
    http_api: apigatewayv2.HttpApi | None
    alarms: Sequence[cloudwatch.Alarm]

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        partition_name: str,
        share: float,
        build_function: BuildFunction,
        alias_name: str,
        create_api: bool,
        thresholds: Thresholds | None,
    ) -> None:
        """Create the partition.

        Args:
            scope: The parent construct.
            id: The construct's id.
            partition_name: `one-box`, `wave-2` and so on, or `regular`.
            share: The percentage of visitors in the partition.
            build_function: The recipe, called once with this construct and `partition_name`.
            alias_name: The alias's name.
            create_api: Whether the partition gets an HTTP API.
            thresholds: When its alarms turn red; None for no alarms.

        Raises:
            InvalidArgumentError: If the recipe cannot be called with a scope and a name or returns no function of this
                stack, or if the function already has an alias of that name.
        """
        super().__init__(scope, id)
        remember_place(scope, self, id)
        self.partition_name = partition_name
        self.share = share
        self.function = self._function_of(build_function, alias_name)
        self._version = remember_place(self.function, self.function.current_version, "CurrentVersion")
        self.alias = self._build_alias(alias_name)
        self.http_api = self._build_api() if create_api else None
        self.alarms = self._build_alarms(thresholds) if thresholds else ()

    @property
    def version_id(self) -> str:
        """The logical id of the alias's version; it changes exactly when code or configuration does."""
        return logical_id_of(cast("lambda_.CfnVersion", resource_of(self._version)))

    @cached_property
    def origin(self) -> cloudfront.IOrigin:
        """The HTTP API as a CloudFront origin, always the same object.

        Raises:
            InvalidArgumentError: If the partition has no API of its own.
        """
        if self.http_api is None:
            raise InvalidArgumentError(
                path=self.node.path,
                argument="create_apis",
                given=False,
                allowed="an origin of the library's only with create_apis=True",
                remedy="Give a PartitionOrigin for each partition, with the origin in front of its `alias`.",
            )
        domain_name = f"{self.http_api.api_id}.execute-api.{region_of(self)}.{stack_of(self).url_suffix}"
        return origins.HttpOrigin(domain_name)

    def _function_of(self, build_function: BuildFunction, alias_name: str) -> lambda_.Function:
        path = path_of(self)
        _check_recipe(build_function, path=path)
        function = build_function(self, self.partition_name)
        check_kind(
            function,
            lambda_.Function,
            path=path,
            argument="build_function",
            allowed="a recipe that returns a lambda_.Function",
        )
        check_alias_is_free(function, path=path, alias_name=alias_name)
        if stack_of(function) is not stack_of(self):
            raise InvalidArgumentError(
                path=path,
                argument="build_function",
                given=f"a function of another stack, {function.node.path}",
                allowed="a function of the stack that holds the OneBoxFrontend",
                remedy="A release orders the aliases of one stack.",
            )
        return function

    def _build_alias(self, alias_name: str) -> lambda_.Alias:
        alias = make_alias(self, "Alias", alias_name=alias_name, version=self._version, function=self.function)
        cast("lambda_.CfnAlias", resource_of(alias)).add_metadata(METADATA_KEY, {"Phase": self.partition_name})
        return alias

    def _build_api(self) -> apigatewayv2.HttpApi:
        api = apigatewayv2.HttpApi(self, "Api", default_integration=HttpLambdaIntegration("Integration", self.alias))
        when_nag_checks(self, lambda: acknowledge(api, _PUBLIC_BEHIND_CLOUDFRONT))
        return api

    @cached_property
    def _signals(self) -> Signals:
        """The signals of the partition's HTTP API or, without one, of its alias.

        To Lambda, a front end that answers 500 has not failed: only the API counts such answers.
        """
        if self.http_api is not None:
            return http_api_signals(api=self.http_api)
        return alias_signals(function=self.function, alias_name=self.alias.alias_name)

    def _build_alarms(self, thresholds: Thresholds) -> list[cloudwatch.Alarm]:
        if self.http_api is None:
            refuse_unreachable_latency(self, self.function, thresholds)
        return alarms_on(self._signals, self, thresholds)


def _check_recipe(build_function: object, *, path: str) -> None:
    """Raise unless the recipe can be called with a scope and a partition's name."""
    if not callable(build_function):
        given = shown(build_function)
    elif not _takes_two(build_function):
        given = f"one that takes {inspect.signature(build_function)}"
    else:
        return
    raise InvalidArgumentError(
        path=path,
        argument="build_function",
        given=given,
        allowed="a recipe that is called with a scope and the partition's name, and returns a lambda_.Function",
        remedy="Give the function itself, not what it returns: build_function=build_function.",
    )


def _takes_two(build_function: Callable[..., object]) -> bool:
    try:
        inspect.signature(build_function).bind("scope", "partition")
    except TypeError:
        return False
    except ValueError:  # a callable that is not written in Python may have no signature
        pass
    return True
