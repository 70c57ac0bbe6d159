"""The buckets: the lake and what was asked of it, exports, what is too large elsewhere, given up records, anchors."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.keys import Keys
from infra.objects import Listing, ObjectAccess
from infra.stage import Stage

GIVEN_UP = "given_up"  # under which requests to the bucket of failures are counted
ANCHORS = "anchors"  # the folder of what locks the audit trail
LEDGER = "ledger"  # the folder of the copies of the erasure ledger, beside it


class Bucket(s3.Bucket):
    """A private bucket that speaks TLS only."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        keys: Keys,
        lifecycle_rules: list[s3.LifecycleRule] | None = None,
        locked: Duration | None = None,
        reads: "Bucket | None" = None,
        is_log: bool = False,
    ) -> None:
        # What is locked must not be lost with a key, and S3 writes its logs with no other; both tell of no customer.
        plain = bool(locked) or is_log
        super().__init__(
            scope,
            name,
            encryption=s3.BucketEncryption.S3_MANAGED if plain else s3.BucketEncryption.KMS,
            encryption_key=None if plain else keys.events,
            bucket_key_enabled=not plain,
            versioned=bool(locked),
            object_lock_enabled=True if locked else None,
            object_lock_default_retention=s3.ObjectLockRetention.compliance(locked) if locked else None,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=lifecycle_rules,
            server_access_logs_bucket=reads,
            server_access_logs_prefix=f"{name}/" if reads else None,
            removal_policy=stage.removal_policy,
        )
        if reads is None:
            acknowledge(
                self,
                "S1",
                because="Only our own functions reach this bucket; who wants a record of each read turns on the data "
                "events of CloudTrail for the account, which one stack should not decide.",
            )

    def keep_everything(self) -> None:
        """Refuse everybody to remove or hide anything, after its lock has ended too."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"],
                resources=[self.bucket_arn, self.arn_for_objects("*")],
            )
        )

    def allow(self, *actions: str, under: Sequence[str]) -> ObjectAccess:
        """Say what a function may do with the objects whose keys begin so."""
        return ObjectAccess(bucket=self, actions=actions, under=under)

    def listing(self) -> Listing:
        """Say that a function may see which objects there are."""
        return Listing(bucket=self)


class Buckets(Construct):
    def __init__(self, scope: Construct, id: str, *, stage: Stage, keys: Keys) -> None:
        super().__init__(scope, id)
        # People ask the lake with credentials of the account, past our functions and their audit trail.
        looked_back = s3.LifecycleRule(expiration=Duration.days(400))
        self.reads = Bucket(self, "reads", stage=stage, keys=keys, lifecycle_rules=[looked_back], is_log=True)
        self.lake = Bucket(self, "lake", stage=stage, keys=keys, reads=self.reads)
        # An answer can be had again, and holds whatever was asked for.
        answered = s3.LifecycleRule(expiration=Duration.days(7))
        self.answers = Bucket(self, "answers", stage=stage, keys=keys, lifecycle_rules=[answered])
        # A file of an export can be taken for a day, and made again.
        taken = s3.LifecycleRule(expiration=Duration.days(1), abort_incomplete_multipart_upload_after=Duration.days(1))
        self.exports = Bucket(self, "exports", stage=stage, keys=keys, lifecycle_rules=[taken])
        # A queue keeps its messages for fourteen days, the quarantine its rows for thirty.
        waiting = s3.LifecycleRule(prefix="overflow/", expiration=Duration.days(15))
        refused = s3.LifecycleRule(prefix="quarantine/", expiration=Duration.days(31))
        self.large = Bucket(self, "large", stage=stage, keys=keys, lifecycle_rules=[waiting, refused])
        # As long as backups live: what nobody redrove by then is refolded from the events table.
        expiry = s3.LifecycleRule(expiration=Duration.days(30))
        self.failures = Bucket(self, "failures", stage=stage, keys=keys, lifecycle_rules=[expiry])
        self.failures.add_metric(id=GIVEN_UP)
        # Nobody, not the owner of the account either, removes an anchor of the audit trail before its time.
        self.anchors = Bucket(self, ANCHORS, stage=stage, keys=keys, locked=Duration.days(stage.anchor_days))
        self.anchors.keep_everything()
