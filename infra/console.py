"""What people and programs with a token use: profiles, read, corrected and taken apart, and the workspace's catalog."""

from aws_cdk import Duration, Size
from constructs import Construct

from infra.backfilling import Backfilling
from infra.data import Data
from infra.http_api import HttpApi
from infra.python_function import Ground, PythonFunction
from infra.rebuilding import Rebuilding
from infra.tables import recording

_CATALOG = (
    "segments",
    "computed-traits",
    "sources",
    "imports",
    "identity",
    "workspace",
    "teams",
    "retention",
    "rates",
    "lists",
    "tracking-plan",
    "templates",
    "webhooks",
)
_METHODS = ("GET", "POST", "PUT", "DELETE")
_MENDS = ("GET", "PUT", "POST")
_TIMEOUT = Duration.seconds(25)  # the API gives up at 30


class Console(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        ground: Ground,
        data: Data,
        api: HttpApi,
        rebuilding: Rebuilding,
        backfilling: Backfilling,
    ) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.profile_api = PythonFunction(
            self,
            "profile_api",
            ground=ground,
            timeout=_TIMEOUT,
            may=[
                tables.identities.allow("GetItem", "BatchGetItem", "Query"),
                tables.profiles.allow("GetItem", "BatchGetItem"),
                tables.memberships.allow("Query"),
                tables.journeys.allow("GetItem", "Query"),
                tables.events.allow("GetItem", "Query"),
                tables.vault.allow("GetItem"),
                tables.catalog.allow("GetItem", "Query"),
                data.buckets.large.allow("GetObject", under=["events"]),
                recording(tables),
            ],
            unwraps=data.keys.workspace,
        )
        api.guard(self.profile_api, "GET /v1/profiles/{proxy+}", "POST /v1/profiles/lookup")
        api.guard(self.profile_api, "POST /v1/templates/{id}/preview")
        self.unmerge = PythonFunction(
            self,
            "unmerge",
            ground=ground,
            timeout=_TIMEOUT,
            may=[
                tables.identities.allow("GetItem", "BatchGetItem", "Query", "PutItem"),
                tables.profiles.allow("GetItem", "BatchGetItem", "PutItem"),
                tables.memberships.allow("Query"),
                tables.events.allow("GetItem", "Query"),
                tables.vault.allow("GetItem"),
                # Of holds, which end with their row.
                tables.tallies.allow("GetItem", "DeleteItem"),
                tables.catalog.allow("GetItem", "Query"),
                data.buckets.large.allow("GetObject", under=["events"]),
                recording(tables),
            ],
            unwraps=data.keys.workspace,
        )
        api.guard(self.unmerge, "POST /v1/identity/held/{id}/heal", "DELETE /v1/identity/held/{id}")
        api.guard(self.unmerge, *(f"POST /v1/profiles/{{ref}}/{verb}" for verb in ("unmerge", "release")))
        self.change_profile = PythonFunction(
            self,
            "change_profile",
            ground=ground,
            carries=[ground.layers.plans],
            timeout=_TIMEOUT,
            may=[
                tables.identities.allow("GetItem", "BatchGetItem", "Query", "PutItem"),
                tables.profiles.allow("GetItem", "PutItem"),
                # A correction is an event of its own, and so is a decision on consent.
                tables.events.allow("GetItem", "Query", "PartiQLInsert"),
                tables.tallies.allow("GetItem", "PutItem"),
                tables.vault.allow("GetItem", "BatchGetItem", "PartiQLInsert"),
                tables.catalog.allow("GetItem", "Query"),
                tables.catalog.allow("PutItem", partitions=["privacy_request"]),  # which a correction meets
                tables.journeys.allow("GetItem", "Query", "DeleteItem"),  # addresses that get messages again
                data.buckets.large.allow("GetObject", under=["events"]),
                recording(tables),
            ],
            wraps=data.keys.workspace,
        )
        api.guard(self.change_profile, "PATCH /v1/profiles/{ref}/traits", "POST /v1/profiles/{ref}/rebuild")
        api.guard(self.change_profile, "POST /v1/profiles/{ref}/consent", "POST /v1/profiles/{ref}/preference-link")
        api.guard(self.change_profile, "POST /v1/profiles/{ref}/inbox-token")
        api.guard(self.change_profile, *(f"{verb} /v1/profiles/{{ref}}/suppressions" for verb in ("GET", "POST")))
        self.admin_api = PythonFunction(
            self,
            "admin_api",
            ground=ground,
            carries=[ground.layers.plans],
            timeout=_TIMEOUT,
            may=[
                tables.catalog.allow("GetItem", "Query", "PutItem", "DeleteItem"),
                tables.memberships.allow("GetItem", "Query"),
                tables.memberships.allow("Query", index="by_segment"),
                # It replays what was mended: a row is marked, and the event it becomes is inserted.
                tables.quarantine.allow("GetItem", "Query", "PutItem"),
                # Uploads of lists, and who is in one.
                tables.tallies.allow("GetItem", "BatchGetItem", "Query", "PutItem", "PartiQLInsert"),
                # Who of a list of members consents.
                tables.profiles.allow("BatchGetItem"),
                # Who of an upload is known already; and whether a segment can be live at once, with nobody there yet.
                tables.identities.allow("BatchGetItem", "Scan"),
                tables.events.allow("PartiQLInsert", "GetItem", "Query", "Scan"),
                data.buckets.large.allow("GetObject", under=["quarantine"]),
                data.buckets.large.allow("GetObject", "PutObject", under=["events"]),
                # For the owner of a mended event; and it signs cursors, in a new workspace as the first with the key.
                tables.vault.allow("GetItem", "BatchGetItem", "PartiQLInsert"),
                recording(tables),
            ],
            wraps=data.keys.workspace,
            starts=[rebuilding.machine, backfilling.machine],
        )
        self.preview_segment = PythonFunction(
            self,
            "preview_segment",
            ground=ground,
            carries=[ground.layers.lake],
            timeout=_TIMEOUT,
            memory=3_008,
            disk=Size.gibibytes(2),
            may=[
                tables.catalog.allow("GetItem", "Query"),
                data.buckets.lake.listing(),
                data.buckets.lake.allow("GetObject", under=["events", "identity"]),
                recording(tables),
            ],
        )
        api.guard(self.preview_segment, "POST /v1/segments/preview", "POST /v1/segments/sql")
        api.guard(self.preview_segment, "GET /v1/journeys/{id}/report")
        api.open(
            self.admin_api, "GET /v1/openapi.json", because="It describes the API and holds nothing of a workspace."
        )
        self.admin_api.add_environment("SIGN_IN_CLIENT", data.people.client.user_pool_client_id)
        api.open(self.admin_api, "GET /v1/sign-in", because="Who is to sign in has to know where.")
        api.guard(self.admin_api, "GET /v1/quarantine", *(f"{method} /v1/quarantine/{{proxy+}}" for method in _MENDS))
        api.guard(self.admin_api, "GET /v1/consent", "PUT /v1/consent", "GET /v1/messaging", "PUT /v1/messaging")
        # Who publishes them, and what becomes of who is on the way, is answered by `journey_api`.
        api.guard(self.admin_api, "PUT /v1/journeys/{id}", "DELETE /v1/journeys/{id}")
        api.guard(self.admin_api, "GET /v1/rebuilds", "POST /v1/rebuilds", "GET /v1/rebuilds/{id}")
        for noun in _CATALOG:
            for method in _METHODS:
                api.guard(self.admin_api, f"{method} /v1/{noun}", f"{method} /v1/{noun}/{{proxy+}}")
