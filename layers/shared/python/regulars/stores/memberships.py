"""The memberships table: a row for each profile and segment, a head for each profile, and the index of members."""

from regulars.domain.heads import Head
from regulars.domain.memberships import Membership, shard_of, shards_of
from regulars.stores.database import Database, Delete, Item, Put, number, text

HEAD = "head"
PREFIX = "segment#"


class MembershipStore:
    """Reads and writes memberships, each transition on the condition of the one before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, profile_id: str) -> tuple[Head, dict[str, Membership]]:
        """Read the head and all memberships of a profile, consistently."""
        head, memberships = Head(profile_id=profile_id), {}
        for item in self._database.query("memberships", profile_id):
            if text(item, "item") == HEAD:
                head = head_from_item(item)
            else:
                membership = from_item(item)
                memberships[membership.segment] = membership
        return head, memberships

    def head(self, profile_id: str) -> Head:
        """Read the head of a profile, consistently."""
        item = self._database.get("memberships", profile_id, HEAD)
        return head_from_item(item) if item else Head(profile_id=profile_id)

    def get(self, profile_id: str, segment: str) -> Membership | None:
        """Read one membership."""
        item = self._database.get("memberships", profile_id, PREFIX + segment)
        return from_item(item) if item else None

    def save(self, membership: Membership) -> None:
        """Write a membership on the condition of the version it was read with. Raises ConflictError."""
        self._database.put("memberships", to_item(membership), was=membership.version)

    def carry(self, absorbed: Membership, into: Membership | None) -> None:
        """Take an absorbed membership away and write what it leaves, in one step. Raises ConflictError."""
        away = Delete("memberships", (absorbed.profile_id, PREFIX + absorbed.segment), was=absorbed.version)
        put = [Put("memberships", to_item(into), was=into.version)] if into else []
        self._database.transact([away, *put])

    def save_head(self, head: Head) -> None:
        """Write a head on the condition of the version it was read with. Raises ConflictError."""
        self._database.put("memberships", head_to_item(head), was=head.version)

    def members(self, segment: str, *, after: str | None, limit: int) -> list[str]:
        """List profile ids of members, shard by shard; `after` is `shard/profile_id` of the last one seen."""
        start, _, last = (after or "0/").partition("/")
        found: list[str] = []
        for shard, name in enumerate(shards_of(segment)):
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
        "item": PREFIX + membership.segment,
        "member": int(membership.member),
        "since": membership.since,
        "number": membership.number,
        "definition": membership.definition,
    }
    if membership.member:
        item["segment_shard"] = shard_of(membership.profile_id, membership.segment)
    if membership.silent:
        item["silent"] = 1
    return item


def from_item(item: Item) -> Membership:
    """Read a membership back."""
    return Membership(
        profile_id=text(item, "profile_id"),
        segment=text(item, "item").removeprefix(PREFIX),
        member=bool(number(item, "member")),
        since=number(item, "since"),
        number=number(item, "number"),
        definition=number(item, "definition"),
        version=number(item, "v"),
        silent=bool(number(item, "silent")),
    )


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
