"""What every database promises of streams: each change once, in order, with its images."""

from regulars.stores.database import Check, Database, Delete, Item, Put
from tests.contract.conftest import Tables

PART: Item = {"owner": "o", "part": "traits", "marks": b"\x00\xff", "floor": -1, "state": ""}


def test_tells_each_kind_of_change_with_both_images(tables_under_test: Tables) -> None:
    database = tables_under_test.database
    database.put("identities", PART, was=0)
    database.put("identities", {**PART, "floor": 7}, was=1)
    database.delete("identities", "o", "traits", was=2)

    one, two = {**PART, "v": 1}, {**PART, "floor": 7, "v": 2}
    assert tables_under_test.records("identities") == [
        ("INSERT", None, one),
        ("MODIFY", one, two),
        ("REMOVE", two, None),
    ]


def test_tells_of_an_insert_once(tables_under_test: Tables) -> None:
    database = tables_under_test.database
    items: list[Item] = [{"owner": "o", "moment": f"m{number}", "print": b"\x01"} for number in range(3)]
    database.insert("events", items[:2])
    database.insert("events", items)

    assert tables_under_test.records("events") == [("INSERT", None, item) for item in items]


def test_keeps_old_images_of_events_to_itself(tables_under_test: Tables) -> None:
    database = tables_under_test.database
    database.insert("events", [{"owner": "o", "moment": "m"}])
    database.delete("events", "o", "m")

    assert tables_under_test.records("events")[1:] == [("REMOVE", None, None)]


def test_tells_each_write_of_a_transaction(tables_under_test: Tables) -> None:
    database = tables_under_test.database
    for profile_id in ("p_a", "p_b", "p_c"):
        database.put("profiles", {"profile_id": profile_id}, was=0)
    told = len(tables_under_test.records("profiles"))
    database.transact(
        [
            Put("profiles", {"profile_id": "p_a", "owners": "x"}, 1),
            Delete("profiles", ("p_b", None), 1),
            Check("profiles", ("p_c", None), 1),
        ]
    )

    news = tables_under_test.records("profiles")[told:]
    assert sorted(news, key=lambda record: record[0]) == [
        ("MODIFY", {"profile_id": "p_a", "v": 1}, {"profile_id": "p_a", "owners": "x", "v": 2}),
        ("REMOVE", {"profile_id": "p_b", "v": 1}, None),
    ]


def test_tells_nothing_of_what_changed_nothing(tables_under_test: Tables) -> None:
    database = tables_under_test.database
    database.delete("profiles", "p_nobody")
    lose(database)

    assert tables_under_test.records("profiles") == []


def lose(database: Database) -> None:
    """Lose a race with nobody."""
    from contextlib import suppress

    from regulars.errors import ConflictError

    with suppress(ConflictError):
        database.put("profiles", {"profile_id": "p_a"}, was=3)
    with suppress(ConflictError):
        database.transact([Put("profiles", {"profile_id": "p_a"}, 0), Check("profiles", ("p_b", None), 1)])
