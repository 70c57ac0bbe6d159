"""The identities table: what one identifier's events add up to, in parts, and the profile it is attached to."""

import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, cast

from regulars.domain.decisions import By, Word, Words
from regulars.domain.events import Mark, Sealed
from regulars.domain.keeps import pack, unpack
from regulars.domain.orders import NAME, Order, Refund, Stated, Worth
from regulars.domain.parts import Part
from regulars.domain.profiles import Link
from regulars.domain.state import EMPTY, State
from regulars.stores.database import Database, Item, Put, binary, number, text

LINK = "id"
_MARK = 13  # 8 bytes of arrival, 5 of hash


@dataclass(frozen=True, slots=True)
class Identity:
    """All that is kept under one owner."""

    link: Link | None
    parts: tuple[Part, ...]


class IdentityStore:
    """Reads and writes parts; each write names the version it read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, owner: str) -> Identity:
        """Read all parts of an owner, consistently."""
        link, parts = None, []
        for item in self._database.query("identities", owner):
            if text(item, "part") == LINK:
                link = link_from_item(item)
            else:
                parts.append(part_from_item(item))
        return Identity(link, tuple(parts))

    def part(self, owner: str, name: str) -> Part | None:
        """Read one part."""
        item = self._database.get("identities", owner, name)
        return part_from_item(item) if item else None

    def link(self, owner: str, *, consistent: bool = True) -> Link | None:
        """Read which profile an owner is attached to."""
        item = self._database.get("identities", owner, LINK, consistent=consistent)
        return link_from_item(item) if item else None

    def links(self, owners: Sequence[str]) -> list[Link]:
        """Read the links of those of these that are attached, consistently."""
        items = self._database.get_many("identities", [(owner, LINK) for owner in owners])
        return [link_from_item(item) for item in items if item]

    def save(self, part: Part) -> None:
        """Write a part on the condition of the version it was read with. Raises ConflictError."""
        self._database.put("identities", part_to_item(part), was=part.version)

    def delete(self, part: Part) -> None:
        """Remove a part on the condition of the version it was read with. Raises ConflictError."""
        self._database.delete("identities", part.owner, part.name, was=part.version)


def attach(link: Link) -> Put:
    """The write that attaches an owner, on the condition of the link's version."""
    item: dict[str, str | int | bytes] = {
        "owner": link.owner,
        "part": LINK,
        "profile_id": link.profile_id,
        "event": link.event,
        "since": link.since,
        "attached": link.attached,
    }
    if link.proven:
        item["proven"] = 1
    if link.to:
        item["to"] = link.to
    if link.erased:
        item["erased"] = link.erased
    return Put("identities", item, was=link.version)


def link_from_item(item: Item) -> Link:
    """Read a link back."""
    return Link(
        owner=text(item, "owner"),
        profile_id=text(item, "profile_id"),
        version=number(item, "v"),
        event=text(item, "event"),
        since=number(item, "since"),
        to=text(item, "to"),
        attached=number(item, "attached"),
        proven=bool(number(item, "proven")),
        erased=number(item, "erased"),
    )


def part_to_item(part: Part) -> Item:
    """Lay out a part; marks are packed in the order of their arrival."""
    marks = b"".join(mark.arrival.to_bytes(8, "big") + mark.print for mark in sorted(part.marks))
    item: dict[str, str | int | bytes] = {
        "owner": part.owner,
        "part": part.name,
        "catalog": part.catalog,
        "watch": part.watch,
        "marks": marks,
        "floor": part.floor,
        "whole": part.whole,
        "state": _write(_pack(part.state)),
    }
    if part.sealed_until >= 0:
        item |= {"sealed": zlib.compress(_write(_pack_sealed(part.sealed)).encode()), "sealed_until": part.sealed_until}
    return item


def part_from_item(item: Item) -> Part:
    """Read a part back."""
    packed = binary(item, "marks")
    marks = (packed[at : at + _MARK] for at in range(0, len(packed), _MARK))
    owner = text(item, "owner")
    state = _unpack(owner, json.loads(text(item, "state", "{}")))
    return Part(
        owner=owner,
        name=text(item, "part"),
        version=number(item, "v"),
        catalog=number(item, "catalog"),
        watch=text(item, "watch"),
        marks=frozenset(Mark(int.from_bytes(mark[:8], "big"), mark[8:]) for mark in marks),
        floor=number(item, "floor", -1),
        whole=number(item, "whole", -1),
        state=state,
        sealed=_unpack_sealed(binary(item, "sealed"), state),
        sealed_until=number(item, "sealed_until", -1),
    )


