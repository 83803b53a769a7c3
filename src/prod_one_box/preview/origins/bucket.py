"""Buckets that are filled by deployments of files, such as CDK's bucket deployment."""

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
from ..served_site import Site

_DEPLOYMENT: Final = "Custom::CDKBucketDeployment"
_ABSENT: Final = {403: ("AccessDenied", "Access Denied"), 404: ("NoSuchKey", "The specified key does not exist.")}


class Buckets:
    """The files in a site's buckets. Each release adds its own; what the last one left stays unless it is pruned."""

    def __init__(self) -> None:
        """Begins with empty buckets."""
        self._files: dict[Place, dict[str, tuple[Path, Fields]]] = {}
        self._listed: set[Place] = set()

    def deploy(self, site: Site) -> None:
        """Puts the files of a site's deployments where they belong."""
        self._listed = set(_listed(site))
        for deployment in site.of_type(_DEPLOYMENT):
            said = site.properties(deployment)
            prefix = str(said.get("DestinationBucketKeyPrefix") or "").strip("/")
            head = f"{prefix}/" if prefix else ""
            fields = _metadata(mapping(said.get("SystemMetadata")))
            files = {f"{head}{name}": (path, fields) for name, path in _sources(site, said)}
            for bucket in site.led_to(deployment, said.get("DestinationBucketName")):
                kept = self._files.setdefault(bucket, {})
                if str(said.get("Prune", "true")).lower() == "true":
                    for name in [each for each in kept if each.startswith(head)]:
                        del kept[name]
                kept.update(files)

    def answer(self, bucket: Place, request: HttpRequest) -> HttpResponse:
        """Answers as S3 does: what is not there is forbidden to whoever may not list the bucket (GetObject)."""
        found = self._files.get(bucket, {}).get(unquote(request.path).removeprefix("/"))
        if request.method not in ("GET", "HEAD"):
            return _absent(403)
        if found is None:
            return _absent(404 if bucket in self._listed else 403)
        path, fields = found
        body = path.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "binary/octet-stream"
        tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        given = {"content-type": kind, "etag": f'"{tag}"', **dict(fields)}
        return HttpResponse(status=200, fields=tuple(given.items()), body=body)


def _absent(status: int) -> HttpResponse:
    code, text = _ABSENT[status]
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{text}</Message></Error>'
    return HttpResponse(status=status, fields=(("content-type", "application/xml"),), body=body.encode())


def _listed(site: Site) -> Iterator[Place]:
    """The buckets that CloudFront may list."""
    for policy in site.of_type("AWS::S3::BucketPolicy"):
        said = site.properties(policy)
        for statement in map(mapping, listing(mapping(said.get("PolicyDocument")).get("Statement"))):
            named = "cloudfront.amazonaws.com" in json.dumps(statement.get("Principal"))
            if named and "s3:ListBucket" in listing(statement.get("Action")):
                yield from site.led_to(policy, said.get("Bucket"))


def _metadata(metadata: Mapping[str, Json]) -> Fields:
    return tuple((name.lower(), str(value)) for name, value in metadata.items())


def _sources(site: Site, deployment: Mapping[str, Json]) -> Iterator[tuple[str, Path]]:
    for key in listing(deployment.get("SourceObjectKeys")):
        asset = asset_named(site.assets, key)
        if asset is None:
            continue
        folder = asset_folder(asset)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path
