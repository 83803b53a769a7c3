"""Hashed files that outlive their release."""

import re
from pathlib import Path
from typing import Final, cast

from aws_cdk import Annotations, CfnResource, CustomResource, Duration, RemovalPolicy, Size
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct, IConstruct

from ...errors import InvalidArgumentError, check_kind
from ...vocabulary import METADATA_KEY, ONE_BOX
from ..jsii_cache import path_in, path_of, remember_place, resource_of, stack_of
from ..nag import acknowledge, acknowledge_upload, when_nag_checks
from ..physical_name import name_in_account
from ..synth_check import check_at_synth
from .asset_folder import AssetFolder
from .sweeper_function import SweeperFunction

_PATTERN: Final = re.compile(r"/((?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)+)\*")
_LONGEST_PREFIX: Final = 100  # which CDK's bucket deployment puts into a tag
_LONGEST_NAME: Final = 64  # of an origin access control
_LISTED_FILES: Final = 3  # in a warning
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"


class RetainedAssets(Construct):
    """Scripts, styles and other hashed files of every release, served from S3 however many releases follow.

    A release uploads its files before its one-box serves pages that name them: give the construct to
    `OneBoxFrontend(after=[…])`. Nothing removes a file at the next release or during a rollback, so a tab that was
    opened before a release still finds its files afterwards. A daily sweep removes files that have not been in the
    template's release for `keep_for`; it never removes a file of that release, however old it is.

    CloudFront serves the files without edge functions: `additional_behaviors={assets.path: assets.behavior}`. On a site
    that has visitors already, add the behavior one release later than the construct: the pages that are served when the
    behavior is added must name files in the bucket. Every distribution of the account may read the files (CloudFront
    developer guide, "Restrict access to an Amazon S3 origin"): a permission for one distribution would come after its
    behavior, and make a circular dependency between two stacks.

    Not covered: files outside `directory`; pages, which the front end answers; and files without a hash in their
    names, which the next release overwrites. An alias that was moved by hand is not noticed: the files that it serves
    count as superseded.

    Attributes:
        path: The path pattern of the behavior.
        behavior: The behavior that serves the files.
        bucket: The bucket that holds them, private and versioned; it stays when the construct is removed.
        upload: CDK's deployment of the files into the bucket.
        sweeper: The function that removes superseded files.
    """

    path: str
    behavior: cloudfront.BehaviorOptions
    bucket: s3.Bucket
    upload: s3_deployment.BucketDeployment
    sweeper: lambda_.Function

    def __init__(
        self, scope: Construct, id: str, *, directory: str, path: str = "/assets/*", keep_for: Duration | None = None
    ) -> None:
        """Make the bucket, the upload and the sweeper.

        Args:
            scope: The scope, best the front end's stack.
            id: The id in the scope.
            directory: The local folder of this release's files: `x.js` in it is served as `/assets/x.js`.
            path: The path pattern under which they are served; default: `/assets/*`. Another path is another folder
                in the bucket, and the former one is no longer swept.
            keep_for: How long a file stays after a release without it, in whole days, at least one; default: 30 days,
                so that a tab may stay open for as long. The file is removed up to three days later.

        Raises:
            InvalidArgumentError: If `directory` has no files or more than can be uploaded, `path` is not a folder
                of the site, or `keep_for` is not a whole number of days.
            RuntimeError: At synth, if the stack has a `OneBoxFrontend`, and none waits for the files.
        """
        construct_path = path_in(scope, id)
        prefix = _key_prefix(path, path=construct_path)
        keep_days = _whole_days(Duration.days(30) if keep_for is None else keep_for, path=construct_path)
        folder = AssetFolder.read(directory, path=construct_path)
        super().__init__(scope, id)
        remember_place(scope, self, id)
        self.path = path
        self.bucket = self._build_bucket()
        self._allow_cloudfront(prefix)
        self.behavior = self._build_behavior()
        self.upload = self._build_upload(folder, prefix)
        self._cfn_upload = self._describe_upload()
        sweeper = SweeperFunction(
            self, "Sweeper", bucket=self.bucket, prefix=prefix, files=folder.files, keep_days=keep_days
        )
        self.sweeper = sweeper.function
        self._warn_about_names(folder)
        self._has_waiter = False
        check_at_synth(self, self._check_waiter)

    def upload_before(self, later: CfnResource) -> None:
        """Let a resource wait for the upload. `OneBoxFrontend(after=[…])` does it for the one-box.

        Args:
            later: The resource that needs the files, such as the alias of a function that serves pages.
        """
        later.add_resource_dependency(self._cfn_upload)
        self._has_waiter = True

    def _build_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            # A sweep deletes the versions that it has listed: a file uploaded meanwhile is another version.
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="OverwrittenByTheSameFile",
                    noncurrent_version_expiration=Duration.days(1),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )
        reason = "It holds what every visitor may read, and CloudFront's logs say who did."
        when_nag_checks(self, lambda: acknowledge(bucket, {"S1": reason}))
        return bucket

    def _allow_cloudfront(self, prefix: str) -> None:
        """CloudFront developer guide, "Restrict access to an Amazon S3 origin"."""
        distributions = stack_of(self).format_arn(
            service="cloudfront", region="", resource="distribution", resource_name="*"
        )
        for action, resource in (
            ("s3:GetObject", self.bucket.arn_for_objects(f"{prefix}*")),
            # S3 API reference, GetObject: without it the status of a missing file is 403 instead of 404.
            ("s3:ListBucket", self.bucket.bucket_arn),
        ):
            self.bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                    actions=[action],
                    resources=[resource],
                    conditions={"ArnLike": {"AWS:SourceArn": distributions}},
                )
            )

    def _build_behavior(self) -> cloudfront.BehaviorOptions:
        name = name_in_account(self, longest=_LONGEST_NAME)
        access = cloudfront.S3OriginAccessControl(self, "OriginAccessControl", origin_access_control_name=name)
        origin = origins.S3BucketOrigin.with_bucket_defaults(
            self.bucket, origin_access_control_id=access.origin_access_control_id
        )
        return cloudfront.BehaviorOptions(
            origin=origin,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            compress=True,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        )

    def _build_upload(self, folder: AssetFolder, prefix: str) -> s3_deployment.BucketDeployment:
        upload = s3_deployment.BucketDeployment(
            self,
            "Upload",
            # Absolute, because CDK's process has a working directory of its own.
            sources=[s3_deployment.Source.asset(str(Path(folder.directory).resolve()))],
            destination_bucket=self.bucket,
            destination_key_prefix=prefix,
            prune=False,
            retain_on_delete=True,
            cache_control=[s3_deployment.CacheControl.from_string(_FOR_A_YEAR)],
            # Room for large folders; unusual sizes also give this upload a function, and cdk-nag findings, of its own.
            memory_limit=1024,
            ephemeral_storage_size=Size.gibibytes(2),
        )
        when_nag_checks(self, lambda: acknowledge_upload(upload, self.bucket))
        return upload

    def _describe_upload(self) -> CfnResource:
        resource = next(each for each in self.upload.node.children if isinstance(each, CustomResource))
        cfn_upload = cast("CfnResource", resource_of(resource))
        cfn_upload.add_metadata(METADATA_KEY, {"RetainedAssets": {"Path": self.path}})
        return cfn_upload

    def _warn_about_names(self, folder: AssetFolder) -> None:
        found = folder.without_hash
        if found:
            files = ", ".join([*found[:_LISTED_FILES], "…"] if len(found) > _LISTED_FILES else found)
            Annotations.of(self).add_warning_v2(
                "prod-one-box:assetsWithoutHash",
                f"directory: the next release overwrites files without a hash in their names, and browsers keep "
                f"them for a year: {files}. Leave them out of {folder.directory}, or let the build add a hash.",
            )

    def _check_waiter(self) -> None:
        """Raise if no front end of the stack waits for the upload: visitors could ask for files too early."""
        if not self._has_waiter and any(map(_is_one_box, stack_of(self).node.find_all())):
            raise InvalidArgumentError(
                path=path_of(self),
                argument="directory",
                given="files for which no front end of this stack waits",
                allowed="files that are uploaded before the one-box serves pages that name them",
                remedy="Give this construct to OneBoxFrontend(after=[…]).",
            )


