"""What the platform sends is caught, and shown where no script of it runs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from local.platform.clients import Clients
from local.platform.emulator import Emulator
from local.platform.mail import Mail, listed, read_letters, read_texts, shown
from regulars.adapters.ses import Ses
from regulars.adapters.sms import Sms
from regulars.pipeline.ports import Outgoing

EVIL = "<script>alert(1)</script>"
LETTER = Outgoing(
    name="WyJ1Il0",
    to="jane@example.com",
    kind="marketing",
    subject=f"Hello {EVIL}",
    html=f"<p>Hello</p>{EVIL}",
    text="Hello",
    unsubscribe="https://api.example.com/v1/unsubscribe?token=t",
)
TOLD = {
    "MessageId": "m-1",
    "Source": "shop@example.com",
    "To": ["jane@example.com"],
    "Subject": EVIL,
    "BodyText": EVIL,
    "BodyHtml": EVIL,
    "Timestamp": 1_767_225_600.0,
    "Headers": [{"Name": EVIL, "Value": EVIL}],
    "Tags": [{"Name": "send", "Value": EVIL}],
}


def test_what_letters_say_is_text_on_our_own_pages() -> None:
    [one] = read_letters({"messages": [TOLD]})

    for page in (listed([one]), shown(one)):
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
    assert "sandbox=" in shown(one)
    assert "allow-scripts" not in shown(one)


def test_a_text_is_listed_by_its_number() -> None:
    said = {"sms_messages": {"+491701234567": [{"MessageId": "s-1", "Message": "Hello", "Timestamp": 1.0}]}}

    [one] = read_texts(said)
    assert (one.channel, one.to, one.text) == ("sms", "+491701234567", "Hello")


def test_nothing_sent_is_said() -> None:
    assert "Nothing was sent yet" in listed([])


def test_letters_and_texts_of_the_emulator_are_shown(emulator: Emulator, clients: Clients) -> None:
    ses = clients.of("sesv2")
    ses.create_email_identity(EmailIdentity="shop.example")
    Ses(lambda: ses, sender="The Shop <hello@shop.example>", configuration_set="").send(LETTER)
    text = Outgoing(name="n", to="+491701234567", kind="marketing", subject="", html="", text="Hello by text")
    Sms(lambda: clients.of("sns")).send(text)

    async def look(client: "TestClient[web.Request, web.Application]") -> None:
        told = (await (await client.get("/_local/mail.json")).json())["messages"]
        assert {one["channel"] for one in told} >= {"email", "sms"}
        letter = next(one for one in told if one["to"] == "jane@example.com")
        assert letter["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter["tags"] == {"send": "WyJ1Il0"}
        assert next(one for one in told if one["channel"] == "sms")["at"] > 0
        page = await (await client.get("/_local/mail")).text()
        assert "Hello by text" in page
        assert EVIL not in page
        one = await (await client.get(f"/_local/mail/{letter['id']}")).text()
        assert "List-Unsubscribe" in one
        html = await client.get(f"/_local/mail/{letter['id']}/html")
        assert "sandbox" in html.headers["Content-Security-Policy"]
        assert "script-src" not in html.headers["Content-Security-Policy"]
        assert (await client.get("/_local/mail/none")).status == 404

    asyncio.run(_with(emulator.endpoint, look))
    assert "jane@example.com" not in emulator.log.read_text()
    assert "+491701234567" not in emulator.log.read_text()


async def _with(emulator: str, look: Callable[[Any], Awaitable[None]]) -> None:
    application = web.Application()
    Mail(emulator, "a1b2", lambda: "http://127.0.0.1:1").add_to(application.router)
    async with TestClient(TestServer(application)) as client:
        await look(client)
