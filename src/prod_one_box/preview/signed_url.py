"""What a function URL with IAM authorization refuses.

CloudFront developer guide, 'Restrict access to an AWS Lambda function URL origin': whoever sends a PUT or a POST must
send the SHA-256 of its body in `x-amz-content-sha256`, since Lambda takes no unsigned payloads.
"""

import hashlib
from typing import Final

from ..assembly.http_message import HttpRequest, HttpResponse
from .cache import OriginAnswer
from .origin import FUNCTION_URL, Origin
from .site import Site

_FORBIDDEN: Final = 403
_HASHED: Final = frozenset({"POST", "PUT"})
_HEADER: Final = "x-amz-content-sha256"


def refused_by_url(site: Site, origin: Origin, request: HttpRequest) -> OriginAnswer | None:
    """Answer for a function URL that does not accept a request's signature; None if it does.

    Args:
        site: The site whose distribution stands.
        origin: Where the request goes.
        request: The viewer's request.
    """
    urls = [place for place in origin.places[:1] if site.links.resource(place).type == FUNCTION_URL]
    if not any(site.properties(url).get("AuthType") == "AWS_IAM" for url in urls):
        return None
    if not origin.signs:
        return _refusal(f"{origin.name} has AuthType AWS_IAM, and its origin has no origin access control that signs.")
    if request.method not in _HASHED:
        return None
    given = request.values(_HEADER)
    if not given:
        return _refusal(f"{origin.name} is signed: a {request.method} needs {_HEADER}, the SHA-256 of its body.")
    if given != [hashlib.sha256(request.body).hexdigest()]:
        return _refusal(f"{origin.name} is signed: {_HEADER} is not the SHA-256 of the body, in lower-case digits.")
    return None


def _refusal(text: str) -> OriginAnswer:
    fields = (("content-type", "text/plain; charset=utf-8"),)
    return OriginAnswer(
        response=HttpResponse(status=_FORBIDDEN, fields=fields, body=f"{text}\n".encode()), status=_FORBIDDEN
    )
