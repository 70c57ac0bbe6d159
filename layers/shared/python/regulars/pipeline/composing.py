"""Compose a message: where it goes, and what it says to this person. Only what the template names of them is opened."""

import json
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any

from regulars.domain.addresses import Address, address_of
from regulars.domain.catalog import Live
from regulars.domain.events import Sealed
from regulars.domain.identifiers import kind_of
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journeys import Channel, Send
from regulars.domain.mustache import split_at
from regulars.domain.passages import Message, Passage
from regulars.domain.preference_tokens import USUAL_DAYS, Ticket, ticket_key, write_ticket
from regulars.domain.send_ledger import ledger_name
from regulars.domain.stepping import event_of
from regulars.domain.templates import parse_template, render, variables
from regulars.domain.values import find
from regulars.errors import MissingVariableError
from regulars.pipeline.gate import Seen
from regulars.pipeline.own_events import naming
from regulars.pipeline.ports import Clock, Outgoing, Sealer
from regulars.pipeline.sealing import open_trait
from regulars.pipeline.seeing import events_seen
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore

TRAITS = "traits."  # begins the names of traits in templates
TOLD = "answers"  # what webhooks said is sealed under this name
_ADDRESSED = {"email": "email", "sms": "phone"}


class NotComposedError(Exception):
    """A message cannot be written to somebody; `reason` is a word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Composer:
    """Writes messages; `site` is where the API of the workspace is found by people, for the links in letters."""

    def __init__(self, database: Database, sealer: Sealer, *, site: str, clock: Clock) -> None:
        self._definitions = DefinitionStore(database)
        self._events = events_seen(database, clock)
        self._sealer = sealer
        self._site = site

    def address(self, channel: Channel, seen: Seen, passage: Passage) -> Address:
        """
        Find where a message goes: what the person said last, else an identifier of theirs.

        Raises NotComposedError.
        """
        if channel == "in_app":
            return Address(passage.owner, passage.owner)
        kind = _ADDRESSED[channel]
        named_by = (self._identifier(owner, seen) for owner in seen.home.owners if kind_of(owner) == kind)
        values = chain([self._trait(kind, seen)], named_by)
        for value in values:
            if address := address_of(kind, value, self._sealer.hash_key):
                return address
        raise NotComposedError("no_address")

    def compose(self, message: Message, to: str, *, seen: Seen, live: Live, send: Send, passage: Passage) -> Outgoing:
        """Write a message. Raises NotComposedError."""
        links = self._links(send, seen, live, passage, message)
        found = self._definitions.get("template", send.template)
        if found is None:
            raise NotComposedError("no_template")
        template = parse_template(send.template, found.content)
        known = self._variables(variables(template), seen, passage)
        workspace = {"zone": live.workspace.zone, "currency": live.workspace.currency}
        try:
            rendered = render(template, {**known, "workspace": workspace, "links": links})
        except MissingVariableError:
            raise NotComposedError("missing_variable") from None
        purpose = live.purposes.by_id.get(send.purpose)
        return Outgoing(
            name=ledger_name(message),
            to=to,
            kind=send.kind,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            link=rendered.link,
            sender=template.sender,
            reply_to=template.reply_to,
            unsubscribe=links["unsubscribe"] if purpose and purpose.is_asked else "",
        )

    def _variables(self, names: Collection[str], seen: Seen, passage: Passage) -> dict[str, Any]:
        """Gather what a template names, and nothing else of the person. Raises NotComposedError."""
        begun = (split_at(name.removeprefix(TRAITS), seen.person.values) for name in names if name.startswith(TRAITS))
        traits = {name: self._said(name, seen) for name, _ in sorted({one for one in begun if one})}
        found: dict[str, Any] = {"traits": {name: value for name, value in traits.items() if value is not None}}
        found["entry"] = self._entry({name[6:] for name in names if name.startswith("entry.")}, passage)
        found["answers"] = self.told(passage) if any(name.startswith("answers.") for name in names) else {}
        return found

    def _entry(self, names: set[str], passage: Passage) -> Mapping[str, Any]:
        """Give what a template names of the entry: what the passage keeps, else what the event says in clear."""
        lacking, by = names - passage.bound.keys(), event_of(passage)
        event = self._events.get(*by) if lacking and by else None
        said = {name: find(event.properties, name) for name in lacking} if event else {}
        return {**said, **passage.bound}

    def told(self, passage: Passage) -> Mapping[str, Any]:
        """Open what webhooks answered on a passage; nothing where the key is gone."""
        if not passage.told:
            return {}
        opened = self._sealer.open(passage.owner, TOLD, passage.told)
        said = json.loads(opened) if opened is not None else {}
        return said if isinstance(said, dict) else {}

    def seal(self, passage: Passage, told: Mapping[str, Any]) -> bytes:
        """Seal what webhooks answered on a passage. Raises ErasedError."""
        self._sealer.prepare([passage.owner])
        content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        return self._sealer.seal(passage.owner, TOLD, content)

    def _said(self, name: str, seen: Seen) -> Any:
        """Open a trait for a message, which many eyes may see. Raises NotComposedError for a sensitive one."""
        value = seen.person.values.get(name)
        if isinstance(value, Sealed) and value.is_sensitive:
            raise NotComposedError("sensitive")
        return self._trait(name, seen)

    def _trait(self, name: str, seen: Seen) -> Any:
        """Open a trait; None where there is none, or its key is gone."""
        value = seen.person.values.get(name)
        return open_trait(name, value, self._sealer) if isinstance(value, Sealed) else value

    def _identifier(self, owner: str, seen: Seen) -> str | None:
        """Open the value of an identifier."""
        identity = seen.snapshot.identities[owner]
        return naming(owner, identity.link, self._events, self._sealer).get(kind_of(owner))

    def _links(self, send: Send, seen: Seen, live: Live, passage: Passage, message: Message) -> dict[str, str]:
        """Make the links by which a person withdraws from this purpose and channel, and sees all they agreed to."""
        known = [owner for owner in seen.home.owners if kind_of(owner) in live.rules.known_kinds]
        ranks = {rule.kind: rank for rank, rule in enumerate(live.rules.rules)}
        best = min(known, key=lambda owner: (ranks.get(kind_of(owner), len(ranks)), owner), default=passage.owner)
        owner = next((each for each in (message.address, *message.also) if each in known), best)
        until = (message.at + USUAL_DAYS * DAY) // SECOND * SECOND
        key = ticket_key(self._sealer.hash_key)
        one_click = Ticket(owner=owner, until=until, purpose=send.purpose, channel=send.channel)
        page = Ticket(owner=owner, until=until, preferences=True)
        return {
            "unsubscribe": f"{self._site}/v1/unsubscribe?token={write_ticket(one_click, key)}",
            "preferences": f"{self._site}/v1/preferences?token={write_ticket(page, key)}",
        }
