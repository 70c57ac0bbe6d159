"""A person in every personal field of whom a canary sits, and all routes to look for them."""

from typing import Any

from local.world.world import START
from regulars.adapters.openapi import AREAS
from regulars.adapters.routes import Route
from regulars.domain.exports import Export, Part, Wish
from regulars.domain.legal_holds import LegalHold
from regulars.domain.lists import Upload
from regulars.domain.privacy_requests import Request
from regulars.errors import InvalidEventError
from regulars.pipeline.refusals import quarantine, refuse
from regulars.stores.exports import ExportStore
from regulars.stores.legal_holds import LegalHoldStore
from regulars.stores.lists import Head, ListStore
from regulars.stores.privacy_requests import RequestStore
from regulars.stores.quarantine import QuarantineStore
from regulars.stores.rebuilds import RebuildStore, Run
from tests.workspace import Answer, Workspace, delivery

KEYED = (
    "ingest",
    "preferences",
    "inbox_api",
    "serve_analytics",
)  # they take a write key, a token of ours, or nothing
ROUTES: list[Route[Any]] = [route for area, routes in AREAS.items() if area not in KEYED for route in routes]
GUARDED = [route for route in ROUTES if route.scope]
DEVICE = "anonymous_id:c4n4ry-device"
UPLOAD = Upload(list="web", at=START, mode="add", kind="email", by="s-1")
VALUES = {"ref": "user_id:c4n4ry-user", "id": "web", "print": "x", "upload": UPLOAD.id}
QUERY = {
    "list_quarantined": {"source": "web", "day": "2026-01-01"},
    "count_quarantined": {"source": "web", "from": "2026-01-01", "to": "2026-01-02"},
    "list_sizes": {"from": "2026-01-01", "to": "2026-01-02"},
    "list_violations": {"source": "web", "from": "2026-01-01", "to": "2026-01-02"},
    "list_refused": {"from": "2026-01-01", "to": "2026-01-02"},
    "search_audit": {"from": "2026-01-01", "to": "2026-01-02"},
    "list_anchors": {"from": "2026-01-01", "to": "2026-01-02"},
    "get_belonging": {"at": "2026-01-02T00:00:00Z"},
    "get_why": {"a": "user_id:c4n4ry-user", "b": DEVICE},
    "repair_quarantined": {"dry_run": "true"},
    "repair_all_quarantined": {"dry_run": "true"},
}
_SLOT = {"source": "web", "day": "2026-01-01"}
_REPAIR = {"set": {"event": "Mended"}}
BODIES: dict[str | None, object] = {
    "Lookup": {"kind": "email", "value": "c4n4ry@example.com"},
    "Edit": {"definition": {}},
    "KeyWish": {"label": "none"},
    "Rotation": {"label": "none"},
    "QuarantineEdit": {"repair": _REPAIR},
    "QuarantineRepair": {**_SLOT, "repair": _REPAIR},
    "QuarantineReplay": _SLOT,
    "Correction": {"traits": {"plan": "gold"}, "reason": "c4n4ry-free-text"},
    "DecisionWish": {
        "state": "granted",
        "purpose": "newsletter",
        "proof": "c4n4ry-free-text",
        "reason": "c4n4ry-free-text",
    },
    "PreferenceLinkWish": {"purpose": "newsletter"},
    "InboxTokenWish": {},
    "LiftWish": {"lift": "email"},
    "TemplatePreviewWish": {"profile": "user_id:c4n4ry-user"},
    "RebuildWish": {},
    "UploadWish": {"mode": "add", "kind": "user_id"},
    "UploadRows": {"rows": ["c4n4ry@example.com"]},
    "UploadEnd": {},
    "PrivacyWish": {"kind": "erasure"},
    "PrivacyIdentifiers": {"identifiers": []},
    "PrivacyProof": {"how": "document"},
    "PrivacyExtension": {"reason": "complexity"},
    "LegalHoldWish": {"reference": "case-7", "identifiers": ["user_id:somebody"]},
    "Certificate": {"signature": "none"},
    "ExportWish": {
        "segment": "web",
        "purpose": "newsletter",
        "traits": ["email", "phone", "firstName"],
        "reason": "letter",
    },
    "JourneyPublication": {"draft": 1},
    "JourneyEntry": {"profile": "user_id:c4n4ry-user", "properties": {"comment": "c4n4ry-free-text"}},
    "ExportApproval": {"print": "none"},
    "Unmerge": {"identifiers": [DEVICE], "preview": True},
    "Release": {"a": "user_id:c4n4ry-user", "b": DEVICE},
    "SegmentDraft": {"definition": {"where": {"event": "Feedback Given"}}},
    "SegmentQuestion": {"definition": {"where": {"event": "Feedback Given"}}},
}
EXPORT = Export(
    id="web",
    by="s-1",
    roles=("marketer",),
    wish=Wish(segment="web", reason="letter", purpose="newsletter", traits=("email",)),
    edition=0,
    definition=1,
    asked=START,
    expected=1,
    most=1,
    state="done",
    started=START,
    rows=1,
    file=Part(key="files/web", size=1, sha256="0" * 64),
    ended=START,
)
REFUSED = "web.2026-01-01.unknown_type.6d6cmgyvdhnuiwrm"
CANARIES = (
    "c4n4ry-user c4n4ry-device c4n4ry@example.com C4n4ry-First +49-c4n4ry c4n4ry-free-text 192.0.2.77 c4n4ry-agent"
    " c4n4ry-title c4n4ry=1 c4n4ry-refused"
).split()


