"""
A list: identifiers that somebody uploaded. Joining one and leaving it are events of the identifier, like all it does.

Uploads of a list count in the order in which they began, whatever the order in which their rows come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

from regulars.domain.base32 import to_base32
from regulars.domain.blocked_values import is_blocked
from regulars.domain.calls import Call
from regulars.domain.events import Event, moment_of
from regulars.domain.identifiers import Identifier, normalise
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.instants import DAY
from regulars.domain.message_ids import fingerprint
from regulars.domain.named import named
from regulars.domain.payloads import is_whole, write
from regulars.domain.reserved_events import JOINED, LEFT
from regulars.errors import DefinitionError, InvalidRequestError

LISTS = "lists"  # the source that they come from; no other may be called so
OPEN_FOR = 7 * DAY  # an upload is finished by then, or begun anew
LONGEST = 500
Mode = Literal["add", "remove", "replace"]
State = Literal["open", "sweeping", "done"]
_FIELDS = ("id", "name", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDefinition:
    """A list, as `catalog/lists/*.yaml` has it: who is in it is said by uploads."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """
    One upload of identifiers of a kind: what it does, by whom (the id of their token), and the instant it counts at.

    A replacement is `sweeping` once all of its rows are in: who is in none of them leaves.
    """

    list: str
    at: int
    mode: Mode
    kind: str
    by: str
    state: State = "open"
    version: int = 0

    @property
    def id(self) -> str:
        """Its name within the list; later ones have later names."""
        return f"u{self.at}"


def parse_list(id: str, definition: Mapping[str, Any]) -> ListDefinition:
    """
    Read a list from its definition.

    Raises DefinitionError, with the path of what is wrong.
    """
    if unknown := sorted(str(field) for field in definition if field not in _FIELDS):
        raise DefinitionError("", f"does not know {', '.join(unknown)}; it takes {', '.join(_FIELDS[1:])}")
    for field in ("name", "description"):
        text = definition.get(field, id)
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            raise DefinitionError(field, f"is a text of 1 to {LONGEST} characters")
    return ListDefinition(id=id, name=str(definition.get("name", id)))


def lists_named(where: object) -> frozenset[str]:
    """List the ids of the lists that the conditions of a segment's definition name."""
    return named(where, "list")


def read_member(kind: str, raw: object, rules: IdentityRules) -> Identifier:
    """Read an identifier of an upload. Raises InvalidRequestError, which never repeats the value."""
    value = normalise(kind, raw)
    if value is None:
        raise InvalidRequestError("is empty, or no text")
    if not is_whole(value) or len(value) > LONGEST or not value.isprintable():
        raise InvalidRequestError(f"is no text of 1 to {LONGEST} printable characters")
    if kind == "email" and not 0 < value.rfind("@") < len(value) - 1:
        raise InvalidRequestError("is no e-mail address")
    rule = rules.rule(kind)
    if is_blocked(value, *((rule.blocked, rules.blocked) if rule else (rules.blocked,))):
        raise InvalidRequestError("is a value that the identity rules block")
    return Identifier(kind, value)


def check_kind(kind: str, rules: IdentityRules) -> None:
    """Make sure that a list may name people by this kind. Raises InvalidRequestError."""
    if rules.rule(kind) is None:
        kinds = ", ".join(rule.kind for rule in rules.rules)
        raise InvalidRequestError(f"kind is one of the identity rules: {kinds}")


def list_call(
    upload: Upload, owner: str, *, joined: bool, ids: Mapping[str, Any], arrival: int, hash_key: bytes
) -> Call:
    """Make the track call by which an identifier joins or leaves; told again by the same upload, it is the same one."""
    name = JOINED if joined else LEFT
    properties = {"list": upload.list}
    event = Event(
        owner=owner,
        moment=moment_of(upload.at, LISTS, message_id(upload, owner, name)),
        type="track",
        name=name,
        links=(owner,),
        at=upload.at,
        arrival=max(arrival, upload.at),
        properties=properties,
        context={"list": {"upload": upload.id, "by": upload.by}},
        fingerprint=fingerprint(write([name, properties, upload.id]), hash_key),
    )
    return Call(event=event, personal={"ids": dict(ids)} if ids else {})


def message_id(upload: Upload, owner: str, name: str) -> str:
    """Name what an upload says of an identifier."""
    told = f"{upload.list}\0{upload.id}\0{owner}\0{name}".encode()
    return f"l-{to_base32(blake2b(told, digest_size=16).digest())}"
