"""How journeys come to be on a running platform: by the API, as a program would publish them."""

from collections.abc import Callable, Mapping
from typing import Any

Ask = Callable[..., Any]  # method, path, body, role: the answer, or a failed test


def publish(ask: Ask, id: str, definition: Mapping[str, Any]) -> None:
    """Write a journey, and publish it."""
    draft = ask("PUT", f"/v1/journeys/{id}", {"definition": definition}, role="admin")["version"]
    ask("POST", f"/v1/journeys/{id}/publish", {"draft": draft}, role="admin")


def write_template(ask: Ask, id: str, channel: str, text: str, **more: str) -> None:
    """Write a template of a message."""
    ask("PUT", f"/v1/templates/{id}", {"definition": {"channel": channel, "text": text, **more}}, role="admin")
