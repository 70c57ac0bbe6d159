"""The routes of the audit trail."""

from collections.abc import Sequence

from regulars.adapters.audit_api import ANCHORS_AT_ONCE, LONGEST, AuditApi
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Parameter, Route
from regulars.domain.audit import KINDS

_TEXT = {"type": "string"}
_TIMES = (
    Parameter(
        name="from",
        description="an instant, or a day in UTC, such as 2026-11-21",
        schema=_TEXT,
        required=True,
    ),
    Parameter(
        name="to",
        description=f"another, at most {LONGEST} days later; it is no longer in it",
        schema=_TEXT,
        required=True,
    ),
)
AUDIT_ROUTES: Sequence[Route[AuditApi]] = (
    Route(
        name="search_audit",
        method="GET",
        path="/v1/audit",
        scope="audit:read",
        summary="Search the audit trail: who read, changed or took out what, of whom, and who signed in",
        description=(
            "Day by day, chain by chain, each chain in its order; a page may have fewer rows than `limit`, or none, "
            "before the end. Without a filter it is what a verification reads. Asking leaves a row itself."
        ),
        answer=AuditApi.search,
        audited="exports",
        returns="AuditPage",
        query=(
            *_TIMES,
            Parameter(name="who", description="the subject of a token", schema=_TEXT),
            Parameter(name="what", description="the name of a route, such as get_profile", schema=_TEXT),
            Parameter(name="kind", description="of the deed", schema={"enum": list(KINDS)}),
            Parameter(
                name="whom",
                description="a profile id, or an identifier as `kind:value`: all ids of that person are looked for",
                schema=_TEXT,
            ),
            Parameter(name="case", description="the case that was given in X-Case", schema=_TEXT),
            Parameter(name="outcome", description="begun, done, or the code of an error", schema=_TEXT),
            *PAGED,
        ),
    ),
    Route(
        name="list_anchors",
        method="GET",
        path="/v1/audit/anchors",
        scope="audit:read",
        summary="List the anchors of the audit trail: the heads of all chains, hour by hour, as they are locked away",
        description=f"At most {ANCHORS_AT_ONCE} at a time.",
        answer=AuditApi.list_anchors,
        audited="exports",
        returns="AnchorPage",
        query=(*_TIMES, *PAGED),
    ),
)
