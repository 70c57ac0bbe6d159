"""A batch of stream records is applied in order, and given back from the first group that failed."""

import json
from collections.abc import Callable, Sequence

import pytest

from regulars.adapters.streams import Record, apply_in_order, by_partition, records_of
from regulars.stores.database import Item
from tests.lambda_events import Event, batch
from tests.logs import reading_logs


def a_batch(*owners: str) -> Event:
    """New events of these owners, one after the other."""
    return batch(*(("events", None, an_item(owner, number)) for number, owner in enumerate(owners, 1)))


def an_item(owner: str, number: int = 1) -> Item:
    """A row of the events table."""
    return {"owner": owner, "moment": f"m{number}", "at": number, "print": b"\x00\xff"}


def sequence(number: int) -> str:
    """The sequence number of the n-th record."""
    return f"{number:021d}"


Seen = list[tuple[str, list[Item | None]]]


def noting(seen: Seen, failing: str = "") -> Callable[[str, Sequence[Record]], None]:
    """Note every group; fail at one."""

    def apply(key: str, records: Sequence[Record]) -> None:
        seen.append((key, [record.new for record in records]))
        if key == failing:
            raise KeyError("ada@example.com")

    return apply


def test_reads_images_of_every_type() -> None:
    old: Item = {"owner": "o", "part": "traits", "floor": -1, "marks": b"\x00\xff", "state": ""}

    (record,) = records_of(batch(("identities", old, {**old, "v": 2})))
    assert record.change == (old, {**old, "v": 2})
    assert (record.table, record.sequence, record.name) == ("identities", sequence(1), "MODIFY")
    assert record.keys == ("o", "traits")


def test_a_record_without_images_has_none() -> None:
    (gone,) = records_of(batch(("events", an_item("o"), None)))

    assert (gone.name, gone.old, gone.new) == ("REMOVE", None, None)


def test_applies_groups_in_the_order_of_their_first_record() -> None:
    seen: Seen = []

    answer = apply_in_order(records_of(a_batch("b", "a", "b", "c", "a")), by_partition, noting(seen))
    assert answer == {"batchItemFailures": []}
    assert seen == [
        ("b", [an_item("b", 1), an_item("b", 3)]),
        ("a", [an_item("a", 2), an_item("a", 5)]),
        ("c", [an_item("c", 4)]),
    ]


@pytest.mark.parametrize(("failing", "first"), [("b", 1), ("a", 2), ("c", 4)])
def test_stops_at_the_first_group_that_fails_and_names_its_lowest_record(failing: str, first: int) -> None:
    seen: Seen = []

    answer = apply_in_order(records_of(a_batch("b", "a", "b", "c", "a")), by_partition, noting(seen, failing))
    assert answer == {"batchItemFailures": [{"itemIdentifier": sequence(first)}]}
    assert [key for key, _ in seen] == ["b", "a", "c"][: ["b", "a", "c"].index(failing) + 1]


@pytest.mark.parametrize(
    "image", [{"at": {"M": {}}}, {"at": {"N": "1.5"}}, {"print": {"B": "?"}}, {"at": {"NULL": True}}]
)
def test_an_image_that_cannot_be_read_fails_its_group_only(image: Event) -> None:
    event = a_batch("a", "poison", "b")
    seen: Seen = []
    event["Records"][1]["dynamodb"]["NewImage"].update(image)

    answer = apply_in_order(records_of(event), by_partition, noting(seen))
    assert answer == {"batchItemFailures": [{"itemIdentifier": sequence(2)}]}
    assert [key for key, _ in seen] == ["a"]


def test_logs_of_a_failure_where_it_was_and_nothing_of_what_it_was_about() -> None:
    with reading_logs() as logs:
        apply_in_order(records_of(a_batch("user_id:secret")), by_partition, noting([], "user_id:secret"))

    printed = logs.getvalue()
    line = json.loads(printed)
    assert line["error"] == "KeyError"
    assert line["where"].startswith("test_streams.py:")
    assert (line["table"], line["sequence"]) == ("events", sequence(1))
    assert "ada" not in printed
    assert "secret" not in printed


def test_a_batch_of_nothing_fails_nothing() -> None:
    assert apply_in_order([], by_partition, noting([])) == {"batchItemFailures": []}
