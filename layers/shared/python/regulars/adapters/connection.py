"""
One PynamoDB connection to all tables, and what DynamoDB's errors mean to us.

PynamoDB's `Connection` rather than `Model.save`: ten models would be ten clients, each with sockets of its own; a
model costs 18 µs a put and 10 µs an item read; and it drops what it does not know from an item that newer code wrote.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session
from pynamodb.connection.base import Connection as PynamoConnection
from pynamodb.connection.base import MetaTable
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from regulars.adapters.session import session
from regulars.errors import ConflictError, UnavailableError
from regulars.stores.database import INDEXES, KEYS, TableName

Meter = Callable[[str, Sequence[Mapping[str, Any]]], None]

# Four tries of at most three seconds and the waits between them end before the shortest function is stopped.
CONNECT_TIMEOUT = 1.0
READ_TIMEOUT = 2.0
ATTEMPTS = 4

_LOST = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
BUSY = frozenset(
    {
        "InternalServerError",
        "InternalServerErrorException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
    }
)


class Connection(PynamoConnection):
    """One client for all tables; a meter, if there is one, sees what each call consumed."""

    def __init__(self, names: Mapping[TableName, str], meter: Meter | None = None) -> None:
        super().__init__(
            connect_timeout_seconds=CONNECT_TIMEOUT,
            read_timeout_seconds=READ_TIMEOUT,
            retry_configuration={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=16,
        )
        self._meter = meter
        for table, name in names.items():
            self.add_meta_table(_schema(table, name))

    @property
    def session(self) -> Session:
        """The session of this process, where PynamoDB would make one a thread."""
        return session()

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Send one call."""
        operation_kwargs["ReturnConsumedCapacity"] = "INDEXES" if self._meter else "NONE"
        answer: dict[str, Any] = super().dispatch(operation_name, operation_kwargs)
        if self._meter:
            consumed = answer.get("ConsumedCapacity", [])
            self._meter(operation_name, [consumed] if isinstance(consumed, dict) else consumed)
        return answer


@contextmanager
def in_our_words() -> Iterator[None]:
    """
    Turn DynamoDB's errors into ours; what is neither a lost race nor an outage is a fault of our own and stays as is.

    Raises ConflictError, UnavailableError.
    """
    try:
        yield
    except (PynamoDBException, ClientError, BotoCoreError) as error:
        codes = _codes(error)
        if codes & _LOST:
            raise ConflictError("what was read has changed") from error
        if codes & BUSY or isinstance(getattr(error, "cause", error), BotoCoreError):
            raise UnavailableError("the database does not answer; try again in a moment") from error
        raise


def _codes(error: Exception) -> set[str]:
    if isinstance(error, TransactWriteError) and error.cancellation_reasons:
        return {reason.code for reason in error.cancellation_reasons if reason}
    response = getattr(getattr(error, "cause", error), "response", None) or {}
    return {str(response.get("Error", {}).get("Code"))}


def _schema(table: TableName, name: str) -> MetaTable:
    keys = {f"{table} itself": KEYS[table], **INDEXES.get(table, {})}
    texts = sorted({attribute for pair in keys.values() for attribute in pair if attribute})
    return MetaTable(
        {
            "TableName": name,
            "KeySchema": _key_schema(KEYS[table]),
            "AttributeDefinitions": [{"AttributeName": text, "AttributeType": "S"} for text in texts],
            "GlobalSecondaryIndexes": [
                {"IndexName": index, "KeySchema": _key_schema(pair)} for index, pair in INDEXES.get(table, {}).items()
            ],
        }
    )


def _key_schema(pair: tuple[str, str | None]) -> list[dict[str, str]]:
    named = zip(pair, ("HASH", "RANGE"), strict=True)
    return [{"AttributeName": name, "KeyType": kind} for name, kind in named if name]
