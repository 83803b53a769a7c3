"""Times the rehearsal of a good release with 10,000 and with 100,000 visitors, 20 requests each."""

import resource
import sys
import time

from prod_one_box.rehearsal.rehearse import rehearse
from prod_one_box.rehearsal.visitors.population import Population


def main(assembly: str) -> None:
    for rate in (500, 5000):
        visitors = Population(
            visits_per_minute=rate, pages_per_visit=1, assets_per_page=15, api_calls_per_page=4, returning=0
        )
        begin = time.perf_counter()
        figures = rehearse(assembly, visitors=visitors).figures
        seconds = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{figures.visitors:,} visitors, {figures.requests:,} requests: {seconds:.1f} s, up to {peak:.0f} MiB")


if __name__ == "__main__":
    main(sys.argv[1])
