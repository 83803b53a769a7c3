"""Finds the path under which a distribution serves the assets of every release from a bucket."""

from .distributions import Distribution
from .links import Links
from .template_parts import listing, mapping, properties


def retained_path(edge: Distribution, links: Links) -> str | None:
    """The path pattern of a behavior whose files outlive their release; None without one.

    A bucket's upload says under which path its files are served; it counts where the distribution has that path.
    """
    config = mapping(properties(edge.resource).get("DistributionConfig"))
    served = [mapping(each).get("PathPattern") for each in listing(config.get("CacheBehaviors"))]
    uploads = [each for stack in links.stacks.values() for each in stack.resources.values()]
    paths = [mapping(each.role.get("RetainedAssets")).get("Path") for each in uploads]
    return next((path for path in paths if isinstance(path, str) and path in served), None)
