"""The encryption keys: one for each class of data, so that none opens another's."""

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.stage import Stage


class Key(kms.Key):
    """A customer-managed key, turned once a year."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage, purpose: str) -> None:
        super().__init__(
            scope,
            name,
            description=f"regulars {stage.name}: {purpose}",
            enable_key_rotation=True,
            pending_window=Duration.days(30 if stage.is_kept else 7),
            removal_policy=stage.removal_policy,
        )


class Keys(Construct):
    def __init__(self, scope: Construct, id: str, *, stage: Stage) -> None:
        super().__init__(scope, id)
        self.events = Key(self, "events", stage=stage, purpose="events as they arrived")
        self.profiles = Key(self, "profiles", stage=stage, purpose="what follows from events")
        self.vault = Key(self, "vault", stage=stage, purpose="the data keys of people, at rest")
        self.audit = Key(self, "audit", stage=stage, purpose="the audit trail, at rest")
        self.workspace = Key(self, "workspace", stage=stage, purpose="wraps the workspace key")
