"""A workspace in memory with people in it, and the two APIs over it, asked as the gateway asks."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

from local.world.anchors import MemoryAnchors
from local.world.backfilling import Backfilling
from local.world.exporting import Exporting, MemoryFiles
from local.world.lake import MemoryLake
from local.world.world import World
from local.world.wrapping import PlainWrapper
from regulars.adapters.access import Access
from regulars.adapters.admin_api import AdminApi
from regulars.adapters.admin_routes import ADMIN_ROUTES
from regulars.adapters.audit_api import AuditApi
from regulars.adapters.audit_routes import AUDIT_ROUTES
from regulars.adapters.change_api import ChangeApi
from regulars.adapters.change_routes import CHANGE_ROUTES
from regulars.adapters.consent_routes import CONSENT_ROUTES
from regulars.adapters.export_api import ExportApi
from regulars.adapters.export_routes import EXPORT_ROUTES
from regulars.adapters.graph_routes import GRAPH_ROUTES
from regulars.adapters.http import Request, serve
from regulars.adapters.journey_api import JourneyApi
from regulars.adapters.journey_report_api import JourneyReportApi
from regulars.adapters.journey_report_routes import JOURNEY_REPORT_ROUTES
from regulars.adapters.journey_routes import JOURNEY_ROUTES
from regulars.adapters.legal_hold_routes import HELD_ROUTES, LEGAL_HOLD_ROUTES
from regulars.adapters.openapi import document
from regulars.adapters.parallel import Parallel
from regulars.adapters.preview_api import PreviewApi
from regulars.adapters.preview_routes import PREVIEW_ROUTES
from regulars.adapters.privacy_api import PrivacyApi
from regulars.adapters.privacy_routes import PRIVACY_ROUTES
from regulars.adapters.profile_api import ProfileApi
from regulars.adapters.profile_routes import PROFILE_ROUTES
from regulars.adapters.recording import Recorder
from regulars.adapters.routes import answer
from regulars.adapters.sealing import KmsSealer
from regulars.adapters.sent_routes import SENT_ROUTES
from regulars.adapters.template_preview_routes import TEMPLATE_PREVIEW_ROUTES
from regulars.adapters.unmerge_api import UnmergeApi
from regulars.adapters.unmerge_routes import UNMERGE_ROUTES
from regulars.adapters.why_routes import WHY_ROUTES
from regulars.domain.audit import FUNCTIONS, Deed, Row
from regulars.domain.calls import Delivery, read
from regulars.domain.events import Event
from regulars.domain.identifiers import Identifier, normalise, owner_key
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.sources import Source
from regulars.pipeline.admission import lay_out
from regulars.pipeline.anchoring import Anchored, Anchorer
from regulars.pipeline.audit import AuditTrail
from regulars.pipeline.rebuild_worker import RebuildWorker
from regulars.pipeline.sights import Sights
from regulars.pipeline.stamping import Stamps
from regulars.stores.audit import from_item as from_audit_item
from regulars.stores.events import from_item
from tests.stand_ins import Machines, Wanted

SECRET = bytes(range(64))
MANY = Parallel()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content: Any
    headers: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Workers of rebuilds that are done as soon as they are started."""

    world: World

    def start(self, id: str, segments: Sequence[int], *, name: str) -> None:
        """Work off segments of a rebuild."""
        del name
        worker = RebuildWorker(self.world.database, self.world.journal, self.world.clock)
        for segment in segments:
            worker.work(id, segment, has_time=lambda: True)


@dataclass(frozen=True, slots=True)
class Begun:
    """Workers of requests of persons that only say for which they were started."""

    workspace: "Workspace"

    def start(self, id: str, segments: Sequence[int], *, name: str) -> None:
        """Note a request."""
        del segments, name
        self.workspace.begun.append(id)


