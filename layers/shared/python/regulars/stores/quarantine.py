"""The quarantine: events that cannot be processed, kept whole and sealed, with the reason, until mended."""

import re
from base64 import b32encode
from dataclasses import dataclass, replace
from hashlib import blake2b

from regulars.domain.instants import DAY, SECOND, to_text
from regulars.stores.database import Database, Item, binary, number, text

KEPT = 30 * DAY
CODE = re.compile(r"[a-z_]{1,60}")
_ID = re.compile(r"(?P<slot>[a-z][a-z0-9_]{0,62}\.\d{4}-\d\d-\d\d)\.(?P<place>[a-z_]{1,60}\.[a-z2-7]{16})")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an event was refused once more, and when that was tried."""

    at: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """
    One event that was not accepted: from which source, when, why, and its body, sealed for an owner.

    `print` tells bodies under one id apart, so that no event takes the place of another. `turn` is its place in its
    request. `mended` is the newest repaired body, sealed for `mended_for`; `event` is the key of the event that it
    becomes, owner and moment, which it has since it `claimed` it; that event is stored once it is `replayed`.
    """

    source: str
    arrival: int
    turn: int = 0
    message_id: str
    code: str
    reason: str
    sealed: bytes
    owner: str = ""
    print: str = ""
    mended: bytes = b""
    mended_for: str = ""
    last_try: Failure | None = None
    event: tuple[str, str] | None = None
    claimed: int = 0
    replayed: int = 0
    version: int = 0

    @property
    def day(self) -> str:
        """The day of its arrival, in UTC."""
        return to_text(self.arrival)[:10]

    @property
    def mark(self) -> str:
        """What tells it from others of its source, day and code."""
        told = f"{self.message_id}\0{self.print}".encode()
        return b32encode(blake2b(told, digest_size=10).digest()).decode().lower()

    @property
    def id(self) -> str:
        """How people name it."""
        return f"{self.source}.{self.day}.{self.code}.{self.mark}"

    @property
    def slot(self) -> str:
        """The partition of its source and day."""
        return f"{self.source}#{self.day}"

    @property
    def place(self) -> str:
        """Where it stands among those of its source and day."""
        return f"{self.code}#{self.mark}"


class QuarantineStore:
    """Keeps quarantined events by source and day, and of a day by code."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, *events: Quarantined) -> None:
        """Store events; the same one quarantined twice is one row, and keeps what became of it."""
        items = {(item["slot"], item["moment"]): item for item in map(to_item, events)}
        self._database.insert("quarantine", list(items.values()))

    def is_of_the_day_before(self, event: Quarantined) -> bool:
        """
        Say whether an event has had a row since the day before.

        The day is part of the key because rows are listed by day; a retry after midnight must find its row all the
        same, and no SDK tries for longer than twelve hours.
        """
        before = replace(event, arrival=event.arrival - DAY)
        return self._database.get("quarantine", before.slot, before.place) is not None

    def get(self, id: str) -> Quarantined | None:
        """Read one by its id."""
        found = _ID.fullmatch(id)
        if found is None:
            return None
        item = self._database.get("quarantine", found["slot"].replace(".", "#"), found["place"].replace(".", "#"))
        return from_item(item) if item else None

    def of(
        self, source: str, day: str, *, code: str | None = None, after: str | None = None, limit: int | None = None
    ) -> list[Quarantined]:
        """List those of a source and a day, such as 2026-11-21, perhaps of one code, after a place in the list."""
        first, end = (f"{code}#", f"{code}$") if code else (None, None)  # the letter after # is $
        items = self._database.query("quarantine", f"{source}#{day}", after=after or first, before=end, limit=limit)
        return [from_item(item) for item in items]

    def save(self, event: Quarantined) -> None:
        """Write a row over the version that was read. Raises ConflictError."""
        self._database.put("quarantine", to_item(event), was=event.version)


def to_item(event: Quarantined) -> Item:
    """Lay out a quarantined event."""
    more: dict[str, str | int | bytes] = {}
    if event.mended:
        more |= {"mended": event.mended, "mended_for": event.mended_for}
    if event.last_try:
        more |= {"tried": event.last_try.at, "tried_code": event.last_try.code, "tried_reason": event.last_try.reason}
    if event.event:
        more |= {"event": " ".join(event.event), "claimed": event.claimed, "replayed": event.replayed}
    return {
        "slot": event.slot,
        "moment": event.place,
        "v": event.version or 1,
        "message_id": event.message_id,
        "print": event.print,
        "arrival": event.arrival,
        "turn": event.turn,
        "code": event.code,
        "reason": event.reason,
        "sealed": event.sealed,
        "owner": event.owner,
        "expires": (event.arrival + KEPT) // SECOND,
        **more,
    }


def from_item(item: Item) -> Quarantined:
    """Read a quarantined event back."""
    event = Quarantined(
        source=text(item, "slot").split("#")[0],
        arrival=number(item, "arrival"),
        turn=number(item, "turn"),
        message_id=text(item, "message_id"),
        code=text(item, "code"),
        reason=text(item, "reason"),
        sealed=binary(item, "sealed"),
        owner=text(item, "owner"),
        print=text(item, "print"),
        mended=binary(item, "mended"),
        mended_for=text(item, "mended_for"),
        version=number(item, "v"),
    )
    if "tried" in item:
        failure = Failure(number(item, "tried"), text(item, "tried_code"), text(item, "tried_reason"))
        event = replace(event, last_try=failure)
    if "event" in item:
        owner, _, moment = text(item, "event").partition(" ")
        claimed, replayed = number(item, "claimed"), number(item, "replayed")
        event = replace(event, event=(owner, moment), claimed=claimed, replayed=replayed)
    return event
