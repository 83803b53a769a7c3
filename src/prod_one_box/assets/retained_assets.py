"""Hashed files that outlive their release."""

from pathlib import Path
from typing import Final, cast

from aws_cdk import Annotations, CfnResource, CustomResource, Duration, RemovalPolicy, Size
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

from .. import vocabulary
from ..findings import acknowledge
from ..made import made_in, path_in, resource_of, stack_of
from ..physical_name import name_in_account
from .asset_folder import AssetFolder
from .keep_for import keep_days
from .served_path import key_prefix
from .sweeper_function import SweeperFunction
from .upload_awaited import UploadAwaited
from .upload_findings import acknowledge_upload

_NAMED: Final = 3  # files in a warning
_LONGEST_NAME: Final = 64  # of an origin access control
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"


class RetainedAssets(Construct):
    """Scripts, styles and other hashed files of every release, served from S3 however many releases follow.

    A release uploads its files before its one-box serves pages that name them: give the construct to
    `OneBoxFrontend(after=[…])`. Nothing removes a file at the next release, nor on the way back, so a tab that was
    opened before a release still finds its files after it. A daily sweep removes those that the template's
    release has not had for `keep_for`; it never removes a file of that release, however old it is.

    CloudFront serves them without any edge function: `additional_behaviors={assets.path: assets.behavior}`. A site
    that has visitors already gets the behavior a release later than the construct: the pages that it serves when the
    behavior comes must name files of the bucket. Every distribution of the account may read them (CloudFront developer
    guide, "Restrict access to an Amazon S3 origin"): a permission for one would come after that distribution's
    behavior, and be a circle between two stacks.

    Not covered: files outside of `directory`; pages, which the front end answers; and files without a hash in their
    names, which the next release overwrites. An alias that was moved by hand is not seen: what it serves counts as
    superseded.

    Attributes:
        path: The path pattern of the behavior.
        behavior: The behavior that serves the files.
        bucket: The bucket that holds them, private and versioned; it stays when the construct is removed.
        upload: CDK's deployment of the files into the bucket.
        sweeper: The function that removes what was superseded.
    """

    path: str
    behavior: cloudfront.BehaviorOptions
    bucket: s3.Bucket
    upload: s3_deployment.BucketDeployment
    sweeper: lambda_.Function

    def __init__(
        self, scope: Construct, id: str, *, directory: str, path: str = "/assets/*", keep_for: Duration | None = None
    ) -> None:
        """Makes the bucket, the upload and the sweeper.

        Args:
            scope: Where it belongs: best the front end's stack.
            id: Its id there.
            directory: The local folder of this release's files: `x.js` in it is served as `/assets/x.js`.
            path: The path pattern under which they are served; default: `/assets/*`. Another path is another folder
                in the bucket, and what is in the former one is no longer swept.
            keep_for: How long a file stays after a release without it, a day at least, in whole days;
                default: 30 days, which means that a tab may stay open for as long. It goes up to three days later.

        Raises:
            InvalidArgumentError: If `directory` has no files or more than can be uploaded, `path` is no folder
                of the site, or `keep_for` is no number of days.
            RuntimeError: At synth, if the stack has a `OneBoxFrontend`, and none waits for the files.
        """
        where = path_in(scope, id)
        prefix = key_prefix(path, path=where)
        days = keep_days(Duration.days(30) if keep_for is None else keep_for, path=where)
        folder = AssetFolder.read(directory, path=where)
        super().__init__(scope, id)
        made_in(scope, self, id)
        self.path = path
        self.bucket = self._build_bucket()
        self._allow_cloudfront(prefix)
        self.behavior = self._build_behavior()
        self.upload = self._build_upload(folder, prefix)
        self._cfn_upload = self._describe(path)
        self._awaited = UploadAwaited(self, path=where)
        self.node.add_validation(self._awaited)
        sweeper = SweeperFunction(
            self, "Sweeper", bucket=self.bucket, prefix=prefix, files=folder.files, keep_days=days
        )
        self.sweeper = sweeper.function
        self._warn_of(folder)

    def upload_before(self, later: CfnResource) -> None:
        """Lets a resource wait for the files. `OneBoxFrontend(after=[…])` does it for the one-box.

        Args:
            later: What must find the files, such as the alias of a function that serves pages.
        """
        later.add_resource_dependency(self._cfn_upload)
        self._awaited.is_awaited = True

    def _build_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            # A sweep deletes the versions that it has seen: what a release uploads meanwhile is another version.
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
        acknowledge(bucket, {"S1": "It holds what every visitor may read, and CloudFront's logs say who did."})
        return bucket

    def _allow_cloudfront(self, prefix: str) -> None:
        """CloudFront developer guide, "Restrict access to an Amazon S3 origin"."""
        distributions = stack_of(self).format_arn(
            service="cloudfront", region="", resource="distribution", resource_name="*"
        )
        for action, resource in (
            ("s3:GetObject", self.bucket.arn_for_objects(f"{prefix}*")),
            # S3 API reference, GetObject: without it a file that is not there is 403 instead of 404.
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
            # CDK runs in a process with a working directory of its own: the folder listed must be the one uploaded.
            sources=[s3_deployment.Source.asset(str(Path(folder.directory).resolve()))],
            destination_bucket=self.bucket,
            destination_key_prefix=prefix,
            prune=False,
            retain_on_delete=True,
            cache_control=[s3_deployment.CacheControl.from_string(_FOR_A_YEAR)],
            # Room for large folders; and sizes that nobody else has make a function, and findings, of its own.
            memory_limit=1024,
            ephemeral_storage_size=Size.gibibytes(2),
        )
        acknowledge_upload(upload, self.bucket)
        return upload

    def _describe(self, path: str) -> CfnResource:
        resource = next(each for each in self.upload.node.children if isinstance(each, CustomResource))
        cfn_upload = cast("CfnResource", resource_of(resource))
        cfn_upload.add_metadata(vocabulary.METADATA_KEY, {"RetainedAssets": {"Path": path}})
        return cfn_upload

    def _warn_of(self, folder: AssetFolder) -> None:
        if folder.without_hash:
            first, more = folder.without_hash[:_NAMED], folder.without_hash[_NAMED:]
            named = ", ".join([*first, "…"] if more else first)
            Annotations.of(self).add_warning_v2(
                "prod-one-box:assetsWithoutHash",
                f"directory: the next release overwrites files without a hash in their names, and browsers keep "
                f"them for a year: {named}. Leave them out of {folder.directory}, or let the build add a hash.",
            )
