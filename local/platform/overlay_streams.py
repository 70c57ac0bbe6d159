"""Streams in the emulator: PartiQL writes appear in them, and its own stream mappings rest."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.services import dynamodb, lambda_svc

Table = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]


def apply() -> None:
    """Put both cures in place."""
    _emit_partiql_writes()
    _rest_stock_mappings()


def _emit_partiql_writes() -> None:
    """A PartiQL statement changes an item without a stream record; on AWS it writes one."""
    for name in ("_partiql_insert", "_partiql_update", "_partiql_delete"):
        setattr(dynamodb, name, _emitting(getattr(dynamodb, name)))


def _emitting(run: Callable[..., Response]) -> Callable[..., Response]:
    def wrapped(table: Table, parsed: dict[str, Any], *rest: Any) -> Response:
        before = _item(table, parsed)
        response = run(table, parsed, *rest)
        after = _item(table, parsed)
        if response[0] == HTTPStatus.OK and before != after:
            dynamodb._emit_stream_event(table["TableName"], _kind(before, after), before, after)
        return response

    return wrapped


def _item(table: Table, parsed: dict[str, Any]) -> dict[str, Any] | None:
    """Return the item that the statement names, as it is now."""
    if parsed["op"] == "INSERT":
        item = parsed.get("item", {})
        item = item["M"] if set(item) == {"M"} else item
        partition = dynamodb._extract_key_val(item.get(table["pk_name"]))
        sort = dynamodb._extract_key_val(item.get(table["sk_name"])) if table["sk_name"] else "__no_sort__"
    else:
        partition, sort, _condition, error = dynamodb._partiql_key_target(table, parsed)
        if error:
            return None
    found: dict[str, Any] | None = table["items"].get(partition, {}).get(sort)
    return found


def _kind(before: object, after: object) -> str:
    if before is None:
        return "INSERT"
    return "REMOVE" if after is None else "MODIFY"


def _rest_stock_mappings() -> None:
    """The emulator's mappings lose records on partial failures; the platform runs its own."""
    for name in ("_poll_sqs", "_poll_dynamodb_streams"):
        getattr(lambda_svc, name)  # fails if the emulator renamed it
        setattr(lambda_svc, name, lambda: False)
