"""The tables of docs/architecture.md, and the streams that carry the pipeline from step to step."""

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.keys import Keys
from infra.stage import Stage
from infra.table import Access, Table, text

NEW = dynamodb.StreamViewType.NEW_IMAGE
NEW_AND_OLD = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES


class Tables(Construct):
    def __init__(self, scope: Construct, id: str, *, stage: Stage, keys: Keys) -> None:
        super().__init__(scope, id)
        self.events = Table(
            self,
            "events",
            stage=stage,
            key=keys.events,
            partition="owner",
            sort="moment",
            stream=NEW,
            expires=True,
        )
        self.identities = Table(
            self,
            "identities",
            stage=stage,
            key=keys.profiles,
            partition="owner",
            sort="part",
            stream=NEW_AND_OLD,
            expires=True,
        )
        self.profiles = Table(
            self,
            "profiles",
            stage=stage,
            key=keys.profiles,
            partition="profile_id",
            stream=NEW_AND_OLD,
        )
        self.memberships = Table(
            self,
            "memberships",
            stage=stage,
            key=keys.profiles,
            partition="profile_id",
            sort="item",
            stream=NEW_AND_OLD,
            indexes=[_by_segment()],
            expires=True,
        )
        self.journeys = Table(
            self,
            "journeys",
            stage=stage,
            key=keys.profiles,
            partition="owner",
            sort="item",
            expires=True,
        )
        self.timers = Table(
            self,
            "timers",
            stage=stage,
            key=keys.profiles,
            partition="slot",
            sort="profile_id",
            expires=True,
        )
        # Seven days: how long a deleted key can still come back is how long an erasure takes.
        self.vault = Table(self, "vault", stage=stage, key=keys.vault, partition="owner", recovery_days=7)
        self.catalog = Table(self, "catalog", stage=stage, key=keys.profiles, partition="kind", sort="id")
        self.quarantine = Table(
            self,
            "quarantine",
            stage=stage,
            key=keys.events,
            partition="slot",
            sort="moment",
            expires=True,
        )
        self.tallies = Table(
            self,
            "tallies",
            stage=stage,
            key=keys.events,
            partition="slot",
            sort="part",
            stream=NEW,
            expires=True,
        )
        # Nothing ends it: who read whom is asked years later. Of people it holds hashes of identifiers only.
        self.audit = Table(self, "audit", stage=stage, key=keys.audit, partition="chain", sort="number")
        self.all = [
            self.events,
            self.identities,
            self.profiles,
            self.memberships,
            self.journeys,
            self.timers,
            self.vault,
            self.catalog,
            self.quarantine,
            self.tallies,
            self.audit,
        ]


def recording(tables: Tables) -> Access:
    """Say that a function may put rows behind the audit trail, and see which one is the last: it changes none."""
    return tables.audit.allow("PartiQLInsert", "Query")


def _by_segment() -> dynamodb.GlobalSecondaryIndexPropsV2:
    return dynamodb.GlobalSecondaryIndexPropsV2(
        index_name="by_segment",
        partition_key=text("segment_shard"),
        sort_key=text("profile_id"),
        projection_type=dynamodb.ProjectionType.KEYS_ONLY,
    )
