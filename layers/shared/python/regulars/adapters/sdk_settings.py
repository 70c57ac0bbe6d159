"""What SDKs ask for before they send: where they may call, and what they are to stamp."""

from typing import Any

from regulars.adapters.http import Request
from regulars.domain.sources import Source


def for_segment(key: str, source: Source, request: Request) -> dict[str, Any]:
    """Answer Segment's SDK: it sends the key named here, to the host named here, and no metrics."""
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "localhost")
    ours = {"apiKey": key, "apiHost": f"{host}/v1", "protocol": _protocol(host, request)}
    return {"integrations": {"Segment.io": ours}, "metrics": {"sampleRate": 0}, **_consent(source)}


def for_rudderstack(source: Source) -> dict[str, Any]:
    """Answer RudderStack's SDKs: the source is on, has no destinations in the page, and collects nothing of theirs."""
    off = {"enabled": False}
    return {
        "source": {
            "id": source.id,
            "name": source.name,
            "enabled": True,
            "config": {"statsCollection": {"errors": off, "metrics": off}},
            "destinations": [],
        }
    }


def _consent(source: Source) -> dict[str, Any]:
    """Name the categories that a consent wrapper is to stamp; it never stops sending: the door decides."""
    categories = sorted({category for purpose in source.purposes for category in purpose.categories})
    return {"consentSettings": {"allCategories": categories, "hasUnmappedDestinations": True}} if categories else {}


def _protocol(host: str, request: Request) -> str:
    """A gateway says over what it was asked; one on this machine that does not is asked over plain HTTP."""
    local = host.split(":")[0] in ("127.0.0.1", "localhost")
    said = request.headers.get("x-forwarded-proto", "http" if local else "https")
    return "http" if said == "http" else "https"
