"""The routes of requests of persons, and of the register."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from regulars.adapters.pages import PAGED
from regulars.adapters.privacy_api import PrivacyApi
from regulars.adapters.recording import Leaves
from regulars.adapters.routes import Call, Parameter, Route
from regulars.domain.roles import Scope

_REQUESTS = "/v1/privacy/requests"
_ONE = f"{_REQUESTS}/{{id}}"
_OVERDUE = Parameter(
    name="overdue",
    description="only those that are open, and whose time is over",
    schema={"type": "boolean", "default": False},
)
_Answer = Callable[[PrivacyApi, Call], Mapping[str, Any]]


def _route(
    method: str,
    path: str,
    scope: Scope,
    name: str,
    summary: str,
    answer: _Answer,
    *,
    returns: str = "PrivacyRequest",
    description: str = "",
    query: Sequence[Parameter] = (),
    body: str | None = None,
    audited: Leaves | None = None,
) -> Route[PrivacyApi]:
    return Route(
        name=name,
        method=method,
        path=path,
        scope=scope,
        summary=summary,
        description=description,
        answer=answer,
        returns=returns,
        query=query,
        body=body,
        audited=audited,
    )


PRIVACY_ROUTES: Sequence[Route[PrivacyApi]] = (
    _route(
        "GET",
        "/v1/privacy/register",
        "privacy:read",
        "get_register",
        "Read where data of persons lies: what, why, how long, who receives it, and what an erasure does there",
        PrivacyApi.get_register,
        returns="Register",
    ),
    _route(
        "GET",
        "/v1/privacy/retention",
        "privacy:read",
        "get_kept",
        "Read for how long what is kept in this workspace, and when the last sweep ended",
        PrivacyApi.get_retention,
        returns="Kept",
    ),
    _route(
        "GET",
        _REQUESTS,
        "privacy:read",
        "list_privacy_requests",
        "List requests of persons, newest first",
        PrivacyApi.list_requests,
        returns="PrivacyRequestPage",
        query=(*PAGED, _OVERDUE),
    ),
    _route(
        "POST",
        _REQUESTS,
        "privacy:write",
        "begin_privacy_request",
        "Take a request of a person, or of many",
        PrivacyApi.begin,
        description=(
            "Of an identifier its keyed hash is kept, and nothing else. Nothing happens before the request is "
            "verified; until then identifiers may be added, 100,000 in all. An opt-out needs no proof, and begins as "
            "soon as it names somebody; of more than a thousand, take it for nobody, add them, and verify it."
        ),
        body="PrivacyWish",
    ),
    _route(
        "GET",
        _ONE,
        "privacy:read",
        "get_privacy_request",
        "Read how far a request is, and by when it is due",
        PrivacyApi.get_request,
    ),
    _route(
        "POST",
        f"{_ONE}/identifiers",
        "privacy:write",
        "add_privacy_identifiers",
        "Add identifiers to a request that is not verified yet",
        PrivacyApi.add,
        description="A thousand at a time; what was added before changes nothing.",
        body="PrivacyIdentifiers",
    ),
    _route(
        "POST",
        f"{_ONE}/verify",
        "privacy:erase",
        "verify_privacy_request",
        "Confirm that whoever asks is who they say, and begin",
        PrivacyApi.verify,
        description="An erasure cannot be undone from here on: the keys of the person go first.",
        body="PrivacyProof",
    ),
    _route(
        "POST",
        f"{_ONE}/extend",
        "privacy:write",
        "extend_privacy_request",
        "Make the time of a request longer, and say why",
        PrivacyApi.extend,
        description=(
            "Once, before its time is over: two further months (GDPR, article 12(3)), or 45 days (CCPA). Tell whoever "
            "asked, with the reason, before that: the platform does not write to them. An opt-out has no extension."
        ),
        body="PrivacyExtension",
    ),
    _route(
        "POST",
        f"{_ONE}/cancel",
        "privacy:write",
        "cancel_privacy_request",
        "Take back a request that has not begun",
        PrivacyApi.cancel,
    ),
    _route(
        "GET",
        f"{_ONE}/profiles",
        "privacy:read",
        "list_privacy_profiles",
        "List the profiles that a verified request for access or portability is about",
        PrivacyApi.list_profiles,
        returns="PrivacyProfilePage",
        description="`regulars privacy export` reads all that is kept of them over the routes of profiles.",
        query=PAGED,
    ),
    _route(
        "POST",
        f"{_ONE}/complete",
        "privacy:write",
        "complete_privacy_request",
        "Note that whoever asked for access or portability was given their file",
        PrivacyApi.complete,
    ),
    _route(
        "POST",
        f"{_ONE}/resume",
        "privacy:erase",
        "resume_privacy_request",
        "Start the workers of a request that was left",
        PrivacyApi.resume,
        description="An hour after they were started last at the earliest; they go on from the last page.",
    ),
    _route(
        "POST",
        f"{_ONE}/repeat",
        "privacy:erase",
        "repeat_privacy_request",
        "Do an erasure again, after a table was restored from a backup",
        PrivacyApi.repeat,
    ),
    _route(
        "GET",
        f"{_ONE}/certificate",
        "privacy:read",
        "get_certificate",
        "Read the signed certificate of a request that is done: what was removed, what remains and until when",
        PrivacyApi.get_certificate,
        returns="Certificate",
    ),
    _route(
        "POST",
        "/v1/privacy/certificates/check",
        "privacy:read",
        "check_certificate",
        "Ask whether this workspace issued a certificate, and it is as it was",
        PrivacyApi.check_certificate,
        returns="CertificateCheck",
        body="Certificate",
        audited="nothing",
    ),
)
