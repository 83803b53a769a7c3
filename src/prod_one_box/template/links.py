"""Follow the references of a template to their resources, in any stack of the assembly.

A resource is identified by its stack and its logical id, since two stacks of an app may use the same ids.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

from .choices import chosen
from .cloud_assembly import Json, Resource, StackTemplate, mapping, properties
from .intrinsics import named_by, substituted, text

_OUTPUT: Final = "Outputs."
_FOLLOWED: Final = ("Ref", "Fn::GetAtt", "Fn::Sub", "Fn::ImportValue", "Fn::GetStackOutput")

Value = tuple[StackTemplate, Json]
Seen = set[tuple[str, str, str]]


@dataclass(frozen=True, order=True)
class Place:
    """A resource in its stack.

    Attributes:
        stack: The stack's name.
        logical_id: The resource's name in the template.
    """

    stack: str
    logical_id: str


class Links:
    """The references between the stacks of an assembly, as CDK writes them.

    Exports and imports, parameters and outputs of nested stacks, `Fn::GetStackOutput`, and values that SSM parameters
    carry to another region.
    """

    def __init__(self, stacks: Sequence[StackTemplate]) -> None:
        """Note what each stack publishes for others."""
        self.stacks: Final = {each.name: each for each in stacks}
        self._nested = {each.nested_in: each for each in stacks if each.nested_in}
        self._published: dict[tuple[str, str], Value] = {}
        for stack in stacks:
            self._note_exports(stack)
            self._note_parameters(stack)

    def resource(self, place: Place) -> Resource:
        """Return the resource at a place that `led_to` returned."""
        return self.stacks[place.stack].resources[place.logical_id]

    def led_to(self, stack: StackTemplate, value: Json) -> frozenset[Place]:
        """Return every resource that a part of a template names, at any depth."""
        return frozenset(self._walk(stack, value, set()))

    def inlined(self, stack: StackTemplate, value: Json) -> Json:
        """Write a part of a template so that it means the same in every stack.

        A resource is named `<stack>/<logical id>`; values from other stacks and choices of the template are inserted.
        """
        return self._inlined(stack, cast("Json", chosen(value, stack.choices)), frozenset())

    def joined(self, stack: StackTemplate) -> list[StackTemplate]:
        """Return a stack, and all those connected with it by references in either direction."""
        neighbours: dict[str, set[str]] = {name: set() for name in self.stacks}
        for each in self.stacks.values():
            for place in self.led_to(each, [resource.body for resource in each.resources.values()]):
                neighbours[each.name].add(place.stack)
                neighbours[place.stack].add(each.name)
        found, waiting = [stack], [stack.name]
        while waiting:
            fresh = sorted(neighbours[waiting.pop()] - {each.name for each in found})
            found.extend(self.stacks[name] for name in fresh)
            waiting.extend(fresh)
        return found

    def _note_exports(self, stack: StackTemplate) -> None:
        for output in map(mapping, stack.outputs.values()):
            if "Export" in output:
                exported = text(mapping(output["Export"]).get("Name"))
                self._published[stack.environment, exported] = (stack, output.get("Value"))

    def _note_parameters(self, stack: StackTemplate) -> None:
        for resource in stack.resources.values():
            settings = properties(resource)
            if resource.type == "AWS::SSM::Parameter":
                self._published["", text(settings.get("Name"))] = (stack, settings.get("Value"))
            elif resource.type == "Custom::CrossRegionExportWriter":
                for name, value in mapping(mapping(settings.get("WriterProps")).get("exports")).items():
                    self._published["", name] = (stack, value)

    def _walk(self, stack: StackTemplate, value: Json, seen: Seen) -> Iterator[Place]:
        if isinstance(value, list):
            for item in value:
                yield from self._walk(stack, item, seen)
        elif isinstance(value, dict):
            for function, argument in value.items():
                for name, attribute in named_by(function, argument):
                    yield from self._follow(stack, name, attribute, seen)
                for published, elsewhere in self._from_elsewhere(stack, function, argument):
                    yield from self._once(published, "", published.name + text(argument), elsewhere, seen)
                yield from self._walk(stack, argument, seen)

    def _inlined(self, stack: StackTemplate, value: Json, seen: frozenset[tuple[str, str]]) -> Json:
        if isinstance(value, list):
            return [self._inlined(stack, item, seen) for item in value]
        if not isinstance(value, dict):
            return value
        function, argument = next(iter(value.items()), ("", None))
        if len(value) == 1 and function in _FOLLOWED:
            return self._followed(stack, function, argument, seen)
        return {key: self._inlined(stack, item, seen) for key, item in value.items()}

    def _followed(self, stack: StackTemplate, function: str, argument: Json, seen: frozenset[tuple[str, str]]) -> Json:
        here = (stack.name, text({function: argument}))
        for holder, source in () if here in seen else self._sources(stack, function, argument):
            return self._inlined(holder, cast("Json", chosen(source, holder.choices)), seen | {here})
        match function, argument:
            case "Fn::Sub", str(template) | [str(template)]:
                return self._substituted(stack, template, {}, seen)
            case "Fn::Sub", [str(template), dict(variables)]:
                return self._substituted(stack, template, variables, seen)
        if function in ("Ref", "Fn::GetAtt"):
            return _placed(stack, function, argument)
        return {function: self._inlined(stack, argument, seen)}

    def _sources(self, stack: StackTemplate, function: str, argument: Json) -> Iterator[Value]:
        """Yield the value behind a reference to another stack; nothing for one within the stack."""
        if function in ("Ref", "Fn::GetAtt"):
            for name, attribute in named_by(function, argument):
                resource = stack.resources.get(name)
                passed = self._passed_on(stack, resource, attribute) if resource else None
                yield from [passed] if passed else self._given(stack, name) if resource is None else ()
        yield from self._from_elsewhere(stack, function, argument)

    def _substituted(
        self, stack: StackTemplate, template: str, variables: dict[str, Json], seen: frozenset[tuple[str, str]]
    ) -> str:
        def written(name: str) -> str:
            value = variables.get(name, {"Fn::GetAtt" if "." in name else "Ref": name})
            return text(self._inlined(stack, value, seen))

        return substituted(template, written)

    def _once(self, stack: StackTemplate, name: str, attribute: str, value: Json, seen: Seen) -> Iterator[Place]:
        """Continue with a value that was found by a name; a cycle ends here."""
        if (stack.name, name, attribute) not in seen:
            seen.add((stack.name, name, attribute))
            yield from self._walk(stack, value, seen)

    def _follow(self, stack: StackTemplate, name: str, attribute: str, seen: Seen) -> Iterator[Place]:
        resource = stack.resources.get(name)
        if resource is None:
            for holder, value in self._given(stack, name):
                yield from self._once(holder, name, stack.name, value, seen)
            return
        passed = self._passed_on(stack, resource, attribute)
        if passed:
            yield from self._once(passed[0], name, stack.name + attribute, passed[1], seen)
        else:
            yield Place(stack.name, name)

    def _given(self, stack: StackTemplate, parameter: str) -> Iterator[Value]:
        """Yield what the outer stack passes to a nested one for a parameter."""
        if stack.nested_in and parameter in stack.parameters:
            holder = self.stacks[stack.nested_in[0]]
            nested = holder.resources[stack.nested_in[1]]
            given = mapping(properties(nested).get("Parameters"))
            if parameter in given:
                yield holder, given[parameter]

    def _passed_on(self, stack: StackTemplate, resource: Resource, attribute: str) -> Value | None:
        """Return the value behind an attribute that comes from another stack; None for a resource's own attribute."""
        nested = self._nested.get((stack.name, resource.logical_id))
        if nested and attribute.startswith(_OUTPUT):
            return nested, mapping(nested.outputs.get(attribute.removeprefix(_OUTPUT))).get("Value")
        if resource.type == "Custom::CrossRegionExportReader":
            return self._published.get(("", attribute))
        if resource.type == "Custom::CrossRegionStringParameterReader":
            return self._published.get(("", text(properties(resource).get("ParameterName"))))
        return None

    def _from_elsewhere(self, stack: StackTemplate, function: str, argument: Json) -> Iterator[Value]:
        if function == "Fn::ImportValue" and (stack.environment, text(argument)) in self._published:
            yield self._published[stack.environment, text(argument)]
        if function == "Fn::GetStackOutput":
            settings = mapping(argument)
            region = settings.get("Region") or ""
            for other in self.stacks.values():
                if other.stack_name == settings.get("StackName") and other.environment.endswith(text(region)):
                    yield other, mapping(other.outputs.get(text(settings.get("OutputName")))).get("Value")


def _placed(stack: StackTemplate, function: str, argument: Json) -> Json:
    name, attribute = next(named_by(function, argument), ("", ""))
    placed = name if not name or name.startswith("AWS::") else f"{stack.name}/{name}"
    return {"Ref": placed} if function == "Ref" else {"Fn::GetAtt": [placed, attribute]}
