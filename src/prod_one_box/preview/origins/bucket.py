"""Buckets whose files come from deployments such as CDK's bucket deployment."""

import hashlib
import json
import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from ...http_message import Fields, HttpRequest, HttpResponse
from ...template.asset_files import asset_folder, asset_named
from ...template.cloud_assembly import Json, listing, mapping
from ...template.links import Place
from ..site.site import ServedSite

_DEPLOYMENT: Final = "Custom::CDKBucketDeployment"
_ERRORS: Final = {403: ("AccessDenied", "Access Denied"), 404: ("NoSuchKey", "The specified key does not exist.")}


class Buckets:
    """The files in a site's buckets. A release adds its own; earlier files stay unless the deployment prunes them."""

    def __init__(self) -> None:
        """Start with empty buckets."""
        self._files: dict[Place, dict[str, tuple[Path, Fields]]] = {}
        self._listable: set[Place] = set()

    def deploy(self, site: ServedSite) -> None:
        """Put the files of a site's deployments into their buckets."""
        self._listable = set(_listable(site))
        for deployment in site.of_type(_DEPLOYMENT):
            config = site.properties(deployment)
            prefix = str(config.get("DestinationBucketKeyPrefix") or "").strip("/")
            head = f"{prefix}/" if prefix else ""
            metadata = mapping(config.get("SystemMetadata"))
            fields = tuple((name.lower(), str(value)) for name, value in metadata.items())
            files = {f"{head}{name}": (path, fields) for name, path in _sources(site, config)}
            for bucket in site.led_to(deployment, config.get("DestinationBucketName")):
                stored = self._files.setdefault(bucket, {})
                if str(config.get("Prune", "true")).lower() == "true":
                    for name in [each for each in stored if each.startswith(head)]:
                        del stored[name]
                stored.update(files)

    def answer(self, bucket: Place, request: HttpRequest) -> HttpResponse:
        """Answer as S3 does: a missing file is a 403 unless CloudFront may list the bucket (GetObject)."""
        found = self._files.get(bucket, {}).get(unquote(request.path).removeprefix("/"))
        if request.method not in ("GET", "HEAD"):
            return _error(403)
        if found is None:
            return _error(404 if bucket in self._listable else 403)
        path, fields = found
        body = path.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "binary/octet-stream"
        tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        headers = {"content-type": kind, "etag": f'"{tag}"', **dict(fields)}
        return HttpResponse(status=200, fields=tuple(headers.items()), body=body)


def _error(status: int) -> HttpResponse:
    code, text = _ERRORS[status]
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{text}</Message></Error>'
    return HttpResponse(status=status, fields=(("content-type", "application/xml"),), body=body.encode())


def _listable(site: ServedSite) -> Iterator[Place]:
    """Yield the buckets that CloudFront may list."""
    for policy in site.of_type("AWS::S3::BucketPolicy"):
        config = site.properties(policy)
        for statement in map(mapping, listing(mapping(config.get("PolicyDocument")).get("Statement"))):
            cloudfront = "cloudfront.amazonaws.com" in json.dumps(statement.get("Principal"))
            if cloudfront and "s3:ListBucket" in listing(statement.get("Action")):
                yield from site.led_to(policy, config.get("Bucket"))


def _sources(site: ServedSite, deployment: Mapping[str, Json]) -> Iterator[tuple[str, Path]]:
    """Yield the files that a deployment copies, by their path in its sources."""
    for key in listing(deployment.get("SourceObjectKeys")):
        asset = asset_named(site.assets, key)
        if asset is None:
            continue
        folder = asset_folder(asset)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path
