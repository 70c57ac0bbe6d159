"""All that is kept of a person as a page that people read, without scripts, and with nothing of it taken for markup."""

import json
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

TITLES = {
    "request": "Your request",
    "nothing": "Nothing is kept of you",
    "identifier": "How you are known",
    "trait": "What you or others told about you",
    "profile": "Your profile",
    "computed": "What was computed from your events",
    "membership": "Segments that you are in",
    "transition": "When you entered and left them",
    "audience": "What third parties say of you",
    "graph": "What ties your identifiers together",
    "place": "Where it lies, why, how long, and who receives it",
    "event": "What you did",
}
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;margin:.5em 0 1em}"
    "th,td{text-align:left;vertical-align:top;padding:.1em .8em .1em 0}"
    "th{font-weight:normal;color:#555}td{white-space:pre-wrap;overflow-wrap:anywhere}"
    "hr{border:0;border-top:1px solid #ddd}"
)


def page(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Write records, those of a kind together as they come, as the pieces of a page."""
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>What is kept of you</title><style>{_STYLE}</style></head><body><h1>What is kept of you</h1>\n"
    )
    for kind, group in groupby(records, key=lambda record: str(record["record"])):
        yield f"<h2>{escape(TITLES.get(kind, kind))}</h2>\n"
        for record in group:
            rows = "".join(_row(name, value) for name, value in record.items() if name not in ("record", "masked"))
            yield f"<table>{rows}</table><hr>\n"
    yield "</body></html>\n"


def _row(name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
    return f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>"
