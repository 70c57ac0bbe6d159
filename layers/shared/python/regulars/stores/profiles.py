"""The profiles table: one row for each set of identifiers, tombstones included; its stream is the identity log."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

from regulars.domain.profiles import Cut, Edge, Hold, Profile
from regulars.stores.database import Database, Item, Put, number, text


class ProfileStore:
    """Reads profiles and follows tombstones."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, profile_id: str) -> Profile | None:
        """Read one profile, consistently; a tombstone comes as what it is."""
        item = self._database.get("profiles", profile_id)
        return from_item(item) if item else None

    def root(self, profile_id: str) -> Profile | None:
        """Read the live profile that a profile id leads to; None if it names an unattached identifier."""
        profile = self.get(profile_id)
        while profile and profile.merged_into:
            profile = self.get(profile.merged_into)
        return profile

    def many(self, profile_ids: Sequence[str]) -> list[Profile]:
        """Read those of these that there are, tombstones as what they are."""
        items = self._database.get_many("profiles", [(profile_id, None) for profile_id in profile_ids])
        return [from_item(item) for item in items if item]

    def roots(self, profile_ids: Iterable[str]) -> dict[str, Profile]:
        """Read the live profile of each of these."""
        found = {profile_id: self.root(profile_id) for profile_id in sorted(set(profile_ids))}
        return {profile_id: profile for profile_id, profile in found.items() if profile}


def save(profile: Profile) -> Put:
    """The write of a profile, on the condition of the version it was read with."""
    return Put("profiles", to_item(profile), was=profile.version)


def to_item(profile: Profile) -> Item:
    """Lay out a profile."""
    item: dict[str, str | int | bytes] = {
        "profile_id": profile.profile_id,
        "owners": " ".join(profile.owners),
        "since": profile.since,
        "merges": profile.merges,
        "event": profile.event,
        "rule": profile.rule,
        "changed": profile.changed,
    }
    rare = {
        "merged_into": profile.merged_into,
        "absorbed": " ".join(profile.absorbed),
        "ends": " ".join(profile.ends),
        "ties": _write([astuple(edge) for edge in profile.ties]),
        "holds": _write([astuple(hold) for hold in profile.holds]),
        "cuts": _write([[*astuple(cut.edge), cut.until, cut.by, cut.released] for cut in profile.cuts]),
        "erased": profile.erased,
    }
    return item | {name: value for name, value in rare.items() if value}


def from_item(item: Item) -> Profile:
    """Read a profile back."""
    return Profile(
        profile_id=text(item, "profile_id"),
        version=number(item, "v"),
        owners=tuple(text(item, "owners").split()),
        since=number(item, "since"),
        merges=number(item, "merges"),
        merged_into=text(item, "merged_into") or None,
        event=text(item, "event"),
        rule=text(item, "rule"),
        changed=number(item, "changed"),
        absorbed=tuple(text(item, "absorbed").split()),
        ends=tuple(text(item, "ends").split()),
        ties=tuple(_edge(packed) for packed in json.loads(text(item, "ties", "[]"))),
        holds=tuple(_hold(*packed) for packed in json.loads(text(item, "holds", "[]"))),
        cuts=tuple(_cut(*packed) for packed in json.loads(text(item, "cuts", "[]"))),
        erased=number(item, "erased"),
    )


def _write(rows: Sequence[Any]) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def _edge(packed: Sequence[Any]) -> Edge:
    one, other, event, rule, since = packed
    return Edge(one=one, other=other, event=event, rule=rule, since=since)


def _hold(owner: str, since: int, released: int) -> Hold:
    return Hold(owner=owner, since=since, released=released)


def _cut(one: str, other: str, event: str, rule: str, since: int, until: int, by: str, released: int) -> Cut:
    return Cut(edge=_edge([one, other, event, rule, since]), until=until, by=by, released=released)
