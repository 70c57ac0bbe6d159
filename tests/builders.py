"""Valid values to start from: a test states only what it is about."""

from typing import Any

from regulars.domain.events import Event, moment_of
from regulars.domain.instants import SECOND

START = 1_767_225_600 * SECOND  # 2026-01-01


def an_event(number: int = 1, **overrides: Any) -> Event:
    """A track event of one visitor, `number` seconds after the start of 2026, arrived a second later."""
    at = overrides.pop("at", START + number * SECOND)
    links = overrides.pop("links", ("anonymous_id:a",))
    source = overrides.pop("source", "web")
    message_id = overrides.pop("message_id", f"m-{number}")
    values: dict[str, Any] = {
        "owner": links[0],
        "links": links,
        "moment": moment_of(at, source, message_id),
        "type": "track",
        "name": "Product Viewed",
        "at": at,
        "arrival": at + SECOND,
    }
    return Event(**{**values, **overrides})


def an_order(number: int = 1, revenue: float | str = 10.0, **overrides: Any) -> Event:
    """A completed order of a signed-in customer."""
    properties = {"order_id": f"o-{number}", "revenue": revenue, **overrides.pop("properties", {})}
    overrides.setdefault("links", ("user_id:u",))
    return an_event(number, name=overrides.pop("name", "Order Completed"), properties=properties, **overrides)


def an_identify(number: int = 1, links: tuple[str, ...] = ("user_id:u", "anonymous_id:a"), **traits: Any) -> Event:
    """An identify call that ties a visitor to a user."""
    return an_event(number, links=links, type="identify", name=None, traits=traits)
