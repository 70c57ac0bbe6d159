"""The mail catcher: the letters and texts that the local platform has sent, on a page; nothing leaves this machine."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any

import aiohttp
from aiohttp import web

from local.platform.guard import refusal

LETTERS, TEXTS = "/_ministack/ses/messages", "/_ministack/sns/sms-messages"
NO_SCRIPTS = (
    "default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>
  body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
  table {{ border-collapse: collapse; width: 100% }}
  td, th {{ text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }}
  td {{ overflow-wrap: anywhere }}
  th {{ white-space: nowrap }}
  iframe {{ width: 100%; height: 40rem; border: 1px solid #8888; background: #fff }}
  pre {{ white-space: pre-wrap; overflow-wrap: anywhere }}
  :root {{ color-scheme: light dark }}
</style>
<h1>{title}</h1>
{content}
</html>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """A letter or a text; `at` in seconds since 1970."""

    id: str
    channel: str
    at: float
    sender: str
    to: str
    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


class Mail:
    """
    Shows what was sent.

    Links in it lead to the API where it says that it is, which no browser of this machine finds: they are shown as they
    lead to this front, at `url`.
    """

    def __init__(self, emulator: str, api: str, url: Callable[[], str]) -> None:
        self._emulator = emulator
        self._links = re.compile(rf"https?://{re.escape(api)}\.execute-api\.[\w.:-]+")
        self._url = url

    def add_to(self, routes: web.UrlDispatcher) -> None:
        """Add its pages."""
        routes.add_get("/_local/mail", self._list)
        routes.add_get("/_local/mail.json", self._json)
        routes.add_get("/_local/mail/{id}", self._one)
        routes.add_get("/_local/mail/{id}/html", self._html)

    async def caught(self) -> list[Caught]:
        """List what was sent, newest first."""
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            letters, texts = [await self._asked(session, path) for path in (LETTERS, TEXTS)]
        return sorted([*read_letters(letters), *read_texts(texts)], key=lambda one: one.at, reverse=True)

    async def _list(self, _request: web.Request) -> web.Response:
        return _page("Mail", listed(await self.caught()))

    async def _json(self, _request: web.Request) -> web.Response:
        return web.json_response({"messages": [asdict(one) for one in await self.caught()]})

    async def _one(self, request: web.Request) -> web.Response:
        one = await self._found(request)
        return _page(one.subject or one.text[:60], shown(one)) if one else _gone()

    async def _html(self, request: web.Request) -> web.Response:
        one = await self._found(request)
        if one is None:
            return _gone()
        content = one.html or f"<pre>{escape(one.text)}</pre>"
        return web.Response(
            text=f'<base target="_blank">{content}',
            content_type="text/html",
            headers={"Content-Security-Policy": NO_SCRIPTS, "Referrer-Policy": "no-referrer"},
        )

    async def _asked(self, session: aiohttp.ClientSession, path: str) -> Any:
        async with session.get(self._emulator + path) as answer:
            return json.loads(self._links.sub(self._url(), await answer.text()))

    async def _found(self, request: web.Request) -> Caught | None:
        return next((one for one in await self.caught() if one.id == request.match_info["id"]), None)


def read_letters(said: Mapping[str, Any]) -> list[Caught]:
    """Read letters as the emulator tells them."""
    return [
        Caught(
            id=one["MessageId"],
            channel="email",
            at=one["Timestamp"],
            sender=one["Source"],
            to=", ".join(one["To"]),
            subject=one["Subject"],
            text=one["BodyText"] or "",
            html=one["BodyHtml"] or "",
            headers={each["Name"]: each["Value"] for each in one.get("Headers") or []},
            tags={each["Name"]: each["Value"] for each in one.get("Tags") or []},
        )
        for one in said["messages"]
    ]


def read_texts(said: Mapping[str, Any]) -> list[Caught]:
    """Read texts as the emulator tells them."""
    return [
        Caught(
            id=one["MessageId"],
            channel="sms",
            at=_seconds(one.get("Timestamp")),
            sender="",
            to=number,
            subject="",
            text=one["Message"],
        )
        for number, texts in said["sms_messages"].items()
        for one in texts
    ]


def listed(caught: list[Caught]) -> str:
    """Write the list."""
    if not caught:
        return "<p>Nothing was sent yet. What journeys send to people is caught here, and goes nowhere else.</p>"
    rows = "".join(
        f"<tr><td>{_time(one.at)}<td>{escape(one.channel)}<td>{escape(one.to)}"
        f'<td><a href="/_local/mail/{escape(one.id)}">{escape(one.subject or one.text[:80] or "(nothing)")}</a>'
        for one in caught
    )
    return f"<table><tr><th>sent<th>by<th>to<th>what{rows}</table>"


def shown(one: Caught) -> str:
    """Write one message: what it carries, and what it says, where no script of it runs."""
    told = {"From": one.sender, "To": one.to, "Sent": _time(one.at), **one.headers}
    told |= {f"Tag {name}": value for name, value in one.tags.items()}
    rows = "".join(f"<tr><th>{escape(name)}<td>{escape(value)}" for name, value in told.items() if value)
    frame = f'<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/_local/mail/{escape(one.id)}/html">'
    text = f"<h2>Text</h2><pre>{escape(one.text)}</pre>" if one.html else ""
    return f'<p><a href="/_local/mail">all mail</a></p><table>{rows}</table>{frame}</iframe>{text}'


def _page(title: str, content: str) -> web.Response:
    return web.Response(
        text=PAGE.format(title=escape(title), content=content),
        content_type="text/html",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"},
    )


def _gone() -> web.Response:
    return refusal(404, "not_found", "there is no such message: see /_local/mail")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(said: Any) -> float:
    if isinstance(said, str):
        return datetime.fromisoformat(said).timestamp()
    return float(said or 0)
