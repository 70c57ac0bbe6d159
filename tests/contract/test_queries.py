"""What every database promises of queries: order, ranges, pages, and the index of members."""

from itertools import product

import pytest

from regulars.stores.database import Database, Item, text

SORTS = ["a", "b#1", "b#2", "b$", "c", "Z", "é", "\uffff", "\U00010000"]
LIMITS = [None, 1, 2, 3, 100]
IN_ORDER = sorted(SORTS)  # by code point, which is the order of the bytes of UTF-8


@pytest.fixture
def letters(database: Database) -> Database:
    """A partition of a few items, and one beside it."""
    for sort in SORTS:
        database.put("identities", {"owner": "o", "part": sort}, was=0)
    database.put("identities", {"owner": "other", "part": "b#3"}, was=0)
    return database


def sorts(items: list[Item]) -> list[str]:
    """The sort keys of items."""
    return [text(item, "part") for item in items]


def test_reads_a_partition_in_the_order_of_its_sort_keys(letters: Database) -> None:
    assert sorts(letters.query("identities", "o")) == IN_ORDER
    assert sorts(letters.query("identities", "o", consistent=False)) == IN_ORDER
    assert letters.query("identities", "nobody") == []


def test_reads_the_newest_first(letters: Database) -> None:
    assert sorts(letters.query("identities", "o", newest_first=True)) == IN_ORDER[::-1]
    assert sorts(letters.query("identities", "o", newest_first=True, limit=2)) == IN_ORDER[:-3:-1]


def test_narrows_by_prefix(letters: Database) -> None:
    for newest_first, limit in product([False, True], LIMITS):
        expected = ["b#1", "b#2"][:: -1 if newest_first else 1][:limit]

        found = letters.query("identities", "o", prefix="b#", newest_first=newest_first, limit=limit)
        assert sorts(found) == expected


@pytest.mark.parametrize("after", [None, "", "a", "b", "b#1", "zz"])
def test_narrows_by_both_ends_and_holds_neither(letters: Database, after: str | None) -> None:
    for before, limit, newest_first in product([None, "a", "b#2", "b#2x", "\U0010ffff"], LIMITS, [False, True]):
        between = [sort for sort in IN_ORDER if (after is None or sort > after) and (before is None or sort < before)]
        expected = (between[::-1] if newest_first else between)[:limit]

        found = letters.query("identities", "o", after=after, before=before, limit=limit, newest_first=newest_first)
        assert sorts(found) == expected


def test_goes_on_after_the_last_one_seen(letters: Database) -> None:
    seen: list[str] = []
    while page := sorts(letters.query("identities", "o", after=seen[-1] if seen else None, limit=2)):
        seen += page

    assert seen == IN_ORDER


def test_reads_more_than_a_megabyte(database: Database) -> None:
    for number in range(5):
        database.put("events", {"owner": "o", "moment": f"{number}", "clear": bytes(300_000)}, was=0)

    assert [item["moment"] for item in database.query("events", "o")] == ["0", "1", "2", "3", "4"]
    newest = database.query("events", "o", newest_first=True, limit=4)
    assert [item["moment"] for item in newest] == ["4", "3", "2", "1"]


def members(database: Database, after: str | None = None, limit: int = 100) -> list[str]:
    """The profiles that the index lists."""
    found = database.query_index("memberships", "by_segment", "vip#0", after=after, limit=limit)
    return [text(item, "profile_id") for item in found]


def a_membership(profile_id: str, shard: str | None = "vip#0") -> Item:
    """A row of somebody who is in, or out, of a segment."""
    row: Item = {"profile_id": profile_id, "item": "segment#vip", "member": int(shard is not None)}
    return {**row, "segment_shard": shard} if shard else row


def test_the_index_lists_only_those_who_are_in(database: Database) -> None:
    for profile_id, shard in (("p_c", "vip#0"), ("p_a", "vip#0"), ("p_out", None), ("p_b", "vip#1")):
        database.put("memberships", a_membership(profile_id, shard), was=0)

    assert members(database) == ["p_a", "p_c"]
    assert database.count_index("memberships", "by_segment", "vip#0") == 2
    assert database.count_index("memberships", "by_segment", "vip#2") == 0
    found = database.query_index("memberships", "by_segment", "vip#0", limit=1)
    assert "member" not in found[0]
    assert found[0]["segment_shard"] == "vip#0"


def test_the_index_follows_who_leaves_and_moves(database: Database) -> None:
    for profile_id in ("p_a", "p_b", "p_c"):
        database.put("memberships", a_membership(profile_id), was=0)

    database.put("memberships", a_membership("p_a", None), was=1)
    database.put("memberships", a_membership("p_b", "vip#1"), was=1)
    assert members(database) == ["p_c"]
    database.delete("memberships", "p_c", "segment#vip", was=1)
    assert members(database) == []


def test_the_index_goes_on_after_the_last_one_seen(database: Database) -> None:
    for number in range(5):
        database.put("memberships", a_membership(f"p_{number}"), was=0)

    assert members(database, limit=2) == ["p_0", "p_1"]
    assert members(database, after="p_1", limit=2) == ["p_2", "p_3"]
    assert members(database, after="p_3", limit=2) == ["p_4"]
    assert members(database, after="p_4") == []


def listed(database: Database, of: int, limit: int) -> list[str]:
    """Every partition key of the events, segment by segment and page by page."""
    found: list[str] = []
    for segment in range(of):
        after, more = None, True
        while more:
            page = database.partitions("events", segment=segment, of=of, after=after, limit=limit)
            found += page.partitions
            after, more = page.next, page.next is not None
    return found


@pytest.mark.parametrize(("of", "limit"), [(1, 100), (1, 2), (3, 1), (3, 7)])
def test_lists_each_partition_once(database: Database, of: int, limit: int) -> None:
    for owner, number in product("abcdefgh", range(3)):
        database.put("events", {"owner": owner, "moment": f"{number}"}, was=0)

    assert sorted(listed(database, of, limit)) == list("abcdefgh")


def test_lists_no_partition_of_an_empty_table(database: Database) -> None:
    assert listed(database, 2, 10) == []


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_scans_each_item_once(database: Database, limit: int) -> None:
    for owner, number in product("abc", range(3)):
        database.put("events", {"owner": owner, "moment": f"{number}"}, was=0)

    found: list[Item] = []
    page = database.scan("events", limit=limit)
    while page.next is not None:
        found += page.items
        page = database.scan("events", after=page.next, limit=limit)
    found += page.items

    expected = [{"owner": owner, "moment": f"{number}", "v": 1} for owner, number in product("abc", range(3))]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_scans_nothing_of_an_empty_table(database: Database) -> None:
    assert database.scan("timers", limit=10).items == []
