"""Pages for the people themselves: plain HTML that works without scripts, and says of nobody who they are."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from html import escape

from regulars.adapters.http import Response
from regulars.domain.purposes import Purpose
from regulars.pipeline.preferences import Choice, Opened

_STYLE = """
body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 38rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff; }
fieldset { border: 1px solid #595959; border-radius: .5rem; margin: 1rem 0; padding: 1rem; }
legend { font-weight: bold; padding: 0 .5rem; }
label { display: block; padding: .5rem 0; }
input[type=checkbox] { width: 1.5rem; height: 1.5rem; vertical-align: middle; margin: 0 .5rem 0 0; }
button { font: inherit; padding: .75rem 1.5rem; margin: .5rem .5rem .5rem 0; border: 2px solid #1a1a1a;
  border-radius: .5rem; background: #fff; color: #1a1a1a; cursor: pointer; }
button.main { background: #1a1a1a; color: #fff; }
:focus-visible { outline: 3px solid #0b57d0; outline-offset: 2px; }
[role=status] { border-left: .4rem solid #0b6b2e; padding: .5rem 1rem; }
"""
_PRINT = b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS: Mapping[str, str] = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_PRINT}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
EVERYTHING = "everything"
ONE_CLICK = ("List-Unsubscribe", "One-Click")


def preferences_page(opened: Opened, token: str, *, saved: bool = False, signals: bool = False) -> Response:
    """Show what somebody is asked for, as a form; `signals` says that their browser sent `Sec-GPC: 1`."""
    choices, purposes = opened.choices, opened.consent.purposes.by_id
    groups = [
        _group(purposes[id], [choice for choice in choices if choice[0] == id], opened)
        for id in dict.fromkeys(id for id, _ in choices)
    ]
    others = [purpose for purpose in purposes.values() if not purpose.is_asked]
    status = '<p role="status">Your choice is saved. It holds within a minute.</p>' if saved else ""
    status += _signal(opened) if signals else ""
    form = (
        f'<form method="post" action="preferences">{_hidden("token", token)}{"".join(groups)}'
        '<button class="main" name="action" value="save">Save my choice</button>'
        f'<button name="action" value="{EVERYTHING}">Unsubscribe from everything</button></form>'
    )
    nothing = "<p>There is nothing to choose.</p>"
    return _page("Your preferences", f"{status}{form if groups else nothing}{_others(others)}")


def _signal(opened: Opened) -> str:
    """Show what became of the browser's opt-out signal (11 CCR 7025(c)(6)); who agreed here since then said so."""
    if not opened.sold:
        return ""
    if opened.is_opted_out:
        words = "Your browser's opt-out signal (Global Privacy Control) is honoured"
        return f'<p role="status">{words}: {_sold(opened)} is off.</p>'
    words = "Your browser sends an opt-out signal (Global Privacy Control), and you agreed here to"
    return f'<p role="status">{words} {_sold(opened)}. Take the mark away to opt out.</p>'


def _sold(opened: Opened) -> str:
    return escape(", ".join(opened.consent.purposes.by_id[id].name for id in opened.sold))


def unsubscribe_page(opened: Opened, token: str) -> Response:
    """Ask whether somebody wants to unsubscribe: to open a link is no decision."""
    what = _named(opened)
    form = (
        f'<form method="post" action="unsubscribe">{_hidden("token", token)}{_hidden(*ONE_CLICK)}'
        f'<button class="main">Unsubscribe</button></form>'
    )
    return _page("Unsubscribe", f"<p>Do you no longer want {what}?</p>{form}")


def unsubscribed_page(opened: Opened) -> Response:
    """Say that it is done."""
    return _page(
        "Unsubscribed", f'<p role="status">You no longer agree to {_named(opened)}. It holds within a minute.</p>'
    )


def refusal_page(status: int, words: str) -> Response:
    """Say what is wrong with a link, and what to do."""
    return _page("This did not work", f"<p>{escape(words[:1].upper() + words[1:])}.</p>", status=status)


def choice_name(choice: Choice) -> str:
    """Name a choice in a form."""
    purpose, channel = choice
    return f"{purpose}/{channel}" if channel else purpose


def _group(purpose: Purpose, choices: Iterable[Choice], opened: Opened) -> str:
    boxes = "".join(_box(purpose, choice, is_on=opened.consent.allows(*choice)) for choice in choices)
    about = f"<p>{escape(purpose.description)}</p>" if purpose.description else ""
    return f"<fieldset><legend>{escape(purpose.name)}</legend>{about}{boxes}</fieldset>"


def _box(purpose: Purpose, choice: Choice, *, is_on: bool) -> str:
    name = escape(choice_name(choice))
    words = f"by {choice[1]}".replace("_", " ") if choice[1] else "I agree"
    was = _hidden("was", choice_name(choice)) if is_on else ""
    checked = " checked" if is_on else ""
    label = escape(f"{purpose.name}: {words}")
    return f'{was}<label><input type="checkbox" name="granted" value="{name}"{checked}>{label}</label>'


def _others(purposes: list[Purpose]) -> str:
    """Name what nobody is asked for."""
    if not purposes:
        return ""
    rows = "".join(
        f"<li>{escape(each.name)}{': ' * bool(each.description)}{escape(each.description)}</li>" for each in purposes
    )
    return f"<h2>What we do in any case</h2><ul>{rows}</ul>"


def _named(opened: Opened) -> str:
    ticket, purposes = opened.ticket, opened.consent.purposes.by_id
    if ticket.purpose is None:
        return "anything of what we would need your consent for"
    name = purposes[ticket.purpose].name if ticket.purpose in purposes else ticket.purpose
    return escape(f"{name} by {ticket.channel}".replace("_", " ") if ticket.channel else name)


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def _page(title: str, body: str, *, status: int = 200) -> Response:
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
    return {"statusCode": status, "headers": dict(HEADERS), "body": html}
