"""Profiles as JSON: what the profile API answers, field by field."""

from collections.abc import Sequence
from typing import Any

from regulars.domain.instants import to_text
from regulars.domain.numbers import from_amount
from regulars.domain.order_measures import Totals
from regulars.domain.profiles import alone
from regulars.domain.transitions import Moved
from regulars.pipeline.computed import ShownComputed
from regulars.pipeline.opening import Shown, ShownEvent
from regulars.pipeline.profiles import ShownAudience, ShownIdentifier, ShownMembership, ShownProfile
from regulars.pipeline.traits import ShownTrait

Json = dict[str, Any]


def profile_json(profile: ShownProfile, traits: list[ShownTrait], computed: Sequence[ShownComputed]) -> Json:
    """Write a profile; `traits` and `computed` are those of them that fit."""
    whole = {
        "identifiers": len(profile.identifiers) == profile.identifier_count,
        "traits": len(traits) == len(profile.traits),
        "computed": len(computed) == len(profile.computed),
    }
    return {
        "profile_id": profile.profile_id,
        "known": profile.known,
        "identifiers": [identifier_json(identifier) for identifier in profile.identifiers],
        "traits": traits_json(traits),
        "computed": {each.id: computed_json(each) for each in computed},
        "memberships": [membership_json(membership) for membership in profile.memberships],
        "orders": orders_json(profile.orders),
        "incomplete": [name for name, is_whole in whole.items() if not is_whole],
    }


def orders_json(totals: Totals) -> Json:
    """Write what orders come to, and what was left out or added although it has another currency."""
    return {
        "count": totals.count,
        "revenue": from_amount(totals.revenue),
        "currency": totals.currency or None,
        "unconverted": {currency: totals.unconverted[currency] for currency in sorted(totals.unconverted)},
        "mixed": sorted(totals.mixed),
    }


def profile_ref(owner: str) -> str:
    """Write an owner as a reference that tells nobody's name: the id of the profile that it would have alone."""
    return alone(owner)


def identifier_json(identifier: ShownIdentifier) -> Json:
    """Write an identifier."""
    return {
        "kind": identifier.kind,
        **_shown(identifier.shown),
        "source": identifier.source,
        "since": identifier.since,
    }


def traits_json(traits: list[ShownTrait]) -> Json:
    """Write traits under their names."""
    return {trait.name: trait_json(trait) for trait in traits}


def trait_json(trait: ShownTrait) -> Json:
    """Write a trait."""
    written = {
        **_shown(trait.shown),
        "source": trait.source,
        "time": to_text(trait.at),
        "message_id": trait.message_id,
    }
    if corrected := trait.correction:
        reason = corrected.reason
        written["correction"] = {"by": corrected.by, "reason": reason.value, "masked": reason.masked}
    return written


def computed_json(computed: ShownComputed) -> Json:
    """Write a computed trait."""
    at = computed.next_change_at
    return {
        "name": computed.name,
        "type": computed.type,
        "value": computed.plain,
        **({} if computed.count is None else {"count": computed.count}),
        "as_of": to_text(computed.as_of),
        "next_change_at": to_text(at) if at is not None else None,
    }


def membership_json(membership: ShownMembership) -> Json:
    """Write a membership."""
    at = membership.next_change_at
    return {
        "segment": membership.segment,
        "name": membership.name,
        "since": to_text(membership.since),
        "next_change_at": to_text(at) if at is not None else None,
        "number": membership.number,
        "version": membership.version,
        "reason": membership.reason,
        "paused": membership.is_paused,
    }


def moved_json(moved: Moved) -> Json:
    """Write a transition."""
    return {
        "number": moved.number,
        "entered": moved.entered,
        "at": to_text(moved.at),
        "version": moved.definition,
        "reason": moved.reason,
    }


def audience_json(audience: ShownAudience) -> Json:
    """Write an audience, and that a third party says so."""
    return {
        "audience": audience.audience,
        "provider": audience.provider,
        "third_party": True,
        "source": audience.source,
        "since": to_text(audience.since),
    }


def event_json(shown: ShownEvent) -> Json:
    """Write an event, in the words of the Segment spec."""
    event = shown.event
    return {
        "messageId": event.message_id,
        "type": event.type,
        "event": event.name,
        "timestamp": to_text(event.at),
        "receivedAt": to_text(event.arrival),
        "source": event.source,
        "identifiers": shown.ids,
        "properties": shown.properties,
        "traits": shown.traits,
        "context": shown.context,
        "masked": shown.masked,
    }


def _shown(shown: Shown) -> Json:
    return {"value": shown.value, "masked": shown.masked}
