"""Valid messages to start from, as an SDK sends them: a test states only what it is about."""

from typing import Any

WRITE_KEY = "wk_test"


def a_track_call(**changes: Any) -> dict[str, Any]:
    """A visitor looks at a product; a change to None leaves the field out."""
    return _message(
        {
            "type": "track",
            "event": "Product Viewed",
            "anonymousId": "visitor-1",
            "messageId": "m-1",
            "timestamp": "2026-01-01T00:00:00.000Z",
            "properties": {"product_id": "p-1", "price": 10},
        },
        changes,
    )


def an_identify_call(**changes: Any) -> dict[str, Any]:
    """A visitor signs in."""
    return _message(
        {
            "type": "identify",
            "userId": "customer-1",
            "anonymousId": "visitor-1",
            "messageId": "m-2",
            "timestamp": "2026-01-01T00:01:00.000Z",
            "traits": {"plan": "gold"},
        },
        changes,
    )


def a_batch(*messages: Any, **changes: Any) -> dict[str, Any]:
    """What server SDKs send."""
    return _message({"batch": list(messages), "sentAt": "2026-01-01T00:02:00.000Z"}, changes)


def _message(usual: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (usual | changes).items() if value is not None}
