"""What the comparison of a release finds, and how often it stops a good one, over simulated releases."""

from collections.abc import Mapping
from multiprocessing import Pool

from ..figures import Figures
from . import false_aborts, power


def measure(*, quick: bool) -> Mapping[str, Figures]:
    """Simulate."""
    found, good = (200, 200) if quick else (2_000, 10_000)
    with Pool() as pool:
        return {
            "power": power.independent(pool, found),
            "power-clusters": power.clustered(pool, found),
            "power-history": power.with_less_history(pool, found),
            **false_aborts.measure(pool, good),
        }
