"""A rehearsal sees what it writes, under the conditions of a database, and nobody else sees it."""

import pytest

from local.world.memory import MemoryDatabase
from regulars.errors import ConflictError
from regulars.stores.database import Check, Delete, Item, Put
from regulars.stores.rehearsal import Rehearsal


@pytest.fixture
def database() -> MemoryDatabase:
    """One owner with two parts."""
    made = MemoryDatabase()
    made.put("identities", part("a"), was=0)
    made.put("identities", part("c"), was=0)
    return made


def part(name: str, state: str = "") -> Item:
    """A part of the owner."""
    return {"owner": "o", "part": name, "state": state}


def test_what_is_written_is_read_again_and_stored_nowhere(database: MemoryDatabase) -> None:
    rehearsal = Rehearsal(database)

    rehearsal.put("identities", part("a", "new"), was=1)
    rehearsal.put("identities", part("b"), was=0)
    rehearsal.delete("identities", "o", "c", was=1)

    assert rehearsal.get("identities", "o", "a") == {**part("a", "new"), "v": 2}
    assert rehearsal.get_many("identities", [("o", "b"), ("o", "c")]) == [{**part("b"), "v": 1}, None]
    assert [item["part"] for item in rehearsal.query("identities", "o", newest_first=True)] == ["b", "a"]
    assert [item["part"] for item in rehearsal.query("identities", "o", after="a", limit=1)] == ["b"]
    assert [item["part"] for item in database.query("identities", "o")] == ["a", "c"]
    assert database.get("identities", "o", "a") == {**part("a"), "v": 1}


def test_the_conditions_are_those_of_a_database(database: MemoryDatabase) -> None:
    rehearsal = Rehearsal(database)

    with pytest.raises(ConflictError):
        rehearsal.put("identities", part("a"), was=0)
    with pytest.raises(ConflictError):
        rehearsal.transact([Put("identities", part("b"), was=0), Check("identities", ("o", "a"), was=2)])
    with pytest.raises(ConflictError):
        rehearsal.transact([Delete("identities", ("o", "a"), was=2)])

    assert rehearsal.get("identities", "o", "b") is None


def test_what_is_forgotten_was_never_written(database: MemoryDatabase) -> None:
    rehearsal = Rehearsal(database)
    rehearsal.delete("identities", "o", "c", was=1)

    rehearsal.forget()

    assert [item["part"] for item in rehearsal.query("identities", "o")] == ["a", "c"]


def test_an_insert_is_new_once(database: MemoryDatabase) -> None:
    rehearsal = Rehearsal(database)

    assert rehearsal.insert("identities", [part("a"), part("b"), part("b")]) == [False, True, False]
    assert rehearsal.partitions("identities", segment=0, of=1, limit=9).partitions == ["o"]
    assert database.get("identities", "o", "b") is None
