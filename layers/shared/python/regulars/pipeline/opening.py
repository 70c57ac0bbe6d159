"""Open personal fields for those who may read them; for all others they stay sealed, and only their place is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from regulars.domain.events import Event, Sealed
from regulars.domain.identifiers import Identifier, kind_of, owner_key
from regulars.domain.masking import MASK
from regulars.domain.teams import EVERYTHING, Sight
from regulars.pipeline.ports import Sealer
from regulars.pipeline.sealing import open_rest, open_trait


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as somebody may see it; `masked` says that it is personal and was not opened."""

    value: Any
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    """
    An event as somebody may see it.

    `ids` are the identifiers that it names, by kind, if they were opened: a text, or several.
    """

    event: Event
    properties: Mapping[str, Any]
    traits: Mapping[str, Any]
    context: Mapping[str, Any]
    ids: Mapping[str, str | list[str]] = field(default_factory=dict)
    masked: bool = False


class Opener:
    """
    Opens what is sealed, or masks it without opening: `personal` and, of sensitive fields, `sensitive` say which.

    A trait that is not in sight is left out.
    """

    def __init__(self, sealer: Sealer, *, personal: bool, sensitive: bool = False, sight: Sight = EVERYTHING) -> None:
        self._sealer = sealer
        self.sees = sight.sees_trait
        self.personal = personal
        self._sensitive = personal and sensitive

    def trait(self, name: str, value: Any) -> Shown:
        """Show the value of a trait; None where the owner's key is gone."""
        if not isinstance(value, Sealed):
            return Shown(value)
        if not (self._sensitive if value.is_sensitive else self.personal):
            return Shown(MASK, masked=True)
        return Shown(open_trait(name, value, self._sealer))

    def event(self, event: Event) -> ShownEvent:
        """Show an event, its personal fields put back in their places."""
        shown = {name: self.trait(name, value) for name, value in event.traits.items() if self.sees(name)}
        plain = ShownEvent(
            event=event,
            properties=event.properties,
            traits={name: trait.value for name, trait in shown.items()},
            context=event.context,
            masked=(bool(event.sealed) and not self.personal) or any(trait.masked for trait in shown.values()),
        )
        if not self.personal or not event.sealed:
            return plain
        sealed = self.sealed(event)
        apart = sealed.get("sensitive", {})
        more = apart if self._sensitive else {}
        return replace(
            plain,
            properties={**plain.properties, **sealed.get("properties", {}), **more.get("properties", {})},
            traits={
                **plain.traits,
                **self._seen(sealed.get("traits", {})),
                **self._seen(more.get("traits", {})),
            },
            context=_together(plain.context, {**sealed.get("context", {}), **more.get("context", {})}),
            ids=sealed.get("ids", {}),
            masked=plain.masked or (bool(apart) and not self._sensitive),
        )

    def _seen(self, traits: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: value for name, value in traits.items() if self.sees(name)}

    def identifier(self, owner: str, event: Event | None) -> Shown:
        """Show the value of an identifier that an event names; None where nothing tells it any more."""
        if not self.personal:
            return Shown(MASK, masked=True)
        kind = kind_of(owner)
        found = self.sealed(event).get("ids", {}).get(kind) if event else None
        values = found if isinstance(found, list) else ()
        own = (value for value in values if owner_key(Identifier(kind, value), self._sealer.hash_key) == owner)
        return Shown(next(own, None) if isinstance(found, list) else found)

    def sealed(self, event: Event) -> Mapping[str, Any]:
        """Open the personal rest of an event; empty where the owner's key is gone."""
        return open_rest(event, self._sealer)


def _together(clear: Mapping[str, Any], personal: Mapping[str, Any]) -> dict[str, Any]:
    both = {**clear, **personal}
    for name in clear.keys() & personal.keys():
        if isinstance(clear[name], Mapping) and isinstance(personal[name], Mapping):
            both[name] = {**clear[name], **personal[name]}
    return both
