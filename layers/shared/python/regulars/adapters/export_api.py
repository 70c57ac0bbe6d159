"""Answers about exports: asked for, agreed to, watched, taken back, and given to who asked for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from regulars.adapters.bodies import only, read_body
from regulars.adapters.pages import Pager
from regulars.adapters.routes import Call
from regulars.domain.exports import FORMATS, KEPT, LAPSES, MOST_TRAITS, Export, Format, Wish
from regulars.domain.instants import to_text
from regulars.errors import InvalidRequestError
from regulars.pipeline.definitions import is_id
from regulars.pipeline.exports import Exports, Files
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.rebuilds import Workers
from regulars.stores.database import Database

Answer = Mapping[str, Any]
LONGEST_REASON = 200
LONGEST_NAME = 256
_FIELDS = {"segment", "purpose", "channel", "traits", "computed", "format", "reason"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportApi:
    """What the routes need."""

    exports: Exports
    pager: Pager

    @classmethod
    def over(
        cls, database: Database, sealer: Sealer, many: Many, *, clock: Clock, workers: Workers, files: Files
    ) -> Self:
        """Answer from a database; `workers` make exports, and `files` hold them."""
        return cls(exports=Exports(database, workers, files, clock, many), pager=Pager(sealer))

    def create(self, call: Call) -> Answer:
        """Ask for an export."""
        return self._told(call, self.exports.ask(_read_wish(call), call.caller, call.sight))

    def list(self, call: Call) -> Answer:
        """Answer with exports, newest first."""
        asked = self.pager.asked(call, "exports", call.caller.subject)
        found, next = self.exports.newest(call.caller, before=asked.after, limit=asked.limit)
        return {"exports": [export_json(one) for one in found], "next": self.pager.cursor(asked, next)}

    def get(self, call: Call) -> Answer:
        """Answer with how an export stands."""
        return export_json(self.exports.get(call["id"], call.caller))

    def approve(self, call: Call) -> Answer:
        """Agree to an export."""
        body = read_body(call.request)
        only(body, {"print"})
        print = body.get("print")
        if not isinstance(print, str):
            raise InvalidRequestError("print is that of the export as you have read it: so you agree to that very one")
        return self._told(call, self.exports.approve(call["id"], call.caller, print))

    def reject(self, call: Call) -> Answer:
        """Refuse an export."""
        return self._told(call, self.exports.reject(call["id"], call.caller))

    def cancel(self, call: Call) -> Answer:
        """Take an export back."""
        return self._told(call, self.exports.cancel(call["id"], call.caller))

    def link(self, call: Call) -> Answer:
        """Give the file; the audit trail holds which, of how many people, and whether personal fields were opened."""
        made = self.exports.link(call["id"], call.caller, call.sight)
        self._told(call, made.export)
        call.counted(made.export.rows)
        call.seen.opened |= made.export.opens
        return {
            "url": made.url,
            "ends_at": to_text(made.ends),
            "name": made.name,
            "size": made.file.size,
            "sha256": made.file.sha256,
        }

    def _told(self, call: Call, export: Export) -> Answer:
        call.saw(export.id, export.wish.segment)
        call.counted(export.rows or export.expected)
        return export_json(export)


def export_json(export: Export) -> Answer:
    """Write an export."""
    wish = export.wish
    return {
        "id": export.id,
        "state": export.state,
        "by": export.by,
        "segment": wish.segment,
        "version": export.definition,
        "purpose": wish.purpose,
        "channel": wish.channel,
        "traits": list(wish.traits),
        "computed": list(wish.computed),
        "format": wish.format,
        "reason": wish.reason,
        "personal": export.opens,
        "asked_at": to_text(export.asked),
        "expected": export.expected,
        "needs_approval": export.needs_approval,
        "print": export.print,
        "lapses_at": to_text(export.asked + LAPSES) if export.state == "waiting" else None,
        "decided_by": export.decided_by or None,
        "decided_at": _instant(export.decided),
        "started_at": _instant(export.started),
        "rows": export.rows,
        "held_back": dict(export.held),
        "ended_at": _instant(export.ended),
        "kept_until": to_text(export.ended + KEPT) if export.state == "done" else None,
        "why": export.why or None,
    }


def _read_wish(call: Call) -> Wish:
    body = read_body(call.request)
    only(body, _FIELDS)
    segment = body.get("segment")
    if not isinstance(segment, str) or not is_id(segment):
        raise InvalidRequestError("segment is the id of one, such as lapsed")
    reason = body.get("reason")
    if not isinstance(reason, str) or not 0 < len(reason.strip()) <= LONGEST_REASON or not reason.isprintable():
        raise InvalidRequestError(
            f"reason says what the export is for, in one line of up to {LONGEST_REASON} letters, and names no customer"
        )
    channel = _text(body, "channel")
    if channel is not None and body.get("purpose") is None:
        raise InvalidRequestError("channel is one of a purpose: name that, too")
    return Wish(
        segment=segment,
        reason=reason.strip(),
        purpose=_text(body, "purpose"),
        channel=channel,
        traits=_names(body, "traits"),
        computed=_names(body, "computed"),
        format=_format(body.get("format", "jsonl")),
    )


def _names(body: Mapping[str, Any], field: str) -> tuple[str, ...]:
    raw = body.get(field, [])
    if not isinstance(raw, list) or len(raw) > MOST_TRAITS or not all(_is_name(each) for each in raw):
        raise InvalidRequestError(f"{field} is a list of up to {MOST_TRAITS} names")
    if len(set(raw)) < len(raw):
        raise InvalidRequestError(f"{field} names one twice")
    return tuple(raw)


def _is_name(raw: object) -> bool:
    return isinstance(raw, str) and 0 < len(raw) <= LONGEST_NAME


def _format(raw: object) -> Format:
    for known in FORMATS:
        if raw == known:
            return known
    raise InvalidRequestError(f"format is one of {', '.join(FORMATS)}")


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or not is_id(value)):
        raise InvalidRequestError(f"{name} is the id of one in catalog/consent.yaml, or left out")
    return value


def _instant(at: int) -> str | None:
    return to_text(at) if at else None
