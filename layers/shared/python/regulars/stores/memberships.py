"""The memberships table: a row for each profile and segment, a head for each profile, and the index of members."""

from collections.abc import Mapping, Sequence
from typing import cast, get_args

from regulars.domain.heads import Head
from regulars.domain.memberships import Membership, shard_of, shards_of
from regulars.domain.transitions import Moved, Reason
from regulars.stores.database import Database, Delete, Item, Put, number, text

HEAD = "head"
PREFIX = "segment#"
_REASONS: Mapping[str, Reason] = {reason[0]: reason for reason in get_args(Reason)}


class MembershipStore:
    """Reads and writes memberships, each transition on the condition of the one before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, profile_id: str) -> tuple[Head, dict[str, Membership]]:
        """Read the head and all memberships of a profile, consistently, each under the name of its rows."""
        head, memberships = Head(profile_id=profile_id), {}
        for item in self._database.query("memberships", profile_id):
            if text(item, "item") == HEAD:
                head = head_from_item(item)
            else:
                membership = from_item(item)
                memberships[membership.rows] = membership
        return head, memberships

    def head(self, profile_id: str) -> Head:
        """Read the head of a profile, consistently."""
        item = self._database.get("memberships", profile_id, HEAD)
        return head_from_item(item) if item else Head(profile_id=profile_id)

    def get(self, profile_id: str, rows: str) -> Membership | None:
        """Read one membership."""
        item = self._database.get("memberships", profile_id, PREFIX + rows)
        return from_item(item) if item else None

    def of_segment(self, profile_id: str, segment: str) -> list[Membership]:
        """Read the memberships of a profile under all editions of a segment, consistently."""
        items = self._database.query("memberships", profile_id, prefix=PREFIX + segment)
        return [found for found in map(from_item, items) if found.segment == segment]

    def save(self, membership: Membership | None, *, instead: Sequence[Membership] = ()) -> None:
        """
        Write a membership, and take away those that it stands for now, in one step.

        Each on the condition of the version it was read with. Raises ConflictError.
        """
        if membership and not instead:
            self._database.put("memberships", to_item(membership), was=membership.version)
        elif membership or instead:
            away = [Delete("memberships", (row.profile_id, PREFIX + row.rows), was=row.version) for row in instead]
            put = [Put("memberships", to_item(membership), was=membership.version)] if membership else []
            self._database.transact([*away, *put])

    def save_head(self, head: Head) -> None:
        """Write a head on the condition of the version it was read with. Raises ConflictError."""
        self._database.put("memberships", head_to_item(head), was=head.version)

    def delete_head(self, head: Head) -> None:
        """Remove a head on the condition of the version it was read with. Raises ConflictError."""
        self._database.delete("memberships", head.profile_id, HEAD, was=head.version)

    def count(self, shard: str) -> int:
        """Count the members of an edition in a shard of the index, which lags by moments."""
        return self._database.count_index("memberships", "by_segment", shard)

    def members(self, rows: str, *, after: str | None, limit: int) -> list[str]:
        """List who is in an edition, shard by shard; `after` is `shard/profile_id` of the last one seen."""
        start, _, last = (after or "0/").partition("/")
        found: list[str] = []
        for shard, name in enumerate(shards_of(rows)):
            if shard < int(start) or len(found) >= limit:
                continue
            past = last if shard == int(start) and last else None
            items = self._database.query_index("memberships", "by_segment", name, after=past, limit=limit - len(found))
            found += [f"{shard}/{text(item, 'profile_id')}" for item in items]
        return found


def to_item(membership: Membership) -> Item:
    """Lay out a membership; only members stand in the index."""
    item: dict[str, str | int | bytes] = {
        "profile_id": membership.profile_id,
        "item": PREFIX + membership.rows,
        "member": int(membership.member),
        "since": membership.since,
        "number": membership.number,
        "definition": membership.definition,
    }
    if membership.member:
        item["segment_shard"] = shard_of(membership.profile_id, membership.rows)
    if membership.silent:
        item["silent"] = 1
    if membership.backfill:
        item["backfill"] = 1
    if membership.reason != "event":
        item["reason"] = membership.reason
    if membership.past:
        item["past"] = " ".join(map(_moved_to_text, membership.past))
    return item


def from_item(item: Item) -> Membership:
    """Read a membership back."""
    segment, _, edition = text(item, "item").removeprefix(PREFIX).partition("#")
    return Membership(
        profile_id=text(item, "profile_id"),
        segment=segment,
        edition=int(edition or 0),
        member=bool(number(item, "member")),
        since=number(item, "since"),
        number=number(item, "number"),
        definition=number(item, "definition"),
        version=number(item, "v"),
        silent=bool(number(item, "silent")),
        backfill=bool(number(item, "backfill")),
        reason=cast(Reason, text(item, "reason", "event")),
        past=tuple(_moved_from_text(each) for each in text(item, "past").split()),
    )


def _moved_to_text(moved: Moved) -> str:
    """Write a transition in two dozen characters."""
    return f"{moved.number}{'+' if moved.entered else '-'}{moved.at}.{moved.definition}{moved.reason[0]}"


def _moved_from_text(written: str) -> Moved:
    number, sign, rest = written.partition("+") if "+" in written else written.partition("-")
    at, _, version = rest.partition(".")
    return Moved(int(number), sign == "+", int(at), int(version[:-1]), _REASONS[version[-1]])


def head_to_item(head: Head) -> Item:
    """Lay out a head."""
    item: dict[str, str | int | bytes] = {
        "profile_id": head.profile_id,
        "item": HEAD,
        "catalog": head.catalog,
    }
    if head.armed is not None:
        item["armed"] = head.armed
    if head.evaluated:
        item["evaluated"] = head.evaluated
    if head.absorbed:
        item["absorbed"] = " ".join(sorted(head.absorbed))
    if head.bare:
        item["bare"] = " ".join(sorted(head.bare))
    if head.skipped:
        item["skipped"] = " ".join(sorted(head.skipped))
    return item


def head_from_item(item: Item) -> Head:
    """Read a head back."""
    return Head(
        profile_id=text(item, "profile_id"),
        version=number(item, "v"),
        armed=number(item, "armed") or None,
        catalog=number(item, "catalog"),
        evaluated=number(item, "evaluated"),
        absorbed=frozenset(text(item, "absorbed").split()),
        bare=frozenset(text(item, "bare").split()),
        skipped=frozenset(text(item, "skipped").split()),
    )
