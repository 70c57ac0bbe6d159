"""What every database promises: conditions, transactions, inserts, and values that come back as they went in."""

import sys
from concurrent.futures import ThreadPoolExecutor
from unicodedata import normalize

import pytest

from regulars.errors import ConflictError
from regulars.stores.database import Check, Database, Delete, Item, Put, Value

A_PART: Item = {"owner": "user_id:a", "part": "traits", "state": "{}", "floor": -1, "marks": b"\x00\xff"}
NAUGHTY = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\u202eright to left",
    "Kelvin \u212a and Ångström \u212b",
    normalize("NFC", "é") + normalize("NFD", "é"),
    "İstanbul \uff46\uff55\uff4c\uff4c ﷽ 👩‍👩‍👧‍👦",
    "'; DROP TABLE events; --",
    '{"S": "?"}',
    "\ufffe\uffff\U0010ffff",
    "None",
)


def test_reads_what_was_put_with_its_version(database: Database) -> None:
    database.put("identities", A_PART, was=0)

    assert database.get("identities", "user_id:a", "traits") == {**A_PART, "v": 1}


def test_finds_nothing_where_nothing_is(database: Database) -> None:
    assert database.get("identities", "user_id:a", "traits") is None
    assert database.get("profiles", "p_user_id:a", consistent=False) is None


def test_reads_many_in_the_order_of_their_keys(database: Database) -> None:
    items: list[Item] = [{"owner": f"user_id:{number}", "part": "traits", "marks": b"m"} for number in range(230)]
    database.insert("identities", items)
    keys = [(f"user_id:{number}", "traits") for number in (*range(250), 3, 249, 3)]

    assert database.get_many("identities", keys) == [*items, *[None] * 20, items[3], None, items[3]]
    assert database.get_many("identities", keys[:2], consistent=False) == items[:2]
    assert database.get_many("identities", []) == []


def test_reads_many_of_a_table_without_sort_key(database: Database) -> None:
    database.put("vault", {"owner": "user_id:a", "wrapped": b"key"}, was=0)

    found = database.get_many("vault", [("user_id:b", None), ("user_id:a", None)])
    assert found == [None, {"owner": "user_id:a", "wrapped": b"key", "v": 1}]


def test_gives_back_every_value_as_it_was(database: Database) -> None:
    values: list[Value] = [*NAUGHTY, b"", bytes(range(256)), 0, -1, 10**20, -(2**63), sys.maxsize]
    for value in values:
        database.put("identities", {"owner": "o", "part": "put", "state": value})
        database.transact([Put("identities", {"owner": "o", "part": "transact", "state": value})])
        database.delete("identities", "o", "insert")
        database.insert("identities", [{"owner": "o", "part": "insert", "state": value}])

        found = [item["state"] for item in database.query("identities", "o")]
        assert found == [value] * 3
        assert {type(one) for one in found} == {type(value)}


def test_takes_every_text_as_a_key(database: Database) -> None:
    for key in NAUGHTY[1:]:
        database.put("identities", {"owner": key, "part": key}, was=0)

        assert database.get("identities", key, key) == {"owner": key, "part": key, "v": 1}
        assert database.query("identities", key, prefix=key) == [{"owner": key, "part": key, "v": 1}]


def test_a_put_replaces_the_whole_item(database: Database) -> None:
    database.put("identities", A_PART, was=0)
    database.put("identities", {"owner": "user_id:a", "part": "traits"}, was=1)

    assert database.get("identities", "user_id:a", "traits") == {"owner": "user_id:a", "part": "traits", "v": 2}


@pytest.mark.parametrize("was", [0, 2])
def test_refuses_a_put_over_another_version(database: Database, was: int) -> None:
    database.put("identities", A_PART, was=0)

    with pytest.raises(ConflictError):
        database.put("identities", {**A_PART, "state": "late"}, was=was)
    assert database.get("identities", "user_id:a", "traits") == {**A_PART, "v": 1}


def test_refuses_a_put_over_a_version_that_is_gone(database: Database) -> None:
    with pytest.raises(ConflictError):
        database.put("profiles", {"profile_id": "p_a"}, was=1)
    assert database.get("profiles", "p_a") is None


