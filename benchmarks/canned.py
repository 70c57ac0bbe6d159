"""DynamoDB and KMS as canned answers: what a client does is counted, and nothing goes out."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from benchmarks.catalog import Definitions, least

_SECRET = {"Plaintext": b64encode(bytes(64)).decode(), "CiphertextBlob": b64encode(b"wrapped").decode()}
_CONSTANT = {
    "BatchGetItem": b'{"Responses":{},"UnprocessedKeys":{}}',
    "BatchWriteItem": b'{"UnprocessedItems":{}}',
    "GenerateDataKey": json.dumps(_SECRET).encode(),
    "PutItem": b"{}",
}


class Canned:
    """Answers before a request is sent."""

    def __init__(self, definitions: Definitions | None = None) -> None:
        self.sent = 0
        self._definitions = least() if definitions is None else definitions

    def listen(self, client: Any) -> None:
        """Answer for a client of botocore."""
        client.meta.events.register("before-send", self)

    def __call__(self, request: Any, **_: object) -> AWSResponse:
        """Give the answer to a request."""
        self.sent += 1
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else str(target)).rpartition(".")[2]
        body = _CONSTANT.get(operation) or _answer(operation, json.loads(request.body), self._definitions)
        return AWSResponse(request.url, 200, HTTPHeaders(), _Body(body))


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def _answer(operation: str, asked: Mapping[str, Any], definitions: Definitions) -> bytes:
    match operation:
        case "BatchExecuteStatement":
            return json.dumps({"Responses": [{} for _ in asked["Statements"]]}).encode()
        case "Query":
            values = [value.get("S") for value in asked["ExpressionAttributeValues"].values()]
            items = [_item(kind, id, content) for kind in values for id, content in definitions.get(kind, {}).items()]
            return json.dumps({"Count": len(items), "Items": items, "ScannedCount": len(items)}).encode()
    return _found({name: value["S"] for name, value in asked["Key"].items()}, definitions)


def _found(key: Mapping[str, str], definitions: Definitions) -> bytes:
    """Find a definition of the catalog, or that there is a tracking plan; nothing else is there."""
    kind, id = key.get("kind", ""), key.get("id", "")
    if (kind, id) == ("live", "tracking_plan") and definitions.get(id):
        return json.dumps({"Item": _item(kind, id, {})}).encode()
    content = definitions.get(kind, {}).get(id, definitions.get(kind, {}).get("*"))
    return json.dumps({"Item": _item(kind, id, content)}).encode() if content is not None else b"{}"


def _item(kind: str, id: str, content: object) -> Mapping[str, Any]:
    return {"kind": {"S": kind}, "id": {"S": id}, "content": {"S": json.dumps(content)}, "v": {"N": "1"}}
