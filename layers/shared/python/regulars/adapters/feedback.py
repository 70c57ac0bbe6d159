"""What SES tells of letters, as the rule on the event bus passes it on: without addresses and contents."""

from collections.abc import Mapping
from typing import Any

from regulars.pipeline.settling import Feedback, News

DELIVERED, BOUNCED = "Email Delivered", "Email Bounced"
COMPLAINED, REJECTED = "Email Complaint Received", "Email Rejected"
TYPES = (DELIVERED, BOUNCED, COMPLAINED, REJECTED)
_NEWS: Mapping[str, News] = {DELIVERED: "delivered", COMPLAINED: "complained", REJECTED: "rejected"}


def read_feedback(content: object) -> Feedback | None:
    """Read `{"type", "send": [name], "bounce"}`; None for what is not of a letter of ours."""
    if not isinstance(content, Mapping):
        return None
    name, news = _name(content.get("send")), _news(content)
    return Feedback(name, news) if name and news else None


def _name(tags: Any) -> str | None:
    """Read the tag of a letter: SES gives each tag a list of values."""
    first = tags[0] if isinstance(tags, list) and tags else tags
    return first if isinstance(first, str) else None


def _news(content: Mapping[str, Any]) -> News | None:
    said = content.get("type")
    if said == BOUNCED:
        return "bounced" if content.get("bounce") == "Permanent" else "undelivered"
    return _NEWS.get(said) if isinstance(said, str) else None
