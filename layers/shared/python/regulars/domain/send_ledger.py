"""
The ledger of messages: what becomes of each, in which order news of it counts, and by which name providers know it.

News comes late, twice and in any order: of two outcomes the one that tells more stands, so that the ledger is the same
whatever the order. Instants are microseconds.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from regulars.domain.instants import DAY
from regulars.domain.journeys import Channel, Class
from regulars.domain.messaging import MAX_DAYS
from regulars.domain.passages import Message, Outcome
from regulars.domain.sending import Sent

REMEMBERED = 1_000  # claims of a channel and class: a cap counts no more
KEPT = (365 + 90) * DAY  # rows of the ledger, after the entry: longer than anybody is under way
LEASE = 60_000_000  # how long whoever claimed a message may still be at it: longer than a function runs
# How much is told of a message: the last the most.
_TELLS = ("claimed", "unknown", "sent", "failed", "transient", "delivered", "bounced", "complained")
TRANSIENT = "transient"  # the reason of a bounce that says nothing of the address


def settled(message: Message, outcome: Outcome, at: int, *, sent: str = "", reason: str = "") -> Message:
    """Say how a message stands after news of it; as before where the news tells less, or it was never let out."""
    if message.outcome == "refused" or _tells(outcome, reason) <= _tells(message.outcome, message.reason):
        return message
    return replace(message, outcome=outcome, settled=at, sent=sent or message.sent, reason=reason)


def _tells(outcome: Outcome, reason: str) -> int:
    """Rank an outcome. SES tells notes of absence, too, as transient bounces, of letters that it has delivered."""
    return _TELLS.index(TRANSIENT if (outcome, reason) == ("bounced", TRANSIENT) else outcome)


def is_abandoned(message: Message, now: int) -> bool:
    """Say whether nobody is at a message any more that was claimed: whether it went out is not known."""
    return message.outcome == "claimed" and now >= message.at + LEASE


def remember(sent: Sequence[Sent], now: int) -> list[Sent]:
    """Keep of the messages that were claimed those that caps may count, oldest first."""
    counted: Counter[tuple[Channel, Class]] = Counter()
    kept = []
    for one in sorted(sent, key=lambda one: one.at, reverse=True):
        counted[one.channel, one.kind] += 1
        if one.at > now - (MAX_DAYS + 1) * DAY and counted[one.channel, one.kind] <= REMEMBERED:
            kept.append(one)
    return kept[::-1]


def forget_claim(sent: Sequence[Sent], claimed: Sent) -> list[Sent]:
    """Take back a claim of which surely nothing was sent, once."""
    kept = list(sent)
    if claimed in kept:
        kept.remove(claimed)
    return kept


def ledger_name(message: Message) -> str:
    """Name a message so that providers can carry it, and its row is found again: opaque letters, digits, - and _."""
    text = json.dumps([message.owner, message.passage, message.place], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_ledger_name(name: str) -> tuple[str, str, str]:
    """Read owner, passage and place of a message back. Raises ValueError."""
    found = json.loads(urlsafe_b64decode(name + "=" * (-len(name) % 4)))
    if not (isinstance(found, list) and len(found) == 3 and all(isinstance(part, str) for part in found)):
        raise ValueError("this names no message")
    owner, passage, place = found
    return owner, passage, place
