"""
What moto 5.2.5 gets wrong and the platform relies on: each operation is atomic, and a PartiQL INSERT is conditional.

Tried against DynamoDB Local: an insert under a taken key is `DuplicateItem`, a new one leaves a stream record, and a
request that names one key twice is refused as a whole.
"""

import re
import threading
from functools import wraps
from typing import Any

from moto.dynamodb.exceptions import ConditionalCheckFailed, MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

_INSERT = re.compile(r"""INSERT INTO "(?P<table>[^"]+)" VALUE \{(?P<fields>.*)\}""")
_FIELD = re.compile(r"'([^']+)':\?")
_mended = False


def mend() -> None:
    """Mend moto in this process; a second time changes nothing."""
    global _mended
    if not _mended:
        _one_at_a_time()
        _insert_on_condition()
        _mended = True


def _one_at_a_time() -> None:
    lock, call_action = threading.RLock(), DynamoHandler.call_action

    @wraps(call_action)
    def locked(self: Any, *arguments: Any, **named: Any) -> Any:
        with lock:
            return call_action(self, *arguments, **named)

    setattr(DynamoHandler, "call_action", locked)  # noqa: B010 (mypy lets no method be assigned)


def _insert_on_condition() -> None:
    run = DynamoDBBackend.batch_execute_statement

    def batch(self: Any, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        inserts = [_INSERT.fullmatch(statement["Statement"]) for statement in statements]
        if None in inserts:
            return list(run(self, statements))
        items = [
            (self.get_table(match["table"]), _item(match["fields"], statement["Parameters"]))
            for match, statement in zip(inserts, statements, strict=True)
            if match
        ]
        if len({(table.name, *_key(table, item)) for table, item in items}) < len(items):
            raise MockValidationException("Provided list of item keys contains duplicates")
        return [_insert(table, item) for table, item in items]

    setattr(DynamoDBBackend, "batch_execute_statement", batch)  # noqa: B010 (as above)


def _item(fields: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return dict(zip(_FIELD.findall(fields), parameters, strict=True))


def _key(table: Table, item: dict[str, Any]) -> list[str]:
    return [str(item[name]) for name in table.table_key_attrs]


def _insert(table: Table, item: dict[str, Any]) -> dict[str, Any]:
    try:
        table.put_item(
            item,
            condition_expression="attribute_not_exists(#key)",
            expression_attribute_names={"#key": table.hash_key_attr},
        )
    except ConditionalCheckFailed:
        return {"Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}}
    return {"TableName": table.name}
