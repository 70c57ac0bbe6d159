"""DynamoDB and KMS as canned answers: what a client does is counted, and nothing goes out."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from benchmarks.instructions import ROOT

_SECRET = {"Plaintext": b64encode(bytes(64)).decode(), "CiphertextBlob": b64encode(b"wrapped").decode()}
_CONSTANT = {
    "BatchGetItem": b'{"Responses":{},"UnprocessedKeys":{}}',
    "BatchWriteItem": b'{"UnprocessedItems":{}}',
    "GenerateDataKey": json.dumps(_SECRET).encode(),
    "PutItem": b"{}",
    "Query": b'{"Count":0,"Items":[],"ScannedCount":0}',
}


class Canned:
    """Answers before a request is sent."""

    def __init__(self) -> None:
        self.sent = 0

    def listen(self, client: Any) -> None:
        """Answer for a client of botocore."""
        client.meta.events.register("before-send", self)

    def __call__(self, request: Any, **_: object) -> AWSResponse:
        """Give the answer to a request."""
        self.sent += 1
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else str(target)).rpartition(".")[2]
        body = _CONSTANT.get(operation) or _answer(operation, json.loads(request.body))
        return AWSResponse(request.url, 200, HTTPHeaders(), _Body(body))


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def _answer(operation: str, asked: Mapping[str, Any]) -> bytes:
    if operation == "BatchExecuteStatement":
        return json.dumps({"Responses": [{} for _ in asked["Statements"]]}).encode()
    return _item(asked)


def _item(asked: Mapping[str, Any]) -> bytes:
    """Find a definition of the catalog: the write key's source, or the identity rules; nothing else is there."""
    content = {"write_key": {"source": "web"}, "identity": _rules()}.get(asked["Key"].get("kind", {}).get("S"))
    if content is None:
        return b"{}"
    item = {**asked["Key"], "content": {"S": json.dumps(content)}, "v": {"N": "1"}}
    return json.dumps({"Item": item}).encode()


def _rules() -> Any:
    return yaml.safe_load((ROOT / "catalog" / "identity.yaml").read_text())
