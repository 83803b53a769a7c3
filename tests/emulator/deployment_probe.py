"""What becomes of a request at hand when a stack replaces the functions of its distribution."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from emulator.aws import Aws
from emulator.stack_probes import becomes, make_stack, status_of, update_stack

_SLOW_SECONDS = 2
_RESPONSE = "function handler(event) { event.response.headers.seen = { value: '%s' }; return event.response; }"


class _SlowPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        time.sleep(_SLOW_SECONDS)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def a_request_at_hand_is_served_while_its_functions_are_replaced(aws: Aws) -> bool:
    with _slow_origin() as port, ThreadPoolExecutor(1) as beside:
        make_stack(aws, "Replacing", _resources(port, "before"))
        asked = beside.submit(aws.ask, _domain_of(aws, "Replacing"), "/")
        time.sleep(_SLOW_SECONDS / 4)
        update_stack(aws, "Replacing", _resources(port, "after"))
        answer = asked.result()
    assert becomes(lambda: status_of(aws, "Replacing") == "UPDATE_COMPLETE")
    return answer.status == 200


@contextmanager
def _slow_origin() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _SlowPage)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _resources(port: int, name: str) -> dict[str, object]:
    function = {
        "Name": name,
        "AutoPublish": True,
        "FunctionCode": _RESPONSE % name,
        "FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"},
    }
    custom = {"HTTPPort": port, "OriginProtocolPolicy": "http-only"}
    behavior = {
        "TargetOriginId": "page",
        "ViewerProtocolPolicy": "allow-all",
        "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # CachingDisabled
        "FunctionAssociations": [
            {"EventType": "viewer-response", "FunctionARN": {"Fn::GetAtt": ["Function", "FunctionARN"]}}
        ],
    }
    config = {
        "Enabled": True,
        "Origins": [{"Id": "page", "DomainName": "127.0.0.1", "CustomOriginConfig": custom}],
        "DefaultCacheBehavior": behavior,
    }
    return {
        "Function": {"Type": "AWS::CloudFront::Function", "Properties": function},
        "Site": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}},
    }


def _domain_of(aws: Aws, stack: str) -> str:
    found = aws.cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="Site")
    id = found["StackResourceDetail"]["PhysicalResourceId"]
    return str(aws.client("cloudfront").get_distribution(Id=id)["Distribution"]["DomainName"])
