"""CloudFront Functions can choose an origin, and HTTP and REST APIs can be one.

The emulator's JavaScript has no module `cloudfront` (CloudFront developer guide, "Helper methods for origin
modification": `selectRequestOriginById`), and its data plane asks an `execute-api` origin over the network, where the
emulated API is not. An id that the distribution does not have answers 502 here; AWS documents nothing.
"""

import contextvars
import http.client
import re
from urllib.parse import parse_qs, unquote

from ministack import app
from ministack.core import cloudfront_js
from ministack.services import cloudfront

_API = re.compile(r"([a-z0-9]+)\.execute-api\.")
_EDITS = (
    (
        "const _ALLOWED_MODULES = { crypto,",
        "let chosen = null;\nconst _ALLOWED_MODULES = { cloudfront: "
        "{ selectRequestOriginById: (id) => { chosen = id; } }, crypto,",
    ),
    ("let value = entry.handler(event);", "chosen = null; let value = entry.handler(event);"),
    (
        'return { status: "ok", value: value === undefined ? null : value };',
        'if (chosen && value && typeof value === "object") value.__origin = chosen;\n'
        '    return { status: "ok", value: value === undefined ? null : value };',
    ),
)
_origins = contextvars.ContextVar("origins", default=None)
_chosen = contextvars.ContextVar("chosen", default=None)


def close() -> None:
    _offer_the_module()
    parse, run, fetch = (
        cloudfront.parse_distribution_dataplane_config,
        cloudfront._run_function,
        cloudfront._fetch_from_origin,
    )

    def parse_config(distribution):
        parsed = parse(distribution)
        _origins.set(parsed["origins"])
        _chosen.set(None)
        return parsed

    async def run_function(arn, event):
        result = await run(arn, event)
        if isinstance(result, dict) and "__origin" in result:
            _chosen.set(result.pop("__origin"))
        return result

    async def fetch_from_origin(origin, method, uri, query, headers, body, *rest):
        name = _chosen.get()
        if name and name not in _origins.get():
            return 502, "Bad Gateway", cloudfront._multidict_from_pairs([]), b"no such origin"
        origin = _origins.get()[name] if name else origin
        api = _API.match(origin["domain_name"])
        if not api:
            return await fetch(origin, method, uri, query, headers, body, *rest)
        sent = cloudfront._origin_request_headers(origin, headers, rest[1], rest[2])
        return await _ask_api(api[1], (origin.get("origin_path") or "") + uri, method, sent, body, query)

    cloudfront.parse_distribution_dataplane_config = parse_config
    cloudfront._run_function = run_function
    cloudfront._fetch_from_origin = fetch_from_origin


def _offer_the_module() -> None:
    pool = vars(cloudfront_js._pool)
    name = next(name for name, value in pool.items() if isinstance(value, str) and "sandboxRequire" in value)
    for text, replacement in _EDITS:
        if text not in pool[name]:
            raise RuntimeError(f"ministack's JavaScript worker has no line {text!r} any more")
        pool[name] = pool[name].replace(text, replacement)


async def _ask_api(api_id, path, method, headers, body, query):
    status, answered, content = await app._handle_execute_api_request(
        f"{api_id}.execute-api.localhost",
        unquote(path),
        method,
        {name.lower(): value for name, value in headers.items()},
        body,
        parse_qs(query, keep_blank_values=True),
        raw_query_string=query,
        raw_path=path,
    )
    pairs = answered.items() if isinstance(answered, dict) else answered
    listed = [(name, one) for name, value in pairs for one in (value if isinstance(value, list) else [value])]
    return status, http.client.responses.get(status, ""), cloudfront._multidict_from_pairs(listed), content
