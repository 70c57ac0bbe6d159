"""Statements are sent as botocore would have written them, had it been asked."""

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from regulars.adapters.statements import send_as_written, write_insert
from regulars.adapters.wire import to_wire
from regulars.stores.database import Value

VALUES = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.integers(), st.binary())


class Line:
    """A client whose requests go nowhere, and are kept."""

    def __init__(self, *, as_written: bool) -> None:
        session = Session()
        if as_written:
            send_as_written(session)
        session.set_credentials("key", "secret")
        self.client: Any = session.create_client(
            "dynamodb", region_name="eu-west-1", config=Config(parameter_validation=False)
        )
        self.client.meta.events.register("before-send", self._keep)
        self.sent: list[Any] = []

    def _keep(self, request: Any, **_: object) -> Any:
        self.sent.append(request)
        return AWSResponse(request.url, 200, HTTPHeaders(), _Empty())


class _Empty:
    def stream(self) -> Any:
        yield b'{"Responses":[]}'


@pytest.fixture(scope="module")
def lines() -> tuple[Line, Line]:
    """One that sends as written, and one that leaves it to botocore."""
    return Line(as_written=True), Line(as_written=False)


@given(item=st.dictionaries(st.sampled_from("abcdef"), VALUES, min_size=1))
def test_sends_what_botocore_would_have_written(lines: tuple[Line, Line], item: dict[str, Value]) -> None:
    ours, theirs = lines
    fields = ",".join(f"'{name}':?" for name in item)
    asked = {"Statement": f'INSERT INTO "events" VALUE {{{fields}}}', "Parameters": [*to_wire(item).values()]}
    rest = {"ReturnConsumedCapacity": "NONE"}

    ours.client._make_api_call("BatchExecuteStatement", {"Statements": [write_insert("events", item)] * 2, **rest})
    theirs.client.batch_execute_statement(Statements=[asked] * 2, **rest)
    written, plain = ours.sent.pop(), theirs.sent.pop()
    assert json.loads(written.body) == json.loads(plain.body)
    assert written.headers["Content-Length"] == str(len(written.body))
    assert written.headers["X-Amz-Target"] == plain.headers["X-Amz-Target"]
