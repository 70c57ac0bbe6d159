"""Changes to one person by others: traits are corrected, decisions recorded, and what is known is folded anew."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from regulars.adapters.bodies import only, read_body
from regulars.adapters.pages import Pager, is_dry_run
from regulars.adapters.profile_json import traits_json
from regulars.adapters.recording import Recorder
from regulars.adapters.routes import Call
from regulars.domain.corrections import Correction
from regulars.domain.references import profile_id_of
from regulars.errors import InvalidRequestError
from regulars.pipeline.consents import Consents
from regulars.pipeline.corrections import Corrector
from regulars.pipeline.decisions import DecisionRecorder
from regulars.pipeline.inbox import InboxTokens
from regulars.pipeline.opening import Opener
from regulars.pipeline.people import People
from regulars.pipeline.ports import Clock, Journal, Many, Sealer
from regulars.pipeline.preferences import Links
from regulars.pipeline.rebuild import Rebuilder
from regulars.pipeline.rectifying import Rectifications
from regulars.pipeline.suppressions import Suppressions
from regulars.stores.database import Database

Answer = Mapping[str, Any]
AT_ONCE = 20  # identifiers that one request rebuilds at most: it has seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeApi:
    """What the routes need."""

    corrector: Corrector
    recorder: DecisionRecorder
    rectifications: Rectifications
    consents: Consents
    links: Links
    tokens: InboxTokens
    suppressions: Suppressions
    people: People
    rebuilder: Callable[[bool], Rebuilder]
    pager: Pager
    sealer: Sealer
    audit: Recorder

    @classmethod
    def over(
        cls,
        database: Database,
        sealer: Sealer,
        many: Many,
        audit: Recorder,
        *,
        clock: Clock,
        journal: Journal,
        random: Callable[[], str],
        pause: Callable[[int], None] = lambda _tries: None,
    ) -> Self:
        """Change a database; `random` gives the id of a correction that came without one."""
        return cls(
            corrector=Corrector(database, sealer, many, clock, random),
            recorder=DecisionRecorder(database, sealer, many, clock, random),
            rectifications=Rectifications(database, many, clock),
            consents=Consents(database, many, clock),
            links=Links(database, sealer, many, clock),
            tokens=InboxTokens(database, sealer, many, clock),
            suppressions=Suppressions(database, sealer, many),
            people=People(database, many),
            rebuilder=lambda dry_run: Rebuilder.over(database, journal, clock, pause, dry_run=dry_run),
            pager=Pager(sealer),
            sealer=sealer,
            audit=audit,
        )

    def correct_traits(self, call: Call) -> Answer:
        """Correct traits, and answer with all of them as they will be."""
        profile_id = profile_id_of(call["ref"], self.sealer.hash_key)
        call.saw(profile_id)
        (correction, request), sensitive = _read_correction(call), call.caller.may("sensitive:read")
        call.sight.must_see_traits(correction.traits)
        opener = Opener(self.sealer, personal=call.personal, sensitive=sensitive, sight=call.sight)
        if request:
            call.saw(request)
            self.rectifications.check(request, profile_id, correction.traits)
        corrected = self.corrector.correct(profile_id, correction, opener)
        if request:
            self.rectifications.note(request, correction.traits)
        return {
            "profile_id": corrected.profile_id,
            "messageId": corrected.message_id,
            "duplicate": corrected.duplicate,
            "traits": traits_json(list(corrected.traits)),
        }

    def rebuild_profile(self, call: Call) -> Answer:
        """Rebuild identifiers of a profile, and answer with what was found."""
        dry_run = is_dry_run(call)
        profile_id = profile_id_of(call["ref"], self.sealer.hash_key)
        asked = self.pager.asked(call, "rebuild", profile_id)
        found = self.people.find(profile_id)
        owners = [owner for owner in sorted(found.owners) if asked.after is None or owner > asked.after]
        page = owners[: min(asked.limit, AT_ONCE)]
        rebuilder = self.rebuilder(dry_run)
        rebuilder.start_batch()
        rebuilt = asdict(rebuilder.owners(page))
        del rebuilt["failed"]  # here that is an error
        goes_on = len(page) < len(owners)
        next = self.pager.cursor(asked, page[-1] if goes_on else None)
        return {"profile_id": found.profile_id, "dry_run": dry_run, **rebuilt, "next": next}


def _read_correction(call: Call) -> tuple[Correction, str]:
    """Read the body of a correction, and for which request it is. Raises RequestError."""
    body = read_body(call.request)
    only(body, {"traits", "reason", "messageId", "request"})
    request = body.get("request", "")
    if not isinstance(request, str) or (request and "messageId" in body):
        raise InvalidRequestError("request is the id of a rectification, which is the messageId then: leave that out")
    traits, reason, message_id = body.get("traits"), body.get("reason"), request or body.get("messageId", "")
    if not isinstance(traits, dict) or not isinstance(reason, str):
        raise InvalidRequestError(
            'the body is {"traits": {"city": "Bern"}, "reason": "she moved"}; null removes a trait'
        )
    if not isinstance(message_id, str) or ("messageId" in body and not message_id):
        raise InvalidRequestError("messageId is a text of 1 to 100 printable characters")
    return Correction(traits=traits, reason=reason, by=call.caller.subject, message_id=message_id), request
