"""A custom resource that waits for other resources of its stack comes after them.

CloudFormation works on all resources at once that do not depend on each other (CloudFormation template reference,
"DependsOn attribute"), and the gate before the edge rests on that: it answers once what its property `Awaited` names
exists. The emulator works on one resource at a time and would never come to it. So the gate finds everything there at
its first poll here.
"""

from ministack.services.cloudformation import engine


def close() -> None:
    original = engine._extract_deps

    def extract_deps(resource, names):
        awaited = (resource.get("Properties") or {}).get("Awaited") or {}
        return original(resource, names) | {each for listed in awaited.values() for each in listed} & names

    engine._extract_deps = extract_deps
