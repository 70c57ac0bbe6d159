"""A source: where events come from, and what the door does with them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from regulars.domain.consent import ROOTS, Purpose
from regulars.domain.judging import Unplanned
from regulars.domain.proofs import Signing, parse_signing
from regulars.domain.quotas import DEFAULT_QUOTAS, Quotas, parse_quotas
from regulars.domain.write_keys import DEFAULT_KEY, KeyRule, parse_keys
from regulars.errors import DefinitionError

FIELDS = ("id", "name", "description", "keys", "signed_user_ids", "quotas", "consent", "unplanned", "third_party")
_PURPOSE = frozenset({"categories", "unsaid", "strip"})
_MOST = 20  # purposes of a source, categories and fields of a purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    Where events come from; a setting that a definition leaves out changes nothing.

    `unplanned` is what becomes of track calls that no tracking plan names. A `third_party` sends audiences of anonymous
    people, and nothing else.
    At the door `key` is the one of its keys with which a request came.
    """

    id: str
    name: str
    keys: tuple[KeyRule, ...] = (DEFAULT_KEY,)
    key: KeyRule = DEFAULT_KEY
    signing: Signing = "off"
    quotas: Quotas = DEFAULT_QUOTAS
    purposes: tuple[Purpose, ...] = ()
    unplanned: Unplanned = "allow"
    third_party: bool = False

    def rule(self, label: str) -> KeyRule | None:
        """Find what is said of the key with a label."""
        return next((rule for rule in self.keys if rule.label == label), None)

    def reached_by(self, label: str | None, *, is_server: bool) -> "Source":
        """
        Say again that a request came with a key, of which only this is known.

        What came with a public key is not believed the more because its label is that of a server key since.
        """
        rule = self.rule(label or DEFAULT_KEY.label) or DEFAULT_KEY
        believed = rule.kind if is_server else "public"
        return replace(self, key=replace(rule, kind=believed))


def parse_source(id: str, definition: Mapping[str, Any]) -> Source:
    """
    Read a source from its definition, as in `catalog/sources/*.yaml`.

    Raises DefinitionError, with the path of what is wrong.
    """
    if unknown := sorted(str(field) for field in definition if field not in FIELDS):
        raise DefinitionError("", f"does not know {', '.join(unknown)}; it takes {', '.join(FIELDS[1:])}")
    for field in ("name", "description"):
        _text(definition.get(field, id), field)
    unplanned = definition.get("unplanned", "allow")
    if unplanned not in get_args(Unplanned):
        raise DefinitionError("unplanned", f"is one of {', '.join(get_args(Unplanned))}")
    third_party = definition.get("third_party", False)
    if not isinstance(third_party, bool):
        raise DefinitionError("third_party", "is true or false")
    return Source(
        id=id,
        name=str(definition.get("name", id)),
        keys=parse_keys(definition["keys"]) if "keys" in definition else (DEFAULT_KEY,),
        quotas=parse_quotas(definition["quotas"]) if "quotas" in definition else DEFAULT_QUOTAS,
        signing=parse_signing(definition["signed_user_ids"]) if "signed_user_ids" in definition else "off",
        purposes=_purposes(definition.get("consent", {})),
        unplanned=cast("Unplanned", unplanned),
        third_party=third_party,
    )


def known(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what this release has no setting for: a newer one may have written it."""
    return {field: value for field, value in definition.items() if field in FIELDS}


def _purposes(raw: object) -> tuple[Purpose, ...]:
    if not isinstance(raw, Mapping) or len(raw) > _MOST:
        raise DefinitionError("consent", f"names up to {_MOST} purposes, each with `strip`, or empty")
    return tuple(_purpose(str(name), content, f"consent.{name}") for name, content in raw.items())


def _purpose(name: str, raw: object, path: str) -> Purpose:
    if not isinstance(raw, Mapping | None):
        raise DefinitionError(path, "is an object, or empty")
    content = raw or {}
    if unknown := sorted(str(field) for field in content if field not in _PURPOSE):
        raise DefinitionError(path, f"does not know {', '.join(unknown)}; it takes {', '.join(sorted(_PURPOSE))}")
    unsaid = content.get("unsaid", "allowed")
    if unsaid not in ("allowed", "denied"):
        raise DefinitionError(f"{path}.unsaid", "is allowed or denied")
    strip = tuple(_path(field, f"{path}.strip") for field in _texts(content.get("strip", []), f"{path}.strip"))
    if "strip" in content and not strip:
        raise DefinitionError(f"{path}.strip", "names a field; leave it out to store nothing without consent")
    categories = tuple(_texts(content.get("categories", [name]), f"{path}.categories"))
    if not categories:
        raise DefinitionError(f"{path}.categories", "names a category; leave it out if it has the name of the purpose")
    return Purpose(name=name, categories=categories, unsaid=unsaid == "allowed", strip=strip)


def _path(raw: str, path: str) -> tuple[str, ...]:
    steps = tuple(raw.split("."))
    if len(steps) < 2 or steps[0] not in ROOTS or not all(steps):
        raise DefinitionError(path, f"has fields such as context.campaign, within {', '.join(sorted(ROOTS))}")
    return steps


def _texts(raw: object, path: str) -> list[str]:
    if not isinstance(raw, list) or len(raw) > _MOST:
        raise DefinitionError(path, f"is a list of up to {_MOST} texts")
    for text in raw:
        _text(text, path)
    return raw


def _text(raw: object, path: str) -> None:
    if not isinstance(raw, str) or not 0 < len(raw) <= 200:
        raise DefinitionError(path, "is a text of 1 to 200 characters")
