"""An alias with weights sends some requests to its second version.

The emulator stores an alias's routing configuration and invokes the first version alone. Lambda chooses by the weights
for each request (Lambda developer guide, "Implement Lambda canary deployments using a weighted alias").
"""

import random

from ministack.services import lambda_svc


def close() -> None:
    original = lambda_svc._effective_func_record_for_qualifier

    def record_of(function, qualifier):
        alias = (function or {}).get("aliases", {}).get(qualifier) if qualifier else None
        drawn = random.random()
        for version, weight in ((alias or {}).get("RoutingConfig") or {}).get("AdditionalVersionWeights", {}).items():
            if drawn < weight and version in function["versions"]:
                return function["versions"][version], function["versions"][version]["config"]
            drawn -= weight
        return original(function, qualifier)

    lambda_svc._effective_func_record_for_qualifier = record_of
