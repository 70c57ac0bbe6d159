"""
What a third party may say at the door: which audience an anonymous identifier is in, by which provider, and no more.
"""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from regulars.domain.consent import OPTED_OUT
from regulars.domain.identifiers import Identifier
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.messages import Message
from regulars.domain.reserved_events import AUDIENCE_EVENTS, ENTERED, EXITED
from regulars.domain.telling import Own, tells
from regulars.errors import InvalidEventError

LONGEST = 100
MOST_NUMBERS = 5
_NAMES = ("audience", "provider")
_CONTEXT = frozenset({"library", "import", "device", "externalIds", OPTED_OUT})
_DEVICE = frozenset({"id", "type", "advertisingId", "adTrackingEnabled", "token"})
_NOBODY = (None, "")


def admit(
    message: Message, identifiers: Sequence[Identifier], own: Own, *, third_party: bool, rules: IdentityRules
) -> None:
    """
    Make sure that a third party says no more than it may, and that nobody else says what only third parties may.

    Raises InvalidEventError.
    """
    if not third_party:
        if message.name in AUDIENCE_EVENTS:
            raise InvalidEventError("reserved_event_name", f"{message.name} comes only from a source of a third party")
        return
    if message.type != "track" or message.name not in AUDIENCE_EVENTS:
        _refuse(f"a third party sends {ENTERED} and {EXITED}, and nothing else")
    _check_who(message, identifiers, rules)
    _check_said(message, own)


def _check_who(message: Message, identifiers: Sequence[Identifier], rules: IdentityRules) -> None:
    named = [name for name in ("userId", "previousId", "groupId") if message.fields.get(name) not in _NOBODY]
    if named or any(identifier.kind in rules.known_kinds for identifier in identifiers):
        _refuse("a third party names nobody who is known: no userId, no address, no account")
    if len(identifiers) != 1:
        _refuse("a call of a third party names one anonymous identifier: more of them it would tie together")


def _check_said(message: Message, own: Own) -> None:
    said_around = message.fields["context"]
    if message.traits or message.integrations or said_around.keys() - _CONTEXT:
        _refuse(f"a third party says no traits, and of the context no more than {', '.join(sorted(_CONTEXT))}")
    device = said_around.get("device", {})
    if not isinstance(device, Mapping) or device.keys() - _DEVICE:
        _refuse(f"of a device a third party says no more than {', '.join(sorted(_DEVICE))}")
    for name in _NAMES:
        value = message.properties.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST or not value.isprintable() or tells(value, own):
            _refuse(f"{name} is a text of 1 to {LONGEST} characters that names no person")
    numbers = {name: value for name, value in message.properties.items() if name not in _NAMES}
    if len(numbers) > MOST_NUMBERS or not all(_is_number(value) for value in numbers.values()) or tells(numbers, own):
        _refuse(f"besides audience and provider a third party says up to {MOST_NUMBERS} numbers")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refuse(reason: str) -> NoReturn:
    raise InvalidEventError("third_party", reason)
