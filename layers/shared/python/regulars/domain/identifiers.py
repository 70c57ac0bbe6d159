"""Identifiers: which values of a call name a person, in which order they count, and under which key they are kept."""

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from regulars.domain.base32 import to_base32

# Values that programs send when they know nobody; collected by PostHog and Segment from years of merged strangers.
ILLEGAL_VALUES = frozenset(
    "anonymous guest distinctid distinct_id id not_authenticated email undefined true false nan none null nil"
    " -1".split()
) | {"object object", "object null", "object undefined"}  # as JavaScript writes an object, in brackets
NOBODY = "nobody"  # the kind of an owner that is no identifier and links nobody
_BRACKETS = frozenset("Ps Pe Pi Pf".split())  # and quotes of any script that has an opening and a closing one
_QUOTES = frozenset("'\"`\u00b4\u02b9\u02ba\u02bb\u02bc\u02bd\u2032\u2033\u2034\u2035\u2036\u2037<>\\")
# Unicode's Default_Ignorable_Code_Points, and the blank of Braille.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value of one kind that ties events to a profile, in its normal form."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRule:
    """
    How one kind of identifier is read and how much it may tie together.

    `paths` are looked up in the call in order, `limit` is how many values of the kind one profile may hold, `known`
    says that a profile with it is no anonymous one, `when` a path and the value it must have.
    """

    kind: str
    paths: tuple[str, ...]
    limit: int = 5
    known: bool = False
    when: tuple[str, str] | None = None
    blocked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRules:
    """The rules of a workspace, highest priority first."""

    rules: tuple[IdentifierRule, ...]
    max_merges: int = 100
    max_identifiers: int = 1_000

    def rule(self, kind: str) -> IdentifierRule | None:
        """Find the rule of a kind."""
        return next((rule for rule in self.rules if rule.kind == kind), None)

    def limit(self, kind: str) -> int:
        """How many values of a kind one profile may hold."""
        rule = self.rule(kind)
        return rule.limit if rule else 5

    def is_known(self, owners: Iterable[str]) -> bool:
        """Say whether one of the owners makes its profile a known one."""
        kinds = {rule.kind for rule in self.rules if rule.known}
        return any(kind_of(owner) in kinds for owner in owners)


def _device(kind: str, path: str, device: str) -> IdentifierRule:
    return IdentifierRule(kind=kind, paths=(path,), when=("context.device.type", device))


DEFAULT_RULES = IdentityRules(
    rules=(
        IdentifierRule(kind="user_id", paths=("userId",), limit=1, known=True),
        IdentifierRule(kind="email", paths=("traits.email", "context.traits.email"), known=True),
        _device("android.id", "context.device.id", "android"),
        _device("android.push_token", "context.device.token", "android"),
        IdentifierRule(kind="anonymous_id", paths=("anonymousId",)),
        _device("ios.id", "context.device.id", "ios"),
        _device("ios.push_token", "context.device.token", "ios"),
    )
)


def kind_of(owner: str) -> str:
    """Read the kind back from an owner."""
    return owner.split(":", 1)[0]


def owner_key(identifier: Identifier, hash_key: bytes) -> str:
    """Name an identifier without telling it: its kind and a keyed hash of its value."""
    text = f"{identifier.kind}\0{identifier.value}".encode()
    digest = blake2b(text, digest_size=16, key=hash_key, person=b"identifier").digest()
    return f"{identifier.kind}:{to_base32(digest)}"


def normalise(kind: str, value: object) -> str | None:
    """Bring a value to its normal form; None where it is no text or number, or empty."""
    if type(value) is not str and (isinstance(value, bool) or not isinstance(value, str | int)):
        return None
    text = str(value)
    text = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    if kind == "email":
        text = unicodedata.normalize("NFC", text.lower())  # small letters may compose where capitals do not
    return text or None


def is_blocked(value: str, blocked: Container[str] = ()) -> bool:
    """Say whether a value names nobody, however it is quoted, padded, widened or cased."""
    plain = _bare(value).lower()
    if not plain.strip("0-") or (not plain.isprintable() and _CONTROL.search(plain)):
        return True
    return plain in ILLEGAL_VALUES or plain in blocked or value.lower() in blocked


def _bare(value: str) -> str:
    """Take away what is not seen, and the quotes and brackets around a value."""
    if value.isascii() and value[:1].isalnum() and value[-1:].isalnum():
        return value
    seen = _without_quotes(_UNSEEN.sub("", value))
    return _without_quotes(unicodedata.normalize("NFKC", seen))


def _without_quotes(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_quote(text[start]):
        start += 1
    while start < end and _is_quote(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_quote(letter: str) -> bool:
    return letter in _QUOTES or letter.isspace() or unicodedata.category(letter) in _BRACKETS


def extract(call: Mapping[str, Any], rules: IdentityRules) -> list[Identifier]:
    """List the unblocked identifiers of a raw call, highest priority first, each once."""
    found = (_read(call, rule) for rule in rules.rules)
    return list(dict.fromkeys(identifier for identifier in found if identifier))


def _read(call: Mapping[str, Any], rule: IdentifierRule) -> Identifier | None:
    if rule.when and look_up(call, rule.when[0]) != rule.when[1]:
        return None
    for path in rule.paths:
        value = normalise(rule.kind, look_up(call, path))
        if value and not is_blocked(value, rule.blocked):
            return Identifier(rule.kind, value)
    return None


def look_up(call: Mapping[str, Any], path: str) -> object:
    """Follow a dotted path through nested objects; None where it ends early."""
    value: object = call
    for name in _names(path):
        if type(value) is not dict and not isinstance(value, Mapping):
            return None
        value = value.get(name)
        if value is None:
            return None
    return value


@lru_cache(1_024)
def _names(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))
