"""How journeys come to be on a running platform: by the API, as a program would publish them."""

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from tests.e2e.place import ROOT

Ask = Callable[..., Any]  # method, path, body, role: the answer, or a failed test


def publish(ask: Ask, id: str, definition: Mapping[str, Any]) -> None:
    """Write a journey, and publish it."""
    draft = ask("PUT", f"/v1/journeys/{id}", {"definition": definition}, role="admin")["version"]
    ask("POST", f"/v1/journeys/{id}/publish", {"draft": draft}, role="admin")


def write_template(ask: Ask, id: str, channel: str, text: str, **more: str) -> None:
    """Write a template of a message."""
    ask("PUT", f"/v1/templates/{id}", {"definition": {"channel": channel, "text": text, **more}}, role="admin")


def allow_inbox(ask: Ask) -> None:
    """Let the shop tell of orders in its app, too."""
    consent = yaml.safe_load((ROOT / "catalog" / "consent.yaml").read_text())
    consent["purposes"]["orders"]["channels"] = ["email", "sms", "in_app"]
    ask("PUT", "/v1/consent", {"definition": consent}, role="admin")
