"""What only DynamoDB can do to us: throttles, half-done batches, conflicts, outages; and what it tells of its cost."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from regulars.adapters import connection as connections
from regulars.adapters.connection import Connection
from regulars.adapters.dynamodb import DynamoDatabase
from regulars.adapters.inserts import insert
from regulars.errors import ConflictError, UnavailableError
from regulars.stores.database import Check, Item, Put

EVENT: Item = {"owner": "o", "moment": "m"}


class Answers(DynamoDatabase):
    """A database whose client answers what the test says, and keeps what it was asked."""

    def __init__(self, *answers: Exception | Mapping[str, Any]) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self._connection._client = self  # type: ignore[assignment]  # the place where a client is faked
        self._request_signer = None

    def _make_api_call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append((operation, parameters))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def refusal(code: str, *reasons: str) -> ClientError:
    """An error as DynamoDB gives it."""
    response: Any = {"Error": {"Code": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}
    return ClientError(response, "operation")


def statements(*codes: str | None) -> dict[str, Any]:
    """The answer to a batch of inserts."""
    return {"Responses": [{"Error": {"Code": code}} if code else {"TableName": "events"} for code in codes]}


def events(count: int) -> list[Item]:
    """As many events."""
    return [{"owner": "o", "moment": f"m{number}"} for number in range(count)]


@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "TransactionConflictException"])
def test_a_put_that_meets_another_write_has_lost(code: str) -> None:
    with pytest.raises(ConflictError):
        Answers(refusal(code)).put("events", EVENT, was=0)


@pytest.mark.parametrize(
    "reasons",
    [
        ("ConditionalCheckFailed", "None"),
        ("None", "TransactionConflict"),
        ("ThrottlingError", "ConditionalCheckFailed"),
    ],
)
def test_a_transaction_that_meets_another_write_has_lost(reasons: tuple[str, ...]) -> None:
    database = Answers(refusal("TransactionCanceledException", *reasons))

    with pytest.raises(ConflictError):
        database.transact([Put("events", EVENT, 0), Check("profiles", ("p", None), 1)])


@pytest.mark.parametrize(
    "error",
    [
        refusal("ProvisionedThroughputExceededException"),
        refusal("ThrottlingException"),
        refusal("InternalServerError"),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
    ],
)
def test_every_call_says_so_when_dynamodb_does_not_answer(error: Exception) -> None:
    database = Answers(*[error] * 8)

    for call in (
        lambda: database.get("events", "o", "m"),
        lambda: database.get_many("events", [("o", "m")]),
        lambda: database.query("events", "o"),
        lambda: database.query_index("memberships", "by_segment", "s", limit=1),
        lambda: database.put("events", EVENT),
        lambda: database.delete("events", "o", "m"),
        lambda: database.transact([Put("events", EVENT)]),
        lambda: database.insert("events", [EVENT]),
    ):
        with pytest.raises(UnavailableError):
            call()
    assert database.answers == []


def test_a_read_of_many_asks_again_for_what_it_was_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.adapters.pause.time.sleep", lambda _seconds: None)
    one, other = ({"owner": {"S": name}} for name in "ab")
    left = {"UnprocessedKeys": {"vault": {"Keys": [other], "ConsistentRead": True}}}
    database = Answers({"Responses": {"vault": [one]}, **left}, {"Responses": {"vault": [other]}})

    assert database.get_many("vault", [("b", None), ("a", None)]) == [{"owner": "b"}, {"owner": "a"}]
    assert [asked["RequestItems"] for _, asked in database.asked][1] == left["UnprocessedKeys"]


def test_a_read_of_many_that_is_never_given_whole_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.adapters.pause.time.sleep", lambda _seconds: None)
    left = {"UnprocessedKeys": {"vault": {"Keys": [{"owner": {"S": "a"}}]}}}
    database = Answers(*[{"Responses": {}, **left}] * 6)

    with pytest.raises(UnavailableError):
        database.get_many("vault", [("a", None)])
    assert database.answers == []


def test_a_throttled_transaction_is_no_lost_race() -> None:
    database = Answers(refusal("TransactionCanceledException", "None", "ThrottlingError"))

    with pytest.raises(UnavailableError):
        database.transact([Put("events", EVENT, 0), Put("events", {**EVENT, "moment": "n"}, 0)])


def test_a_fault_of_our_own_stays_what_it_is() -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        Answers(refusal("ValidationException")).put("events", EVENT)


def test_inserts_again_what_was_throttled_and_only_that() -> None:
    database = Answers(
        statements(None, "ThrottlingError", "DuplicateItem", "ProvisionedThroughputExceeded"),
        statements("InternalServerError", None),
        statements("DuplicateItem"),
    )
    waited: list[int] = []

    assert insert(database._connection, "events", events(4), waited.append) == [True, False, False, True]
    moments = [[json.loads(one)["Parameters"][1]["S"] for one in asked["Statements"]] for _, asked in database.asked]
    assert moments == [["m0", "m1", "m2", "m3"], ["m1", "m3"], ["m1"]]
    assert waited == [0, 1]


def test_inserts_twenty_five_to_a_request() -> None:
    database = Answers(statements(*[None] * 25), statements(*[None] * 25), statements(None))

    assert database.insert("events", events(51)) == [True] * 51
    assert [len(asked["Statements"]) for _, asked in database.asked] == [25, 25, 1]


def test_gives_up_on_a_table_that_stays_throttled() -> None:
    database = Answers(*[statements("ThrottlingError")] * 6)

    with pytest.raises(UnavailableError):
        insert(database._connection, "events", events(1), lambda _tries: None)
    assert database.answers == []


def test_an_item_that_is_refused_is_not_taken_for_stored() -> None:
    with pytest.raises(UnavailableError, match="ValidationError"):
        Answers(statements(None, "ValidationError")).insert("events", events(2))


def test_waits_less_than_the_shortest_function_may_take() -> None:
    each = connections.CONNECT_TIMEOUT + connections.READ_TIMEOUT
    between = sum(2**tries for tries in range(connections.ATTEMPTS - 1))

    assert connections.ATTEMPTS * each + between < 25


def test_tells_a_meter_what_each_call_consumed(tables: None) -> None:
    del tables
    seen: list[tuple[str, Sequence[Mapping[str, Any]]]] = []
    database = DynamoDatabase(meter=lambda operation, consumed: seen.append((operation, consumed)))
    database.put("events", EVENT, was=0)
    database.query("events", "o")

    assert [operation for operation, _ in seen] == ["PutItem", "Query"]
    assert [consumed[0]["TableName"] for _, consumed in seen] == ["events", "events"]


def test_asks_for_the_cost_of_indexes_only_when_somebody_listens() -> None:
    silent = Answers({})
    silent.put("events", EVENT)

    assert silent.asked[0][1]["ReturnConsumedCapacity"] == "NONE"


def test_goes_where_the_environment_sends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("EVENTS_TABLE", "elsewhere-events")

    assert Connection({}).client.meta.endpoint_url == "http://127.0.0.1:9"
    assert DynamoDatabase()._names["events"] == "elsewhere-events"
    assert DynamoDatabase()._names["profiles"] == "profiles"
