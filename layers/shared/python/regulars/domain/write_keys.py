"""Write keys: what the one who sends with a key may do, and from where."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, get_args

from regulars.domain.events import EventType
from regulars.errors import DefinitionError, ExposedKeyError, InvalidEventError, OriginForbiddenError

KeyKind = Literal["public", "server"]
KINDS: tuple[KeyKind, ...] = get_args(KeyKind)
TYPES: tuple[EventType, ...] = get_args(EventType)
SIGNING = "signing"  # the label of the secret that signs user ids; no write key may have it
MOST = 10  # keys of a source
_FIELDS = ("label", "kind", "origins", "origins_required", "accepts")
_MOST_ENTRIES = 100  # origins of a key, names of events
_LABEL = re.compile(r"[a-z][a-z0-9_]{0,62}")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\*\.)?[a-z0-9.-]{1,253}(:[0-9]{1,5})?")
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Which calls a key may send: all of some types, and track calls of some names."""

    types: frozenset[EventType]
    events: frozenset[str] = frozenset()

    def __contains__(self, call: tuple[EventType, str | None]) -> bool:
        type, name = call
        return type in self.types or (type == "track" and name in self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRule:
    """
    What a source says of one of its keys.

    A public key stands in every page and app. A server key is a secret, and whoever sends with it is believed.
    """

    label: str
    kind: KeyKind = "public"
    origins: tuple[str, ...] = ()
    origins_required: bool = False
    accepted: Accepted | None = None

    def check(self, type: EventType, name: str | None) -> None:
        """Make sure that a call may come with the key. Raises InvalidEventError."""
        if self.accepted is not None and (type, name) not in self.accepted:
            raise InvalidEventError("not_accepted", f"the write key {self.label} does not take this call")


DEFAULT_KEY = KeyRule(label="default")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """
    How a request came: the origin of the page that sent it, if one did, and the keys that stood in its URL.

    `address` is where it came from, as the gateway saw it, and `size` the bytes of its body.
    """

    origin: str | None = None
    in_url: frozenset[str] = field(default_factory=frozenset)
    address: str | None = field(default=None, repr=False)
    size: int = 0


def admit(write_key: str, rule: KeyRule, visit: Visit) -> None:
    """
    Make sure that a key comes from where it may.

    Raises ExposedKeyError, OriginForbiddenError.
    """
    if rule.kind == "server":
        if write_key in visit.in_url:
            raise ExposedKeyError("a server key came in a URL, and URLs are logged: rotate it, and send it as a header")
        if visit.origin is not None:
            raise ExposedKeyError(
                "a server key came from a web page, where all can read it: rotate it, use a public key"
            )
    elif visit.origin is None:
        if rule.origins_required:
            raise OriginForbiddenError("the write key is for web pages of its origins only, and no page sent this")
    elif rule.origins and not any(_fits(visit.origin, origin) for origin in rule.origins):
        raise OriginForbiddenError("the write key is not for this web page: add its origin to those of the key")


def _fits(origin: str, allowed: str) -> bool:
    scheme, _, host = allowed.partition("://")
    if not host.startswith("*."):
        return origin == allowed
    return _ORIGIN.fullmatch(origin) is not None and origin.startswith(f"{scheme}://") and origin.endswith(host[1:])


def parse_keys(raw: object) -> tuple[KeyRule, ...]:
    """Read the keys of a source. Raises DefinitionError."""
    if not isinstance(raw, list) or not 0 < len(raw) <= MOST:
        raise DefinitionError("keys", f"is a list of 1 to {MOST} keys, such as [{{label: web, kind: public}}]")
    rules = tuple(_rule(entry, f"keys[{index}]") for index, entry in enumerate(raw))
    if len({rule.label for rule in rules}) < len(rules):
        raise DefinitionError("keys", "names a label twice")
    return rules


def _rule(raw: object, path: str) -> KeyRule:
    if not isinstance(raw, Mapping):
        raise DefinitionError(path, "is a key, such as {label: web, kind: public}")
    if unknown := sorted(str(name) for name in raw if name not in _FIELDS):
        raise DefinitionError(path, f"does not know {', '.join(unknown)}; it takes {', '.join(_FIELDS)}")
    label, kind = raw.get("label"), raw.get("kind", "public")
    if not isinstance(label, str) or not _LABEL.fullmatch(label) or label == SIGNING:
        raise DefinitionError(
            f"{path}.label", f"is a lower-case letter, then up to 62 of a-z, 0-9 and _, and not {SIGNING}"
        )
    if kind not in KINDS:
        raise DefinitionError(f"{path}.kind", f"is one of {', '.join(KINDS)}")
    return KeyRule(
        label=label,
        kind=kind,
        origins=_origins(raw, kind, path),
        origins_required=_origins_required(raw, path),
        accepted=_accepted(raw["accepts"], f"{path}.accepts") if "accepts" in raw else None,
    )


def _origins(raw: Mapping[str, Any], kind: str, path: str) -> tuple[str, ...]:
    if "origins" not in raw:
        return ()
    if kind == "server":
        raise DefinitionError(f"{path}.origins", "is for public keys: a server key never comes from a web page")
    origins = _entries(raw["origins"], f"{path}.origins", "https://shop.example.com")
    for index, origin in enumerate(origins):
        if not isinstance(origin, str) or not _ORIGIN.fullmatch(origin):
            what = "is an origin without a path, such as https://shop.example.com or https://*.example.com"
            raise DefinitionError(f"{path}.origins[{index}]", what)
    return tuple(origins)


def _origins_required(raw: Mapping[str, Any], path: str) -> bool:
    required = raw.get("origins_required", False)
    if not isinstance(required, bool):
        raise DefinitionError(f"{path}.origins_required", "is true or false")
    if required and "origins" not in raw:
        raise DefinitionError(f"{path}.origins_required", "needs origins beside it")
    return required


def _accepted(raw: object, path: str) -> Accepted:
    types: set[EventType] = set()
    events: set[str] = set()
    for index, entry in enumerate(_entries(raw, path, "page")):
        if entry in TYPES:
            types.add(entry)
        elif isinstance(entry, Mapping) and entry.keys() == {"track"}:
            events.update(_names(entry["track"], f"{path}[{index}].track"))
        else:
            what = f"is one of {', '.join(TYPES)}, or {{track: [Product Viewed]}} for track calls of some names"
            raise DefinitionError(f"{path}[{index}]", what)
    return Accepted(types=frozenset(types), events=frozenset(events))


def _names(raw: object, path: str) -> Sequence[str]:
    names = _entries(raw, path, "Product Viewed")
    for index, name in enumerate(names):
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST:
            raise DefinitionError(f"{path}[{index}]", f"is the name of an event, of 1 to {_LONGEST} characters")
    return names


def _entries(raw: object, path: str, such_as: str) -> list[Any]:
    if not isinstance(raw, list) or not 0 < len(raw) <= _MOST_ENTRIES:
        raise DefinitionError(path, f"is a list of 1 to {_MOST_ENTRIES} entries, such as [{such_as}]")
    return raw


def key_print(write_key: str) -> str:
    """The form in which a write key is kept: whoever reads the catalog cannot send with it."""
    return sha256(write_key.encode()).hexdigest()[:40]
