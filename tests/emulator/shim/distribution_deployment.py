"""An update of a distribution takes a while, and ends when the requests before it are answered.

CloudFront propagates a change to its edge locations, and a distribution is in progress meanwhile (CloudFront developer
guide, "Update a distribution"); CloudFormation deletes what it has replaced or removed when all updates are complete
(CloudFormation user guide, "Stack status codes"). On the emulator all this happens at once: nobody would ask between
the update of a function and that of its distribution, and a request at hand would find its viewer-response function or
its origin deleted.
"""

import time
from itertools import count

from ministack.services import cloudfront
from ministack.services.cloudformation import provisioners, stacks

_TYPE = "AWS::CloudFront::Distribution"
_BEFORE_SECONDS = 1.5
_LONGEST_SECONDS = 30


def close() -> None:
    at_hand: set[int] = set()
    numbers = count()
    handle, in_thread = cloudfront.handle_viewer_request, stacks._runs_on_worker_thread
    update = provisioners._RESOURCE_HANDLERS[_TYPE]["update"]

    async def handle_viewer_request(*args, **named):
        number = next(numbers)
        at_hand.add(number)
        try:
            return await handle(*args, **named)
        finally:
            at_hand.discard(number)

    def update_distribution(*args):
        time.sleep(_BEFORE_SECONDS)
        answer = update(*args)
        before, until = set(at_hand), time.monotonic() + _LONGEST_SECONDS
        while before & at_hand and time.monotonic() < until:
            time.sleep(0.05)
        return answer

    cloudfront.handle_viewer_request = handle_viewer_request
    provisioners._RESOURCE_HANDLERS[_TYPE]["update"] = update_distribution
    stacks._runs_on_worker_thread = lambda resource_type: resource_type == _TYPE or in_thread(resource_type)