def a_workspace_with_canaries() -> Workspace:
    """One person with a source, a segment, three events; a claim of somebody else to their address; a refused call."""
    workspace = Workspace()
    workspace.put("/v1/sources/web", {"definition": {"name": "Web"}})
    workspace.put("/v1/tracking-plan/web", {"definition": {"event": "Feedback Given"}})
    workspace.put("/v1/segments/web", {"definition": {"where": {"event": "Feedback Given"}}})
    workspace.put("/v1/lists/web", {"definition": {}})
    workspace.put("/v1/journeys/web", {"definition": {"enter": {"api": True}, "steps": [{"wait": "1 day"}]}})
    workspace.put("/v1/messaging", {"definition": {"holdout": 5}})
    workspace.put("/v1/templates/web", {"definition": {"channel": "sms", "text": "Hello {{traits.firstName}}"}})
    workspace.put("/v1/webhooks/web", {"definition": {"url": "https://api.shop.example/hook"}})
    workspace.put("/v1/consent", {"definition": {"purposes": {"newsletter": {}}}})
    ListStore(workspace.world.database).save(UPLOAD, Head(last=UPLOAD.at))
    url = "https://shop.example/p?c4n4ry=1"
    context = {
        "ip": "192.0.2.77",
        "userAgent": "c4n4ry-agent",
        "page": {"path": "/p", "title": "c4n4ry-title", "url": url, "search": "?c4n4ry=1"},
    }
    person = {"userId": "c4n4ry-user", "anonymousId": "c4n4ry-device", "context": context}
    feedback = {"comment": "c4n4ry-free-text", "sku": "s"}
    traits = {"email": "c4n4ry@example.com", "firstName": "C4n4ry-First", "phone": "+49-c4n4ry", "plan": "gold"}
    workspace.send(
        {"type": "track", "event": "Feedback Given", **person, "properties": feedback},
        {"type": "identify", **person, "traits": traits},
        {
            "type": "track",
            "event": "Viewed",
            "anonymousId": "c4n4ry-device",
            "properties": {"note": "c4n4ry-free-text"},
        },
        {"type": "identify", "userId": "somebody-else", "traits": {"email": "c4n4ry@example.com"}},
        {
            "type": "track",
            "event": "Consent Given",
            **person,
            "properties": {"purpose": "newsletter", "proof": "c4n4ry-free-text", "text": "v1"},
        },
    )
    RequestStore(workspace.world.database).save(Request(id="web", kind="erasure", by="s-1", received=START))
    ExportStore(workspace.world.database).save(EXPORT)
    LegalHoldStore(workspace.world.database).save(
        LegalHold(id="web", reference="case-7", by="s-1", placed=START, identifiers=1)
    )
    RebuildStore(workspace.world.database).put(Run(id="web", dry_run=False, segments=1, by="s-1", started=0))
    at = delivery(workspace)
    raw = {"type": "what", "userId": "c4n4ry-refused", "traits": traits, "context": context, "properties": feedback}
    refusal = refuse(raw, None, InvalidEventError("unknown_type", "no such type"), at)
    workspace.sealer.prepare([refusal.owner])
    row = quarantine(refusal, at, workspace.sealer, alone=True)
    assert row.id == REFUSED
    QuarantineStore(workspace.world.database).add(row)
    return workspace


def path_of(route: Route[Any]) -> str:
    """A path of the route, with values that exist."""
    path = route.path
    for name, value in VALUES.items() if "quarantine" not in path else [("id", REFUSED)]:
        path = path.replace(f"{{{name}}}", value)
    return path


def ask(workspace: Workspace, route: Route[Any], role: str = "admin", **changes: Any) -> Answer:
    """Ask as one would, changing nothing that stands."""
    asked = {"query": QUERY.get(route.name), "body": BODIES.get(route.body), **changes}
    if route.method == "DELETE":
        asked.setdefault("headers", {"if-match": "999"})
    return workspace.ask(route.method, path_of(route), role, **asked)
