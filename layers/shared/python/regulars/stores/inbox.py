"""Messages of the in-app inbox, in the table of journeys: under the identifier that they came under, by time."""

from dataclasses import replace

from regulars.domain.inbox import KEPT, SealedMessage
from regulars.domain.instants import SECOND
from regulars.stores.database import Database, Item, Put, binary, number, text

_INBOX = "inbox#"
_END = "inbox$"  # behind every key that begins with inbox#


class InboxStore:
    """Reads messages, newest first, and marks them; every read is consistent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, owner: str, *, before: tuple[int, str] | None = None, limit: int) -> list[SealedMessage]:
        """Read messages of an identifier, newest first, before an instant and id."""
        end = _key(*before) if before else _END
        items = self._database.query("journeys", owner, after=_INBOX, before=end, newest_first=True, limit=limit)
        return [_message(item) for item in items]

    def get(self, owner: str, at: int, id: str) -> SealedMessage | None:
        """Read one message."""
        item = self._database.get("journeys", owner, _key(at, id))
        return _message(item) if item else None

    def mark(self, message: SealedMessage, at: int) -> SealedMessage:
        """Note that a message was read, over the version that was read here. Raises ConflictError."""
        marked = replace(message, read=at)
        write = put(marked)
        self._database.put(write.table, write.item, was=write.was)
        return replace(marked, version=message.version + 1)


def put(message: SealedMessage) -> Put:
    """The write of a message over the version that was read, 0 for a new one; it is cleared away after 90 days."""
    item: dict[str, str | int | bytes] = {
        "owner": message.owner,
        "item": _key(message.at, message.id),
        "content": message.content,
        "expires": (message.at + KEPT) // SECOND,
    }
    if message.read is not None:
        item["read"] = message.read
    return Put("journeys", item, was=message.version)


def _key(at: int, id: str) -> str:
    return f"{_INBOX}{at:020}#{id}"


def _message(item: Item) -> SealedMessage:
    at, _, id = text(item, "item").removeprefix(_INBOX).partition("#")
    return SealedMessage(
        owner=text(item, "owner"),
        id=id,
        at=int(at),
        content=binary(item, "content"),
        read=number(item, "read") if "read" in item else None,
        version=number(item, "v"),
    )
