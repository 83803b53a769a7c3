"""Where the code of a wait is in an assembly."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...template.asset_files import code_asset
from ...template.cloud_assembly import AssemblyError, Json, Resource, StackTemplate, mapping, properties
from ...template.intrinsics import referred

_PARTS: Final = 3  # handler.entry.on_event: the folder, the file, the function


@dataclass(frozen=True, kw_only=True)
class CodeOfWait:
    """The code of a Lambda function behind a wait, and whether concurrency is reserved for it."""

    function: str
    reserved: bool
    folder: Path
    module: str
    name: str


def code_of_wait(stack: StackTemplate, wait: Resource) -> tuple[CodeOfWait, CodeOfWait]:
    """Return the code that starts a wait's request, and the code that is polled.

    Raises:
        AssemblyError: If it is not in the assembly, or is not this library's.
    """
    framework = stack.resources.get(referred(properties(wait).get("ServiceToken")) or "")
    if framework is None:
        raise AssemblyError(f"{wait.logical_id}: the function that answers it is not in this template")
    variables = mapping(mapping(properties(framework).get("Environment")).get("Variables"))
    on_event = _code(stack, wait, variables.get("USER_ON_EVENT_FUNCTION_ARN"))
    is_complete = _code(stack, wait, variables.get("USER_IS_COMPLETE_FUNCTION_ARN"))
    if on_event.folder != is_complete.folder:
        raise AssemblyError(f"{wait.logical_id}: its two handlers are not of one asset, as this library's are")
    return on_event, is_complete


def _code(stack: StackTemplate, wait: Resource, arn: Json) -> CodeOfWait:
    function = stack.resources.get(referred(arn) or "")
    if function is None:
        raise AssemblyError(f"{wait.logical_id}: its handlers are not functions of this template")
    module, _, name = str(properties(function).get("Handler")).rpartition(".")
    if len(module.split(".")) != _PARTS - 1:
        raise AssemblyError(f"{function.logical_id}: its handler {module}.{name} is not this library's")
    folder = code_asset(stack.assets, properties(function))
    if folder is None or not folder.is_dir():
        raise AssemblyError(f"{function.logical_id}: its code is not among the assembly's assets")
    reserved = bool(properties(function).get("ReservedConcurrentExecutions"))
    return CodeOfWait(function=function.logical_id, reserved=reserved, folder=folder, module=module, name=name)
