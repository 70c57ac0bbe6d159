"""The audit trail: its heads are locked away each hour, sign-ins are written down, and the privacy officer reads it."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.buckets import ANCHORS
from infra.data import Data
from infra.http_api import HttpApi
from infra.python_function import Ground, PythonFunction
from infra.queue import DeadLetters
from infra.tables import recording
from infra.waking import each_hour


class Auditing(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, api: HttpApi) -> None:
        super().__init__(scope, id)
        tables, anchors = data.tables, data.buckets.anchors
        self.audit_api = PythonFunction(
            self,
            "audit_api",
            ground=ground,
            timeout=Duration.seconds(25),  # the API gives up at 30
            may=[
                recording(tables),
                anchors.listing(),
                anchors.allow("GetObject", under=[ANCHORS]),
                # Whom rows are looked for: a person has several ids.
                tables.identities.allow("GetItem", "Query"),
                tables.profiles.allow("GetItem"),
                tables.events.allow("Query"),
                data.buckets.large.allow("GetObject", under=["events"]),
                tables.vault.allow("GetItem"),
            ],
            unwraps=data.keys.workspace,
        )
        api.guard(self.audit_api, "GET /v1/audit", "GET /v1/audit/{proxy+}")
        self.unanchored = DeadLetters(self, "anchor_audit_dead", key=ground.key)
        self.anchor_audit = PythonFunction(
            self,
            "anchor_audit",
            ground=ground,
            timeout=Duration.minutes(15),
            may=[
                tables.audit.allow("Query"),
                anchors.listing(),
                anchors.allow("GetObject", "PutObject", under=[ANCHORS]),
            ],
            dead_letters=self.unanchored,
        )
        each_hour(self, self.anchor_audit, self.unanchored)  # it goes on from the last anchor
        self.note_login = PythonFunction(
            self,
            "note_login",
            ground=ground,
            timeout=Duration.seconds(5),  # the sign-in waits no longer
            physical_name=data.people.note_login,
            may=[recording(tables)],
        )
        self.note_login.add_permission(
            "sign_in",
            principal=iam.ServicePrincipal("cognito-idp.amazonaws.com"),
            source_arn=data.people.pool.user_pool_arn,
        )
