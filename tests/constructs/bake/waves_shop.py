"""A shop with four partitions, in the middle of a release: each is switched and baked, then all are watched."""

from datetime import timedelta

from bake.fake_aws import FUNCTION, NOON, STACK, FakeAws
from bake.waiter import Waiter, request

PARTITIONS = {"one-box": 6, "wave-2": 21, "wave-3": 31, "regular": 11}
"""In release order, with the numbers of their present versions; the next are one higher."""

BOUNDS = {"one-box": "100", "wave-2": "500", "wave-3": "2000", "regular": "10000"}
MOST_VISITORS_FIRST = ["regular", "wave-3", "wave-2", "one-box"]
BAKES = {"Bake": "one-box", "BakeWave2": "wave-2", "BakeWave3": "wave-3"}
"""The partition that each bake follows."""

WAITS = ["Preflight", *BAKES, "Watch", "Split"]


def name_of(partition: str) -> str:
    """A partition in logical ids: OneBox, Wave2, Wave3, Regular."""
    return "".join(part.capitalize() for part in partition.split("-"))


def placed(partitions: list[str], release: str) -> list[dict[str, str]]:
    names = map(name_of, partitions)
    return [{"Alias": f"{name}Alias", "Version": f"{name}Version{release}"} for name in names]


def split(**changed: str | None) -> list[dict[str, str]]:
    """The shop's split; a name with underscores and a bound changes one, None removes it."""
    bounds = {**BOUNDS, **{name.replace("_", "-"): bound for name, bound in changed.items()}}
    return [
        {"Partition": name, "Bound": bound, "Function": f"{name_of(name)}Function"}
        for name, bound in sorted(bounds.items(), key=lambda each: int(each[1] or 0))
        if bound is not None
    ]


def versions(release: str, **changed: str) -> dict[str, str]:
    """The version of every alias whose change makes a release."""
    usual = {each["Alias"]: each["Version"] for each in placed([*PARTITIONS], release)}
    return {**usual, "BackendAlias": "BackendVersionA", **changed}


def properties(wait: str, release: str, **changed: object) -> dict:
    """What the constructs put into a wait; a None leaves one out."""
    baked = {"Watch": [*PARTITIONS], **{bake: [*PARTITIONS][: at + 1] for at, bake in enumerate(BAKES)}}.get(wait, [])
    usual = {
        "ReleaseId": f"{wait}-{release}",
        "DurationSeconds": "600" if baked else "0",
        "GraceSeconds": "120",
        "Alarms": [{"LogicalId": "Errors"}],
        "Baked": placed(baked, release) or None,
        "Contained": placed(MOST_VISITORS_FIRST, release),
        "InsufficientData": "QUIET",
        "Versions": versions(release),
        "StartedBy": "Preflight" if baked else None,
        "Wave": BAKES.get(wait),
        "Promotes": "false" if wait in ("Bake", "BakeWave2", "Watch") else None,
        "Split": split(),
    }
    return {key: value for key, value in {**usual, **changed}.items() if value is not None}


class WavesShop:
    """The shop's AWS, and the requests that CloudFormation sends while it releases B over A."""

    def __init__(self) -> None:
        self.aws = FakeAws(now=NOON - timedelta(hours=2))
        self.pauses: list[float] = []
        for partition, number in PARTITIONS.items():
            name, function = name_of(partition), f"{FUNCTION}:shop-{partition}"
            self.aws.put_resource(f"{name}VersionA", "CREATE_COMPLETE", f"{function}:{number}")
            self.aws.put_resource(f"{name}VersionB", "CREATE_COMPLETE", f"{function}:{number + 1}")
            self.aws.put_resource(f"{name}Alias", "CREATE_COMPLETE", f"{function}:live")
            self.aws.put_alias(f"shop-{partition}", number)
        for wait in WAITS:
            self.aws.put_resource(wait, "CREATE_COMPLETE", f"id-{wait}")
        self.aws.put_resource("Errors", "CREATE_COMPLETE", "shop-errors")
        self.aws.put_alarm("shop-errors", "OK")
        self.aws.now = NOON
        self.aws.put_stack(STACK, "UPDATE_IN_PROGRESS")

    def switch(self, *partitions: str) -> None:
        """CloudFormation switches partitions to B, and visitors come."""
        for partition in partitions:
            self.aws.put_alias(f"shop-{partition}", PARTITIONS[partition] + 1)
            self.aws.put_resource(f"{name_of(partition)}Alias", "UPDATE_COMPLETE")
            self.aws.invoke(f"shop-{partition}", 100)

    def switch_up_to(self, wait: str) -> None:
        self.switch(*[*PARTITIONS][: WAITS.index(wait)])

    def ask(self, wait: str, *, old: dict | None = None, **changed: object) -> Waiter:
        """CloudFormation asks a wait in the release of B."""
        self.aws.put_resource(wait, "UPDATE_IN_PROGRESS")
        before = properties(wait, "A") if old is None else old
        return Waiter(self.aws, request("Update", new=properties(wait, "B", **changed), old=before, wait=wait))

    def go_back(self, wait: str, *, status: str = "UPDATE_ROLLBACK_IN_PROGRESS", **changed: object) -> Waiter:
        """CloudFormation rolls back and sends a wait the reverse update."""
        self.aws.put_stack(STACK, status)
        self.aws.put_resource(wait, "UPDATE_IN_PROGRESS")
        new, old = properties(wait, "A", **changed), properties(wait, "B", **changed)
        return Waiter(self.aws, request("Update", new=new, old=old, wait=wait))

    @property
    def on_b(self) -> list[str]:
        """The partitions that serve B alone."""
        return [each for each, number in PARTITIONS.items() if self.aws.version_of(f"shop-{each}") == str(number + 1)]