def test_an_item_without_a_version_is_there_all_the_same(database: Database) -> None:
    database.put("timers", {"slot": "s", "profile_id": "p", "due": 1})

    with pytest.raises(ConflictError):
        database.put("timers", {"slot": "s", "profile_id": "p", "due": 2}, was=0)
    assert database.get("timers", "s", "p") == {"slot": "s", "profile_id": "p", "due": 1}


def test_an_unconditional_put_overwrites_and_numbers_nothing(database: Database) -> None:
    for due in (1, 2):
        database.put("timers", {"slot": "s", "profile_id": "p", "due": due})

    assert database.get("timers", "s", "p") == {"slot": "s", "profile_id": "p", "due": 2}


def test_deletes_on_the_version_that_was_read(database: Database) -> None:
    database.put("identities", A_PART, was=0)

    with pytest.raises(ConflictError):
        database.delete("identities", "user_id:a", "traits", was=2)
    assert database.get("identities", "user_id:a", "traits") is not None
    database.delete("identities", "user_id:a", "traits", was=1)
    assert database.get("identities", "user_id:a", "traits") is None


def test_deleting_what_is_gone_is_no_fault_unless_a_version_was_read(database: Database) -> None:
    database.delete("profiles", "p_a")

    with pytest.raises(ConflictError):
        database.delete("profiles", "p_a", was=1)


def test_one_of_sixteen_wins_a_race(database: Database) -> None:
    def put(number: int) -> bool:
        try:
            database.put("identities", {**A_PART, "floor": number}, was=0)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(put, range(16)))
    assert won.count(True) == 1
    assert database.get("identities", "user_id:a", "traits") == {**A_PART, "floor": won.index(True), "v": 1}


def test_no_increment_is_lost_among_threads(database: Database) -> None:
    def add(_: int) -> None:
        while True:
            item = database.get("identities", "o", "n") or {"owner": "o", "part": "n", "floor": 0, "v": 0}
            version, floor = item["v"], item["floor"]
            assert isinstance(version, int)
            assert isinstance(floor, int)
            try:
                database.put("identities", {"owner": "o", "part": "n", "floor": floor + 1}, was=version)
            except ConflictError:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(12)))
    assert database.get("identities", "o", "n") == {"owner": "o", "part": "n", "floor": 12, "v": 12}


def test_a_transaction_does_all_of_its_writes(database: Database) -> None:
    database.put("identities", A_PART, was=0)
    database.put("profiles", {"profile_id": "p_gone"}, was=0)

    database.transact(
        [
            Put("profiles", {"profile_id": "p_new", "owners": "user_id:a"}, 0),
            Put("timers", {"slot": "s", "profile_id": "p_new", "due": 1}),
            Delete("profiles", ("p_gone", None), 1),
            Check("identities", ("user_id:a", "traits"), 1),
        ]
    )
    assert database.get("profiles", "p_new") == {"profile_id": "p_new", "owners": "user_id:a", "v": 1}
    assert database.get("timers", "s", "p_new") == {"slot": "s", "profile_id": "p_new", "due": 1}
    assert database.get("profiles", "p_gone") is None
    assert database.get("identities", "user_id:a", "traits") == {**A_PART, "v": 1}


@pytest.mark.parametrize(
    "late",
    [
        Put("identities", A_PART, 0),
        Put("identities", A_PART, 2),
        Put("identities", {"owner": "user_id:b", "part": "traits"}, 1),
        Delete("identities", ("user_id:a", "traits"), 2),
        Check("identities", ("user_id:a", "traits"), 0),
        Check("identities", ("user_id:a", "traits"), 2),
        Check("identities", ("user_id:b", "traits"), 1),
    ],
)
def test_a_transaction_that_lost_one_race_does_nothing(database: Database, late: Put | Delete | Check) -> None:
    database.put("identities", A_PART, was=0)
    fine = Put("profiles", {"profile_id": "p_a"}, 0)

    for writes in ([late, fine], [fine, late]):
        with pytest.raises(ConflictError):
            database.transact(writes)
    assert database.get("profiles", "p_a") is None
    assert database.query("identities", "user_id:a") == [{**A_PART, "v": 1}]