def _is_one_box(node: IConstruct) -> bool:
    metadata = node.get_metadata(METADATA_KEY) if isinstance(node, lambda_.CfnAlias) else None
    return isinstance(metadata, dict) and metadata.get("Phase") == ONE_BOX


def _key_prefix(pattern: str, *, path: str) -> str:
    """Return the prefix of the files' keys: CloudFront asks S3 for the whole path, without its first slash."""
    check_kind(pattern, str, path=path, argument="path", allowed="a path pattern such as '/assets/*', as a str")
    match = _PATTERN.fullmatch(pattern)
    if match is None or len(match[1]) > _LONGEST_PREFIX:
        raise InvalidArgumentError(
            path=path,
            argument="path",
            given=repr(pattern),
            allowed="'/' and folders and '/*', such as '/assets/*', "
            f"of letters, digits, _ . -, up to {_LONGEST_PREFIX} long",
            remedy="Everything under it is answered from the bucket: keep it apart from pages and from the API.",
        )
    return match[1]


def _whole_days(keep_for: Duration, *, path: str) -> int:
    allowed = "a Duration of whole days, one at least, known at synth"
    check_kind(keep_for, Duration, path=path, argument="keep_for", allowed=allowed)
    days = 0.0 if keep_for.is_unresolved() else keep_for.to_seconds(integral=False) / 86_400
    if days < 1 or days != int(days):
        given = "a token" if keep_for.is_unresolved() else f"{days:g} days"
        raise InvalidArgumentError(path=path, argument="keep_for", given=given, allowed=allowed)
    return int(days)
