"""A shop in the middle of a release: both partitions, their versions, their waits, their alarms.

The one-box goes from version 6 to 7, the regular partition from 11 to 12.
"""

from datetime import timedelta

from bake.fake_aws import FUNCTION, NOON, STACK, FakeAws
from bake.waiter import Waiter, request

ONE_BOX, REGULAR = "shop-one-box", "shop-regular"


def properties(release: str, **changed: object) -> dict:
    """What the construct puts into the custom resource; a None leaves one out."""
    usual = {
        "ReleaseId": f"OneBoxVersion{release}",
        "DurationSeconds": "600",
        "GraceSeconds": "120",
        "Alarms": [{"LogicalId": "Errors"}],
        "Baked": {"Alias": "OneBoxAlias", "Version": f"OneBoxVersion{release}"},
        "Contained": [
            {"Alias": "OneBoxAlias", "Version": f"OneBoxVersion{release}"},
            {"Alias": "RegularAlias", "Version": f"RegularVersion{release}"},
        ],
        "InsufficientData": "QUIET",
    }
    return {key: value for key, value in {**usual, **changed}.items() if value is not None}


class Shop:
    """The shop's AWS, and the requests that CloudFormation sends while it releases B over A."""

    def __init__(self) -> None:
        self.aws = FakeAws(now=NOON - timedelta(hours=2))
        self.pauses: list[float] = []
        for logical_id, physical_id in {
            "OneBoxVersionA": f"{FUNCTION}:{ONE_BOX}:6",
            "RegularVersionA": f"{FUNCTION}:{REGULAR}:11",
            "OneBoxAlias": f"{FUNCTION}:{ONE_BOX}:live",
            "RegularAlias": f"{FUNCTION}:{REGULAR}:live",
            "Errors": "shop-errors",
            "Preflight": "0f0f",
            "Wait": "1a2b",
        }.items():
            self.aws.put_resource(logical_id, "CREATE_COMPLETE", physical_id)
        self.aws.put_alias(ONE_BOX, 6)
        self.aws.put_alias(REGULAR, 11)
        self.aws.put_alarm("shop-errors", "OK")
        self.aws.now = NOON
        self.aws.put_stack(STACK, "UPDATE_IN_PROGRESS")

    def release_one_box(self) -> None:
        """CloudFormation makes the versions and switches the one-box, and visitors come."""
        self.aws.invoke(ONE_BOX, 100)
        self.aws.put_resource("OneBoxVersionB", "CREATE_COMPLETE", f"{FUNCTION}:{ONE_BOX}:7")
        self.aws.put_resource("RegularVersionB", "CREATE_COMPLETE", f"{FUNCTION}:{REGULAR}:12")
        self.aws.put_alias(ONE_BOX, 7)
        self.aws.put_resource("OneBoxAlias", "UPDATE_COMPLETE")

    def preflight(self, *, old: dict | None = None, **changed: object) -> Waiter:
        """CloudFormation asks the wait at the release's beginning."""
        plain = {"DurationSeconds": "0", "Baked": None}
        before = properties("A", **plain) if old is None else old
        self.aws.put_resource("Preflight", "UPDATE_IN_PROGRESS")
        new = properties("B", **{**plain, **changed})
        return Waiter(self.aws, request("Update", new=new, old=before, wait="Preflight"))

    def bake(self, *, old: dict | None = None, **changed: object) -> Waiter:
        """CloudFormation switches the one-box, then asks the wait after it."""
        self.release_one_box()
        return Waiter(self.aws, self.bake_request(old=old, **changed))

    def bake_request(self, *, old: dict | None = None, **changed: object) -> dict:
        self.aws.put_resource("Wait", "UPDATE_IN_PROGRESS")
        return request("Update", new=properties("B", **changed), old=properties("A") if old is None else old)

    def go_back(self, *, wait: str = "Wait", status: str = "UPDATE_ROLLBACK_IN_PROGRESS", **changed: object) -> Waiter:
        """CloudFormation rolls back and sends the reverse update."""
        self.aws.put_stack(STACK, status)
        self.aws.put_resource(wait, "UPDATE_IN_PROGRESS")
        reverse = request("Update", new=properties("A", **changed), old=properties("B", **changed), wait=wait)
        return Waiter(self.aws, reverse)

    @property
    def versions(self) -> tuple[str, str]:
        """What the one-box and the regular partition serve."""
        return self.aws.version_of(ONE_BOX), self.aws.version_of(REGULAR)