class Workspace:
    """Sends calls through the whole pipeline, and asks the APIs in a role."""

    def __init__(self) -> None:
        self.world = World()
        self.failures: list[Exception] = []
        self._minted = 0
        self.lake = MemoryLake()
        self.anchors = MemoryAnchors()
        self.files = MemoryFiles()
        self.begun: list[str] = []
        self.workers = Begun(self)
        self.machines, self.wanted = Machines(), Wanted()
        self.start()

    def start(self) -> None:
        """Start the functions, with nothing held in memory."""
        database = self.world.database
        self.sealer = KmsSealer(database, PlainWrapper())
        self.stamps = Stamps(database, self.world.clock)
        self._access = Access(lambda request: request.claims, Sights(database).of)
        self._recorders = {name: self._recorder(name) for name in FUNCTIONS}
        trail = AuditTrail(database, self.world.clock, lambda _tries: None, function="export", lane=0)
        self.exporting = Exporting(world=self.world, sealer=self.sealer, write=trail.write, files=self.files)
        self._profile_api = ProfileApi.over(
            database, self.sealer, MANY, self._recorders["profile_api"], self.world.clock
        )
        self._unmerge_api = UnmergeApi.over(database, self.sealer, MANY, self._recorders["unmerge"], self.world.clock)
        self._audit_api = AuditApi.over(
            database, self.sealer, MANY, self._recorders["audit_api"], lambda: self.anchors, self.world.clock
        )
        self._admin_api = AdminApi.over(
            database,
            self.sealer,
            MANY,
            clock=self.world.clock,
            random=self._random,
            document=document(),
            audit=self._recorders["admin_api"],
            journal=self.world.journal,
            workers=AtOnce(self.world),
            backfilling=Backfilling(self.world),
        )
        self._privacy_api = PrivacyApi.over(database, self.sealer, MANY, clock=self.world.clock, workers=self.workers)
        self._export_api = ExportApi.over(
            database,
            self.sealer,
            MANY,
            clock=self.world.clock,
            workers=self.exporting,
            files=self.exporting.files,
        )
        self._journey_api = JourneyApi.over(
            database,
            self.sealer,
            MANY,
            machines=self.machines,
            wanted=self.wanted,
            clock=self.world.clock,
            random=self._random,
            stage="test",
        )
        self._change_api = ChangeApi.over(
            database,
            self.sealer,
            MANY,
            self._recorders["change_profile"],
            clock=self.world.clock,
            journal=self.world.journal,
            random=self._random,
        )

    def send(self, *calls: dict[str, Any], source: str = "web") -> list[Event]:
        """Seal, store and apply calls, each a second after the one before."""
        events = []
        for call in calls:
            self.world.advance(self.world.clock.now + 1_000_000)
            made = read({"messageId": f"m-{self.world.clock.now}", **call}, delivery(self, source))
            self.sealer.prepare([made.event.owner])
            events.append(from_item(lay_out(made, self.sealer, self.stamps)))
            self.world.store(events[-1])
        self.world.settle()
        return events

    def owner(self, kind: str, value: str) -> str:
        """Name the owner of an identifier."""
        return owner_key(Identifier(kind, normalise(kind, value) or ""), self.sealer.hash_key)

    def get(self, path: str, role: str = "privacy", **query: str) -> Answer:
        """Read something."""
        return self.ask("GET", path, role, query=query)

    def put(self, path: str, body: object, role: str = "admin", **query: str) -> Answer:
        """Write something."""
        return self.ask("PUT", path, role, query=query, body=body)

    def take_apart(self, ref: str, *owners: str) -> None:
        """Take identifiers out of a profile."""
        path, body = f"/v1/profiles/{ref}/unmerge", {"identifiers": [f"p_{owner}" for owner in owners]}
        looked = self.ask("POST", path, body={**body, "preview": True})
        taken = self.ask("POST", path, body={**body, "version": looked.content["version"]})
        assert taken.status == 200, taken.text
        self.world.settle()

    def ask(
        self,
        method: str,
        path: str,
        role: str = "admin",
        *,
        query: dict[str, str] | None = None,
        body: object = None,
        headers: dict[str, str] | None = None,
        claims: dict[str, Any] | None = None,
    ) -> Answer:
        """Ask as the gateway does, for somebody in a role unless `claims` say who it is."""
        if claims is None:
            claims = {"token_use": "access", "sub": "s-1", "cognito:groups": f"[{role}]"}
        raw = body if isinstance(body, str) else json.dumps(body) if body is not None else None
        event = {
            "version": "2.0",
            "rawPath": path,
            "headers": headers or {},
            "queryStringParameters": query or None,
            "requestContext": {"http": {"method": method}, "authorizer": {"jwt": {"claims": claims}}},
            "body": raw,
        }
        response = serve(event, self.answer, self.failures.append)
        text = response["body"]
        return Answer(response["statusCode"], json.loads(text), response["headers"], text)

    def answer(self, request: Request) -> dict[str, Any]:
        if request.path.startswith("/v1/privacy"):
            privacy = (*PRIVACY_ROUTES, *LEGAL_HOLD_ROUTES)
            return answer(privacy, self._privacy_api, request, self._recorders["privacy_api"], self._access)
        if request.path.endswith(("/unmerge", "/release")) or "/held/" in request.path:
            return answer(UNMERGE_ROUTES, self._unmerge_api, request, self._recorders["unmerge"], self._access)
        if request.path in ("/v1/segments/preview", "/v1/segments/sql") or request.path.endswith("/report"):
            return self._answer_of_lake(request)
        if _changes_somebody(request):
            return answer(CHANGE_ROUTES, self._change_api, request, self._recorders["change_profile"], self._access)
        if _is_of_journeys(request):
            return answer(JOURNEY_ROUTES, self._journey_api, request, self._recorders["journey_api"], self._access)
        if request.path.startswith("/v1/profiles") or request.path.endswith("/preview"):
            routes = (
                *PROFILE_ROUTES,
                *GRAPH_ROUTES,
                *WHY_ROUTES,
                *CONSENT_ROUTES,
                *HELD_ROUTES,
                *SENT_ROUTES,
                *TEMPLATE_PREVIEW_ROUTES,
            )
            return answer(routes, self._profile_api, request, self._recorders["profile_api"], self._access)
        return self._answer_of_work(request)

    def _answer_of_work(self, request: Request) -> dict[str, Any]:
        """Answer about what is about nobody alone."""
        if request.path.startswith("/v1/audit"):
            return answer(AUDIT_ROUTES, self._audit_api, request, self._recorders["audit_api"], self._access)
        if request.path.startswith("/v1/exports"):
            return answer(EXPORT_ROUTES, self._export_api, request, self._recorders["export_api"], self._access)
        return answer(ADMIN_ROUTES, self._admin_api, request, self._recorders["admin_api"], self._access)

    def _answer_of_lake(self, request: Request) -> dict[str, Any]:
        recorder = self._recorders["preview_segment"]
        if request.path.startswith("/v1/journeys"):
            return answer(JOURNEY_REPORT_ROUTES, self._report_api, request, recorder, self._access)
        return answer(PREVIEW_ROUTES, self._preview_api, request, recorder, self._access)

    @cached_property
    def _preview_api(self) -> PreviewApi:
        folder = Path(mkdtemp())
        finalize(self, rmtree, folder)
        return PreviewApi.over(self.world.database, self.lake, folder, self.world.clock)

    @cached_property
    def _report_api(self) -> JourneyReportApi:
        folder = Path(mkdtemp())
        finalize(self, rmtree, folder)
        return JourneyReportApi.over(self.world.database, self.lake, folder, self.world.clock)

    @property
    def trail(self) -> list[Row]:
        """The rows of the audit trail: chain by chain, each in its order."""
        rows = (from_audit_item(item) for item in self.world.database.all("audit"))
        return sorted(rows, key=lambda row: row.place)

    @property
    def audited(self) -> list[tuple[str, str, str]]:
        """Who has opened personal fields by which route, and of whom, each once for a request."""
        opened = (row.deed for row in self.trail if row.deed.opened)
        return [(deed.who, deed.what, whom) for deed in opened for whom in deed.whom]

    def note(self, deed: Deed) -> None:
        """Write a row as the sign-in does."""
        AuditTrail(self.world.database, self.world.clock, lambda _tries: None, function="note_login", lane=0).write(
            deed
        )

    def anchor(self) -> Anchored:
        """Do what is done each hour."""
        return Anchorer(self.world.database, self.anchors, self.world.journal, self.world.clock).anchor()

    def _recorder(self, function: str) -> Recorder:
        trail = AuditTrail(self.world.database, self.world.clock, lambda _tries: None, function=function, lane=0)
        return Recorder(trail.write, lambda: self.sealer.hash_key, self.world.clock, self.world.journal)

    def _random(self) -> str:
        self._minted += 1
        return f"{self._minted:024d}"


def _changes_somebody(request: Request) -> bool:
    posts = ("/rebuild", "/consent", "/preference-link", "/inbox-token")
    is_post = request.method == "POST" and request.path.endswith(posts)
    changes = is_post or request.method == "PATCH" or request.path.endswith("/suppressions")
    return request.path.startswith("/v1/profiles") and changes


def _is_of_journeys(request: Request) -> bool:
    if request.path.startswith("/v1/profiles/"):
        return request.path.endswith("/journeys")
    is_draft = request.path.startswith("/v1/journeys/") and request.method in ("PUT", "DELETE")
    return request.path.startswith("/v1/journeys") and not is_draft


def delivery(workspace: Workspace, source: str = "web") -> Delivery:
    """A delivery at this very instant."""
    now, key = workspace.world.clock.now, workspace.sealer.hash_key
    defined = workspace.world.catalog.get("source", source)
    third_party = bool(defined and defined.content.get("third_party"))
    return Delivery(
        source=Source(id=source, name=source, third_party=third_party), received=now, rules=DEFAULT_RULES, hash_key=key
    )
