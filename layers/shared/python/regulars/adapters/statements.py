"""
Statements as the JSON in which they are sent.

botocore would take every parameter apart and put it together again, in Python: a third of what an insert costs. It is
handed the body instead, by its own events, and signs, sends, repeats and reads as always.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from botocore.session import Session

from regulars.adapters.wire import to_json
from regulars.stores.database import Item

OPERATION = "BatchExecuteStatement"
_BODY = "regulars_body"


def send_as_written(session: Session) -> None:
    """Have the clients of a session send statements that are JSON already, each a text."""
    session.register(f"provide-client-params.dynamodb.{OPERATION}", _keep, unique_id=f"{OPERATION}-keep")
    session.register(f"before-call.dynamodb.{OPERATION}", _put, unique_id=f"{OPERATION}-put")


def write_insert(table: str, item: Item) -> str:
    """Write the statement that stores an item whose key is free."""
    return f'{{"Statement":{_insert(table, tuple(item))},"Parameters":[{",".join(map(to_json, item.values()))}]}}'


@lru_cache(256)
def _insert(table: str, attributes: Iterable[str]) -> str:
    fields = ",".join([f"'{attribute}':?" for attribute in attributes])
    return json.dumps(f'INSERT INTO "{table}" VALUE {{{fields}}}')


def _keep(**said: Any) -> Any:
    rest = {name: value for name, value in said["params"].items() if name != "Statements"}
    members = [f'"Statements":[{",".join(said["params"]["Statements"])}]']
    members += [f'"{name}":{json.dumps(value)}' for name, value in rest.items()]
    said["context"][_BODY] = f"{{{','.join(members)}}}".encode()
    return rest | {"Statements": ()}  # nothing is left to take apart


def _put(**said: Any) -> None:
    said["params"]["body"] = said["context"][_BODY]
