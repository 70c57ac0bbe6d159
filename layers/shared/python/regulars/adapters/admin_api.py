"""The admin API: definitions of the workspace, members of segments and lists, write keys, and what is in quarantine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from regulars.adapters import settings
from regulars.adapters.bodies import MAX_BODY
from regulars.adapters.edits import if_match, read_wish
from regulars.adapters.pages import Pager
from regulars.adapters.recording import Recorder
from regulars.adapters.routes import Call
from regulars.domain.computed_definitions import parse_computed
from regulars.domain.costs import in_words
from regulars.domain.instants import to_text
from regulars.domain.rate_definitions import MAX_TABLE
from regulars.domain.sources import Source, known, parse_source
from regulars.errors import NotFoundError
from regulars.pipeline.backfills import Backfills
from regulars.pipeline.definitions import SINGLES, Definitions
from regulars.pipeline.lists import Lists
from regulars.pipeline.members import Members
from regulars.pipeline.ports import Clock, Journal, Many, Sealer
from regulars.pipeline.quarantine import Quarantine
from regulars.pipeline.rebuilds import Rebuilds, Workers
from regulars.pipeline.refused_claims import RefusedClaims
from regulars.pipeline.replays import Replays
from regulars.pipeline.seeing import events_seen
from regulars.pipeline.violations import Violations
from regulars.pipeline.webhook_secrets import WebhookSecrets
from regulars.pipeline.write_keys import Key, Minted, WriteKeys
from regulars.stores.database import Database
from regulars.stores.definitions import Definition, Kind
from regulars.stores.events import EventStore
from regulars.stores.holds import HoldStore
from regulars.stores.sizes import SizeStore

Answer = Mapping[str, Any]
MAX_RATES = 2 * MAX_TABLE  # bytes of a body: a table, written with spaces

EFFECTIVE_ON_READING = (
    "now for everybody, for it is computed as it is read; where a segment reads it, everybody is looked at anew, and "
    "until then who is in it is decided with their next event or timer"
)
_TURNS_SEGMENTS: frozenset[Kind] = frozenset(
    {"computed_trait", "workspace", "consent"}
)  # what they mean depends on these


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminApi:
    """What the routes need."""

    definitions: Definitions
    write_keys: WriteKeys
    webhook_secrets: WebhookSecrets
    members: Members
    lists: Lists
    sizes: SizeStore
    pager: Pager
    document: Mapping[str, Any]
    quarantine: Quarantine
    violations: Violations
    refused: RefusedClaims
    held: HoldStore
    events: EventStore
    rebuilds: Rebuilds
    backfills: Backfills
    sealer: Sealer
    audit: Recorder

    @classmethod
    def over(
        cls,
        database: Database,
        sealer: Sealer,
        many: Many,
        *,
        clock: Clock,
        random: Callable[[], str],
        document: Mapping[str, Any],
        audit: Recorder,
        journal: Journal,
        workers: Workers,
        backfilling: Workers,
    ) -> Self:
        """Answer from a database; `random` gives what a write key is made of, `workers` rebuild."""
        return cls(
            definitions=Definitions(database, clock),
            write_keys=WriteKeys(database, clock, random, sealer),
            webhook_secrets=WebhookSecrets(database, clock, random, sealer),
            members=Members(database, many, clock, journal),
            lists=Lists(database, sealer, many, clock),
            sizes=SizeStore(database),
            pager=Pager(sealer),
            document=document,
            quarantine=Quarantine(Replays(database, sealer, journal, clock), sealer, many),
            violations=Violations(database),
            refused=RefusedClaims(database, clock),
            held=HoldStore(database),
            events=events_seen(database, clock),
            rebuilds=Rebuilds(database, workers, clock, many),
            backfills=Backfills(database, backfilling, clock),
            sealer=sealer,
            audit=audit,
        )

    def get_document(self, _call: Call) -> Answer:
        """Answer with the description of all routes."""
        return self.document

    def get_sign_in(self, _call: Call) -> Answer:
        """Answer with where people sign in."""
        return {"region": settings.region(), "client_id": settings.sign_in_client()}

    def list_definitions(self, call: Call, *, kind: Kind) -> Answer:
        """Answer with the definitions of a kind, by id."""
        asked = self.pager.asked(call, kind)
        found = [each for each in self.definitions.list(kind) if asked.after is None or each.id > asked.after]
        shown, next = self.pager.page(asked, found[: asked.one_more], definition_json, lambda each: each.id)
        return {kind if kind == "rates" else f"{kind}s": shown, "next": next}

    def get_definition(self, call: Call, *, kind: Kind) -> Answer:
        """Answer with one definition."""
        return definition_json(self.definitions.get(kind, _id(call, kind)))

    def put_definition(self, call: Call, *, kind: Kind) -> Answer:
        """Write a definition."""
        wish = read_wish(call, MAX_RATES if kind == "rates" else MAX_BODY)
        edit = self.definitions.put(kind, _id(call, kind), wish.definition, origin=wish.origin, expected=wish.expected)
        if kind in _TURNS_SEGMENTS:
            self.backfills.begin(by=call.caller.subject)
        return {**definition_json(edit.definition), "changed": edit.changed}

    def put_computed_trait(self, call: Call) -> Answer:
        """Write a computed trait, and say from when on it holds and what it keeps."""
        answer = self.put_definition(call, kind="computed_trait")
        others = {each.id: each.content for each in self.definitions.list("computed_trait")}
        trait = parse_computed(answer["id"], answer["definition"], others)
        return {**answer, "effective": EFFECTIVE_ON_READING, "keeps": in_words(trait)}

    def put_source(self, call: Call) -> Answer:
        """Write a source, and mint the keys that it lists and has not: secrets are told this once."""
        answer = self.put_definition(call, kind="source")
        return {**answer, "keys": [minted_json(each) for each in self.write_keys.provide(self.source(call["id"]))]}

    def source(self, id: str) -> Source:
        """Read a source. Raises NotFoundError."""
        return parse_source(id, known(self.definitions.get("source", id).content))

    def delete_definition(self, call: Call, *, kind: Kind) -> Answer:
        """Remove a definition."""
        id = _id(call, kind)
        self.definitions.delete(kind, id, expected=if_match(call))
        return {"id": id, "deleted": True}

    def delete_source(self, call: Call) -> Answer:
        """Remove a source, and revoke its write keys."""
        try:
            answer = self.delete_definition(call, kind="source")
        except NotFoundError:
            self.write_keys.revoke_all(call["id"])  # a deletion that was cut short may have left some
            raise
        self.write_keys.revoke_all(call["id"])
        return answer


def definition_json(definition: Definition) -> dict[str, Any]:
    """Write a definition."""
    return {
        "id": definition.id,
        "definition": definition.content,
        "version": definition.version,
        "origin": definition.origin,
        "changed_at": to_text(definition.changed),
    }


def minted_json(minted: Minted) -> dict[str, Any]:
    """Write a new key, and all of it."""
    return {**key_json(minted.key, None), "key": minted.text}


def key_json(key: Key, used_on: str | None) -> dict[str, Any]:
    """Write a key as it is kept."""
    return {
        "label": key.label,
        "kind": key.kind,
        "print": key.print,
        "minted_at": to_text(key.minted),
        "ends_at": None if key.ends is None else to_text(key.ends),
        "used_on": used_on,
        "key": key.text,
    }


def _id(call: Call, kind: Kind) -> str:
    return SINGLES.get(kind) or call["id"]