def test_a_transaction_holds_a_hundred_writes_and_no_more(database: Database) -> None:
    writes = [Put("profiles", {"profile_id": f"p_{number}"}, 0) for number in range(101)]

    with pytest.raises(ValueError, match="1 to 100 writes"):
        database.transact(writes)
    assert database.get("profiles", "p_0") is None
    database.transact(writes[:100])
    assert [database.get("profiles", f"p_{number}") is not None for number in (0, 99)] == [True, True]


def test_a_transaction_does_not_write_one_item_twice(database: Database) -> None:
    with pytest.raises(ValueError, match="each of another item"):
        database.transact([Put("profiles", {"profile_id": "p_a"}, 0), Delete("profiles", ("p_a", None))])
    assert database.get("profiles", "p_a") is None


def test_an_insert_says_what_was_new_and_overwrites_nothing(database: Database) -> None:
    one, two, three = ({"owner": "o", "moment": f"m{number}", "at": number} for number in (1, 2, 3))

    assert database.insert("events", [one, two]) == [True, True]
    assert database.insert("events", [{**two, "at": 99}, three, {**one, "at": 99}]) == [False, True, False]
    assert database.query("events", "o") == [one, two, three]


def test_an_insert_of_one_key_twice_keeps_the_first(database: Database) -> None:
    items: list[Item] = [{"owner": "o", "moment": "m", "at": at} for at in (1, 2)]

    assert database.insert("events", items) == [True, False]
    assert database.query("events", "o") == items[:1]


def test_an_insert_may_be_larger_than_an_item_and_is_read_back_whole(database: Database) -> None:
    clear, sealed = b"{" + b"c" * 600_000, b"\0\1" * 300_000
    small: Item = {"owner": "user_id:u", "moment": "1#web#m-1", "clear": b"{}", "print": b"1"}
    large: Item = {"owner": "user_id:u", "moment": "2#web#m-2", "clear": clear, "sealed": sealed, "print": b"2"}
    other: Item = {**large, "clear": clear[::-1], "print": b"3"}

    assert database.insert("events", [small, large]) == [True, True]
    assert database.insert("events", [large, other]) == [False, False]
    assert database.get("events", "user_id:u", "2#web#m-2") == large
    assert database.query("events", "user_id:u") == [small, large]


def test_inserts_any_number_of_items_of_any_shape(database: Database) -> None:
    items: list[Item] = [
        {"owner": f"o{number % 3}", "moment": f"m{number:03}", **({"name": "x"} if number % 2 else {"print": b"y"})}
        for number in range(61)
    ]
    database.insert("events", items[10:12])

    assert database.insert("events", items) == [number not in (10, 11) for number in range(61)]
    assert [item for owner in ("o0", "o1", "o2") for item in database.query("events", owner)] == [
        item for rest in range(3) for item in items[rest::3]
    ]
    assert database.insert("events", []) == []


def test_of_sixteen_inserts_of_one_event_one_is_new(database: Database) -> None:
    with ThreadPoolExecutor(16) as pool:
        new = list(pool.map(lambda at: database.insert("events", [{"owner": "o", "moment": "m", "at": at}]), range(16)))

    assert new.count([True]) == 1
    assert database.query("events", "o") == [{"owner": "o", "moment": "m", "at": new.index([True])}]


def test_an_item_is_swapped_only_while_it_stands(database: Database) -> None:
    old: Item = {"owner": "user_id:a", "moment": "1", "links": "user_id:a user_id:b", "at": 5, "sealed": b"x"}
    new = {name: value for name, value in old.items() if name != "sealed"} | {"expires": 9}
    database.put("events", old)
    database.swap("events", old, new)
    assert database.get("events", "user_id:a", "1") == new

    with pytest.raises(ConflictError):  # it has an end since
        database.swap("events", old, new)
    database.put("events", {**new, "links": "user_id:a"})
    with pytest.raises(ConflictError):  # it names one less
        database.swap("events", new, {**new, "at": 6})
    database.delete("events", "user_id:a", "1")
    with pytest.raises(ConflictError):
        database.swap("events", new, new)
    assert database.get("events", "user_id:a", "1") is None
