"""The rows of the journeys table as they come and go: whose they are, what they say of others, which outlive all."""

import json
from collections.abc import Collection
from dataclasses import replace

from regulars.domain.erasure import is_by
from regulars.domain.passages import Passage
from regulars.domain.profiles import founder
from regulars.stores.database import Item, number, text
from regulars.stores.journeys import COMPLAINT, Suppressed, passage_from, put_passage, suppressed_from

PASSAGE = "passage#"
DRAW = "draw#"
SUPPRESSED = "suppressed#"
SENDS = "sends"
SHARED = (DRAW, "entries#", SENDS)  # whoever comes back has rows of these names, too
INBOX = "inbox#"


def passage_in(item: Item) -> Passage | None:
    """Read the passage that a row is, if it is one."""
    return passage_from(item) if text(item, "item").startswith(PASSAGE) else None


def suppression_in(item: Item) -> Suppressed | None:
    """Read the suppression of an address that a row is, if it is one."""
    return suppressed_from(item) if text(item, "item").startswith(SUPPRESSED) else None


def outlives(item: Item) -> bool:
    """Say whether a row stays of somebody who is erased or forgotten: that they complained, and want no messages."""
    return text(item, "item").startswith(SUPPRESSED) and text(item, "reason") == COMPLAINT


def last_used(item: Item) -> int:
    """Say when (microseconds) a row was last written for something that happened."""
    name = text(item, "item")
    if name == SENDS:
        return max((at for at, _, _ in json.loads(text(item, "sent", "[]"))), default=0)
    if name.startswith(INBOX):
        return int(name.removeprefix(INBOX).partition("#")[0])
    return max(number(item, "at"), number(item, "since"), number(item, "ended"), number(item, "settled"))


def is_about(item: Item, gone: Collection[str]) -> bool:
    """Say whether a row is of somebody who is gone, and does not outlive them, or names one."""
    if text(item, "owner") in gone:
        return not outlives(item)
    named = {*_addresses(item), founder(text(item, "profile_id", "p_"))}
    return any(name in gone for name in named) or is_by(text(item, "event"), gone)


def redacted(item: Item, gone: Collection[str]) -> Item | None:
    """
    Give the row of somebody who stays as it is when it names nobody who is gone; None where nothing is left of it.

    A lot that was drawn as part of somebody who is gone is forgotten: they draw anew.
    """
    if text(item, "item").startswith(DRAW):
        return None
    cleared = {"event": ""} if "event" in item and is_by(text(item, "event"), gone) else {}
    if any(one in gone for one in _addresses(item)):
        cleared |= {name: "" for name in ("address", "also") if name in item}
    return {**item, **cleared}


def _addresses(item: Item) -> list[str]:
    """List whose address something was sent to, in all spellings."""
    return [text(item, "address"), *text(item, "also", "").split()]


def stopped(item: Item) -> Item:
    """
    Give a row as it is put back from a backup or from the lake: whoever was under way goes on no more.

    Their state machine went on meanwhile, and nobody knows how far.
    """
    passage = passage_in(item)
    if passage is None or passage.ended is not None:
        return item
    ended = replace(passage, ended=max(passage.at, passage.since), ending="stopped", token="")
    return {**put_passage(ended).item, "v": number(item, "v")}