def _write(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _pack_sealed(sealed: State) -> Mapping[str, Any]:
    """Write what is sealed of a state: sums as they are, and of what the state says anyway only the names."""
    full: dict[str, Any] = {
        "n": sealed.count,
        "kept": pack(sealed.kept),
        "traits": [*sealed.traits],
        "orders": [*sealed.orders],
        "consent": [*sealed.consent],
    }
    return {name: value for name, value in full.items() if value}


def _unpack_sealed(packed: bytes, state: State) -> State:
    if not packed:
        return EMPTY
    found = json.loads(zlib.decompress(packed))
    said = [(by, matter) for by, matter in found.get("consent", ())]
    return State(
        count=found.get("n", 0),
        kept=unpack(found.get("kept", {})),
        traits={name: state.traits[name] for name in found.get("traits", ()) if name in state.traits},
        orders={order_id: state.orders[order_id] for order_id in found.get("orders", ()) if order_id in state.orders},
        consent={key: state.consent[key] for key in said if key in state.consent},
    )


def _pack(state: State) -> dict[str, Any]:
    full: dict[str, Any] = {
        "n": state.count,
        "kept": pack(state.kept),
        "traits": {name: _pack_trait(trait) for name, trait in state.traits.items()},
        "orders": {order_id: _pack_order(order) for order_id, order in state.orders.items()},
        "consent": _pack_words(state.consent),
    }
    return {name: value for name, value in full.items() if value not in (None, (), {}, [])}


def _pack_trait(trait: tuple[int, str, Any]) -> list[Any]:
    at, moment, value = trait
    return [at, moment, None, value.text] if isinstance(value, Sealed) else [at, moment, value]


def _pack_order(order: Order) -> list[Any]:
    """Write an order small: what goes without saying is left out, and instants are told from that of its worth."""
    worth = _without_end([*order.worth]) if order.worth else None
    times = [_moved(instant, -_start(order.worth)) for instant in (order.completed, order.updated)]
    refunds = " ".join(f"{name}{amount}{currency}" for name, (amount, currency) in order.refunds.items())
    stated = None if order.currency == _stated_with(order.worth) else order.currency
    return _without_end([worth, *times, int(order.ended) or None, refunds, stated])


def _pack_words(words: Words) -> list[Any]:
    """Write words small: one event mostly says something of several matters."""
    matters: dict[tuple[str, Word], list[str]] = defaultdict(list)
    for (by, matter), word in sorted(words.items()):
        matters[by, word].append(matter)
    return [
        [by, word.at, word.moment, int(word.denied), int(word.proven), *named] for (by, word), named in matters.items()
    ]


def _unpack_words(packed: Sequence[Any]) -> Words:
    words: dict[By, Word] = {}
    for by, at, moment, denied, proven, *matters in packed:
        word = Word(at, bool(denied), moment, bool(proven))
        words |= {(by, matter): word for matter in matters}
    return words


def _start(worth: Worth | None) -> int:
    return worth[0] if worth else 0


def _moved(instant: int | None, by: int) -> int | None:
    return None if instant is None else instant + by


def _without_end(values: list[Any]) -> list[Any]:
    while values and values[-1] in (None, ""):
        values.pop()
    return values


def _stated_with(worth: Worth | None) -> Stated | None:
    return (worth[0], worth[1], worth[3]) if worth and worth[3] else None


def _unpack(owner: str, packed: dict[str, Any]) -> State:
    return State(
        count=packed.get("n", 0),
        kept=unpack(packed.get("kept", {})),
        traits={name: _unpack_trait(owner, trait) for name, trait in packed.get("traits", {}).items()},
        orders={order_id: _unpack_order(order) for order_id, order in packed.get("orders", {}).items()},
        consent=_unpack_words(packed.get("consent", ())),
    )


def _unpack_trait(owner: str, packed: list[Any]) -> tuple[int, str, Any]:
    value = Sealed(owner, packed[3]) if len(packed) > 3 else packed[2]
    return packed[0], packed[1], value


def _unpack_order(packed: list[Any]) -> Order:
    said, completed, updated, ended, refunds, stated = packed + [None] * (6 - len(packed))
    worth = cast(Worth, (*said, "")[:4]) if said else None
    return Order(
        worth=worth,
        currency=cast(Stated, tuple(stated)) if stated else _stated_with(worth),
        completed=_moved(completed, _start(worth)),
        updated=_moved(updated, _start(worth)),
        refunds=dict(_unpack_refund(refund) for refund in (refunds or "").split()),
        ended=bool(ended),
    )


def _unpack_refund(packed: str) -> tuple[str, Refund]:
    name, said = packed[:NAME], packed[NAME:]
    amount = said.rstrip(ascii_uppercase)
    return name, (int(amount), said[len(amount) :])
