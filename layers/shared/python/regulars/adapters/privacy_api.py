"""Answers about requests of persons: taken, verified, watched, certified; and the register of what is kept where."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from regulars.adapters.bodies import only, read_body
from regulars.adapters.pages import Pager, is_set
from regulars.adapters.routes import Call
from regulars.domain.certificates import is_genuine
from regulars.domain.instants import DAY, to_text
from regulars.domain.privacy_requests import AT_ONCE, Request, check_kind, check_law, next_round
from regulars.domain.profiles import PREFIX, founder
from regulars.domain.references import profile_id_of
from regulars.domain.register import PLACES
from regulars.domain.retention import SLACK, Retention
from regulars.errors import InvalidRequestError
from regulars.pipeline.legal_holds import LegalHolds
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.privacy_requests import Asked, PrivacyRequests
from regulars.pipeline.rebuilds import Workers
from regulars.pipeline.stamping import Stamps
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.sweeps import Sweep, SweepStore, is_overdue

Answer = Mapping[str, Any]
LARGEST = 500_000  # bytes of a body: a thousand identifiers
_REFERENCE = re.compile(r"[A-Za-z0-9._/#-]{0,64}")
_FIELDS = {"kind", "identifiers", "law", "reference"}
_SHAPE = f'identifiers is a list of at most {AT_ONCE:,}, such as ["email:ann@shop.example", "user_id:4711"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyApi:
    """What the routes need."""

    requests: PrivacyRequests
    holds: LegalHolds
    catalog: LiveCatalog
    stamps: Stamps
    sweeps: SweepStore
    clock: Clock
    pager: Pager
    sealer: Sealer

    @classmethod
    def over(cls, database: Database, sealer: Sealer, many: Many, *, clock: Clock, workers: Workers) -> Self:
        """Answer from a database; `workers` meet what was verified."""
        return cls(
            requests=PrivacyRequests(database, workers, sealer, clock, many),
            holds=LegalHolds(database, workers, clock, many),
            catalog=LiveCatalog(CatalogStore(database)),
            stamps=Stamps(database, clock),
            sweeps=SweepStore(database),
            clock=clock,
            pager=Pager(sealer),
            sealer=sealer,
        )

    def get_register(self, _call: Call) -> Answer:
        """Answer with all places where data of persons lies."""
        return {"places": [{**asdict(place), "names": list(place.names)} for place in PLACES]}

    def get_retention(self, _call: Call) -> Answer:
        """Answer with for how long what is kept, and what the last sweep did."""
        return retention_json(self.stamps.rules(), self.sweeps.get(), self.clock())

    def list_requests(self, call: Call) -> Answer:
        """Answer with requests, newest first."""
        overdue = is_set(call, "overdue")
        asked = self.pager.asked(call, "privacy_requests", str(overdue))
        found = self.requests.newest(before=asked.after, limit=asked.one_more, overdue=overdue)
        shown, next = self.pager.page(asked, found, self._json, lambda request: request.id)
        return {"requests": shown, "next": next}

    def get_request(self, call: Call) -> Answer:
        """Answer with how far a request is."""
        return self._json(self.requests.get(call["id"]))

    def begin(self, call: Call) -> Answer:
        """Take a request."""
        body = read_body(call.request, LARGEST)
        only(body, _FIELDS)
        reference = read_reference(body.get("reference", ""))
        kind, law = check_kind(body.get("kind")), check_law(body.get("law", "gdpr"))
        asked = Asked(kind=kind, law=law, reference=reference, by=call.caller.subject)
        return self._told(call, self.requests.begin(asked, self.owners(body.get("identifiers", []))))

    def add(self, call: Call) -> Answer:
        """Add identifiers to a request."""
        body = read_body(call.request, LARGEST)
        only(body, {"identifiers"})
        owners = self.owners(body.get("identifiers"))
        return self._told(call, self.requests.add(call["id"], owners, by=call.caller.subject))

    def verify(self, call: Call) -> Answer:
        """Confirm who asks, and begin."""
        body = read_body(call.request)
        only(body, {"how"})
        how = body.get("how")
        proof = how if isinstance(how, str) else ""
        return self._told(call, self.requests.verify(call["id"], by=call.caller.subject, proof=proof))

    def extend(self, call: Call) -> Answer:
        """Make the time of a request longer."""
        body = read_body(call.request)
        only(body, {"reason"})
        asked = self.requests.extend(call["id"], by=call.caller.subject, reason=body.get("reason"))
        return self._told(call, asked)

    def cancel(self, call: Call) -> Answer:
        """Take a request back."""
        return self._told(call, self.requests.cancel(call["id"]))

    def complete(self, call: Call) -> Answer:
        """Note that a file was handed over."""
        return self._told(call, self.requests.complete(call["id"]))

    def list_profiles(self, call: Call) -> Answer:
        """Answer with the profiles that a verified request is about."""
        asked = self.pager.asked(call, "privacy_profiles", call["id"])
        found = self.requests.profiles(call["id"], after=asked.after, limit=asked.one_more)
        shown, next = self.pager.page(asked, found, str, str)
        return {"profiles": shown, "next": next}

    def resume(self, call: Call) -> Answer:
        """Go on with a request that was left."""
        return self._told(call, self.requests.resume(call["id"]))

    def repeat(self, call: Call) -> Answer:
        """Do an erasure again, after a restore."""
        return self._told(call, self.requests.repeat(call["id"]))

    def get_certificate(self, call: Call) -> Answer:
        """Answer with the certificate of a request that is done."""
        return self.requests.certificate(call["id"])

    def check_certificate(self, call: Call) -> Answer:
        """Say whether this workspace issued a certificate, and it is as it was."""
        return {"genuine": is_genuine(read_body(call.request), self.sealer.hash_key)}

    def _told(self, call: Call, request: Request) -> Answer:
        call.saw(request.id)
        return self._json(request)

    def _json(self, request: Request) -> Answer:
        return request_json(request, now=self.clock())

    def owners(self, raw: object) -> Sequence[str]:
        """Read whom a body names. Raises InvalidRequestError."""
        if not isinstance(raw, list) or len(raw) > AT_ONCE:
            raise InvalidRequestError(_SHAPE)
        kinds = {rule.kind for rule in self.catalog.now().rules.rules}
        return [self._owner(each, kinds) for each in raw]

    def _owner(self, raw: object, kinds: set[str]) -> str:
        if not isinstance(raw, str):
            raise InvalidRequestError(_SHAPE)
        owner = founder(profile_id_of(raw, self.sealer.hash_key))
        kind = owner.partition(":")[0]
        if kind not in kinds:  # else a slip of the pen would be met by erasing nobody
            known = ", ".join(sorted(kinds))
            raise InvalidRequestError(
                f"an identifier is kind:value, of a kind of the identity rules ({known}), or a profile id {PREFIX}…"
            )
        return owner


def read_reference(raw: object) -> str:
    """Read the number of a case. Raises InvalidRequestError."""
    if not isinstance(raw, str) or not _REFERENCE.fullmatch(raw):
        raise InvalidRequestError(
            "reference is the number of the case: up to 64 letters, digits and . _ / # -, and nobody's name"
        )
    return raw


def retention_json(rules: Retention, sweep: Sweep, now: int) -> Answer:
    """Write for how long what is kept, in whole days, and how the sweep stands."""
    said: tuple[tuple[str, Mapping[str, int]], ...] = (
        ("event", rules.events),
        ("type", rules.types),
        ("source", rules.sources),
        ("field", {str(name): length for name, length in rules.fields.items()}),
    )
    return {
        "default_days": rules.default // DAY,
        "anonymous_days": rules.anonymous // DAY,
        "profiles_days": rules.profiles // DAY,
        "rules": [
            {"by": by, "name": name, "days": length // DAY}
            for by, each in said
            for name, length in sorted(each.items())
        ],
        "deleted_after_days": SLACK // DAY,
        "sweep": {
            "running": sweep.stage != "done",
            "overdue": is_overdue(sweep, now),
            "started_at": _instant(sweep.started),
            "ended_at": _instant(sweep.ended),
            "found": dict(sweep.last),
        },
    }


def request_json(request: Request, *, now: int) -> Answer:
    """Write a request, as it stands to its deadline now."""
    running = request.state == "running"
    return {
        "id": request.id,
        "kind": request.kind,
        "state": request.state,
        "law": request.law,
        "reference": request.reference,
        "by": request.by,
        "identifiers": request.identifiers,
        "received_at": to_text(request.received),
        "due_at": to_text(request.due),
        "deadline": request.deadline(now),
        "extended_at": _instant(request.extended),
        "extended_by": request.extended_by or None,
        "extension": request.extension or None,
        "verified_at": _instant(request.verified),
        "verified_by": request.verified_by or None,
        "verified_how": request.proof or None,
        "suppressed_since": _instant(request.marked),
        "stage": request.stage or None,
        "round": request.round,
        "next_round_at": _instant(next_round(request)) if running and request.stage == "wait" else None,
        "found": dict(request.found),
        "changed": list(request.changed),
        "held_by": list(request.held_by),
        "set_aside": request.aside or None,
        "ended_at": _instant(request.ended),
    }


def _instant(at: int) -> str | None:
    return to_text(at) if at else None
