"""Which aliases answer behind an API, a function URL or a load balancer."""

from collections.abc import Iterable, Iterator
from typing import Final

from ..release_rules.canonical import text
from .cloud_assembly import Resource, StackTemplate
from .links import Links, Place
from .template_parts import properties

_ALIAS: Final = "AWS::Lambda::Alias"
_URL: Final = "AWS::Lambda::Url"
_SIGN: Final = ":"
# What leads requests on, and the property that names what it belongs to; "" means that requests come to it itself.
_LEADING: Final = {
    "AWS::ApiGatewayV2::Integration": "ApiId",
    "AWS::ApiGatewayV2::Api": "",
    "AWS::ApiGateway::Method": "RestApiId",
    "AWS::ApiGateway::RestApi": "",
    _URL: "",
    "AWS::ElasticLoadBalancingV2::Listener": "LoadBalancerArn",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "",
}


class WaysIn:
    """The ways from what has an address to the aliases that answer there."""

    def __init__(self, links: Links) -> None:
        """Reads what leads requests on, in every stack."""
        self._links = links
        self._onwards: dict[Place, set[Place]] = {}
        for stack in links.stacks.values():
            for name, resource in stack.resources.items():
                if resource.type in _LEADING:
                    for place in self._owners(stack, resource):
                        self._onwards.setdefault(place, set()).update(self._next(stack, resource))
                elif resource.type == _ALIAS:
                    self._note_alias(stack, resource, Place(stack.name, name))

    def aliases(self, addresses: Iterable[Place]) -> frozenset[Place]:
        """Finds the aliases that answer at some addresses."""
        return frozenset(self._followed(addresses))

    def reached(self) -> frozenset[Place]:
        """Finds every alias that answers at any address."""
        return self.aliases(place for place in self._onwards if _SIGN not in place.logical_id)

    def _owners(self, stack: StackTemplate, resource: Resource) -> Iterable[Place]:
        owner = _LEADING[resource.type]
        if not owner:
            return [Place(stack.name, resource.logical_id)]
        return self._links.led_to(stack, properties(resource).get(owner))

    def _next(self, stack: StackTemplate, resource: Resource) -> Iterator[Place]:
        said = properties(resource)
        yield from self._links.led_to(stack, {key: said[key] for key in said if key != _LEADING[resource.type]})
        if resource.type == _URL:
            for function in self._links.led_to(stack, said.get("TargetFunctionArn")):
                yield _qualified(function, text(said.get("Qualifier")))

    def _note_alias(self, stack: StackTemplate, alias: Resource, place: Place) -> None:
        """A function URL names the function and the alias's own name."""
        for function in self._links.led_to(stack, properties(alias).get("FunctionName")):
            qualified = _qualified(function, text(properties(alias).get("Name")))
            self._onwards.setdefault(qualified, set()).add(place)

    def _followed(self, addresses: Iterable[Place]) -> Iterator[Place]:
        seen: set[Place] = set()
        waiting = list(addresses)
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting.extend(self._onwards.get(place, ()))
                resource = self._links.stacks[place.stack].resources.get(place.logical_id)
                if resource and resource.type == _ALIAS:
                    yield place


def _qualified(function: Place, name: str) -> Place:
    """Stands for an alias by its function and its own name; no resource has a colon in its logical id."""
    return Place(function.stack, f"{function.logical_id}{_SIGN}{name}")
