"""Histories of consent, and the plain oracle: what a person consents to, by brute force from their raw events."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.identifiers import kind_of
from regulars.domain.instants import SECOND
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.purposes import Purpose, Purposes
from tests.builders import START, an_event

PURPOSES: dict[str, Any] = {
    "purposes": {
        "newsletter": {"name": "Newsletter", "channels": ["email", "sms"]},
        "advertising": {"name": "Advertising", "devices": True},
        "analytics": {"name": "Analytics", "basis": "legitimate_interests", "unsaid": "granted"},
        "orders": {"name": "Order letters", "basis": "contract", "channels": ["email"]},
    },
    "categories": {
        "segment": {"C0004": ["advertising"], "C0002": ["analytics"]},
        "tcf": {"3": ["advertising"], "4": ["advertising"]},
        "google": {"ad_storage": ["advertising"], "ad_user_data": ["advertising"]},
        "gpc": ["advertising"],
    },
}
DEFINED = parse_purposes(PURPOSES)
KNOWN = frozenset({"user_id", "email"})
OWNERS = ("user_id:u", "email:e", "anonymous_id:a", "anonymous_id:b", "android.id:d")


class Choice(NamedTuple):
    """One decision as the oracle sees it."""

    at: int
    denied: bool
    moment: str
    proven: bool
    device: str
    about: str  # "", of everything; "?", of what tools decide; a purpose, with or without channel; a tool's category


@st.composite
def consent_histories(draw: st.DrawFn, largest: int = 14) -> list[Event]:
    """Events of one person's identifiers that decide something, late and repeated ones among them."""
    events = []
    for number in range(draw(st.integers(1, largest))):
        owner = draw(st.sampled_from(OWNERS))
        device = draw(st.sampled_from(["", "anonymous_id:a", "anonymous_id:b"]))
        links = (owner,) if device in ("", owner) or owner.startswith("anonymous") else (owner, device)
        at = START + draw(st.integers(0, 8)) * SECOND
        more = draw(deciding())
        proven = draw(st.booleans())
        events.append(
            an_event(number, at=at, arrival=START + (20 + number) * SECOND, links=links, proven=proven, **more)
        )
    return events


@st.composite
def deciding(draw: st.DrawFn) -> dict[str, Any]:
    """What makes an event decide something."""
    match draw(st.sampled_from(["ours", "ours", "segment", "google", "gpc", "broken"])):
        case "ours":
            purpose = draw(st.sampled_from(["newsletter", "newsletter", "advertising", "analytics", "orders", None]))
            channel = (
                draw(st.sampled_from(["email", "sms"])) if purpose == "newsletter" and draw(st.booleans()) else None
            )
            said = {name: value for name, value in (("purpose", purpose), ("channel", channel)) if value}
            return {"name": draw(st.sampled_from(["Consent Given", "Consent Withdrawn"])), "properties": said}
        case "segment":
            allowed = draw(st.dictionaries(st.sampled_from(["C0002", "C0004", "C0009"]), st.booleans(), min_size=1))
            return {"context": {"consent": {"categoryPreferences": allowed}}}
        case "google":
            states = st.sampled_from(["granted", "denied"])
            said = draw(st.dictionaries(st.sampled_from(["ad_storage", "ad_user_data"]), states, min_size=1))
            return {"context": {"consent": {"googleConsentMode": said}}}
        case "gpc":
            return {"context": {"gpc": True}}
        case _:
            return {
                "context": {"consent": draw(st.sampled_from(["yes", {"tcString": "?"}, {"categoryPreferences": 1}]))}
            }


def is_allowed(events: Iterable[Event], purpose: str, channel: str | None, purposes: Purposes = DEFINED) -> bool:  # noqa: C901 (a rule each)
    """Say from raw events whether a purpose may go on."""
    past = list(events)
    found = purposes.by_id.get(purpose)
    if found is None or (channel and channel not in found.channels):
        return False
    if found.basis in ("contract", "legal_obligation", "vital_interests"):
        return True
    if channel is None and found.channels:
        return all(is_allowed(past, purpose, each, purposes) for each in found.channels)
    known = any(kind_of(event.owner) in KNOWN for event in past)
    signed_in: list[Choice] = []
    others: list[Choice] = []
    for device, words in _by_device(past).items():
        last = _last(words, found, channel, purposes)
        if last is not None:
            (signed_in if device[1] == "" and last.proven and kind_of(device[0]) in KNOWN else others).append(last)
    newest = max(signed_in, default=None)
    if any(one.denied and (newest is None or one.at >= newest.at) for one in others):
        return False
    if newest:
        return not newest.denied
    if any(not one.denied and (one.proven or not known or found.devices) for one in others):
        return True
    return found.unsaid


def _by_device(events: Sequence[Event]) -> dict[tuple[str, str], list[Choice]]:
    found: dict[tuple[str, str], list[Choice]] = {}
    for event in events:
        for choice in _choices(event):
            found.setdefault((event.owner, choice.device), []).append(choice)
    return found


def _choices(event: Event) -> Iterable[Choice]:
    named = [link for link in event.links if link.startswith("anonymous_id:")]
    device = "" if event.proven or event.owner.startswith("anonymous_id:") else (named or ["?"])[0]
    for about, granted in _abouts(event):
        if not (granted and device == "?"):
            yield Choice(event.at, not granted, event.moment, event.proven, device, about)


def _abouts(event: Event) -> Iterable[tuple[str, bool]]:
    if event.name in ("Consent Given", "Consent Withdrawn"):
        granted, said = event.name == "Consent Given", event.properties
        about = "/".join(str(said[name]) for name in ("purpose", "channel") if name in said)
        if about or not granted:
            yield about, granted
    if event.context.get("gpc"):
        yield "gpc", False
    consent = event.context.get("consent", {})
    if not isinstance(consent, dict) or "tcString" in consent or consent.get("categoryPreferences") == 1:
        yield "?", False
        return
    for name, value in consent.get("categoryPreferences", {}).items():
        yield f"segment:{name}", value
    for name, value in consent.get("googleConsentMode", {}).items():
        yield f"google:{name}", value == "granted"


def _last(choices: list[Choice], purpose: Purpose, channel: str | None, purposes: Purposes) -> Choice | None:
    """The last word of one device on a purpose; by categories it is a grant only if all of a tool are granted."""
    newest: dict[str, Choice] = {}
    for choice in sorted(choices):
        newest[choice.about] = choice
    names = {"", purpose.id, f"{purpose.id}/{channel}" if channel else purpose.id}
    by_tool: dict[str, list[str]] = {}
    for category, ids in purposes.categories.items():
        if purpose.id in ids:
            by_tool.setdefault(category.split(":")[0], []).append(category)
    if by_tool:
        names.add("?")
    said = [choice for about, choice in newest.items() if about in names]
    for categories in by_tool.values():
        found = [newest[category] for category in categories if category in newest]
        if any(one.denied for one in found):
            said.append(max(one for one in found if one.denied))
        elif found and len(found) == len(categories):
            said.append(min(found))
    return max(said, default=None)
