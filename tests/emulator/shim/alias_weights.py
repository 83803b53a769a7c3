"""An alias with weights sends some requests to its second version.

The emulator stores an alias's routing configuration and asks the first version alone. Lambda chooses by the weights
for each request (Lambda developer guide, "Implement Lambda canary deployments using a weighted alias"). Here it does so
for what asks a function by its ARN, such as an API or a function URL; the API's own Invoke is left as it is.
"""

import random

from ministack.services import lambda_svc


def close() -> None:
    record_of = lambda_svc._get_func_record_for_ref

    def record_of_drawn(reference):
        name, qualifier = lambda_svc._resolve_name_and_qualifier(reference)
        version = _drawn(lambda_svc._functions.get(name), qualifier)
        return record_of(f"{reference.rpartition(':')[0]}:{version}" if version else reference)

    lambda_svc._get_func_record_for_ref = record_of_drawn


def _drawn(function, qualifier):
    """The second version, as often as its weight says; None for the alias's first."""
    alias = (function or {}).get("aliases", {}).get(qualifier, {})
    drawn = random.random()
    for version, weight in ((alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}).items():
        if drawn < weight and version in function["versions"]:
            return version
        drawn -= weight
    return None
