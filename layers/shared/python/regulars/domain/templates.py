"""
Templates of messages: what is written to people, with places for what is known of them.

`variables` are `traits` of the person, `entry` (the kept properties of the event that they entered by), `answers` of
webhooks, `workspace` (`zone`, `currency`), and `links` (`unsubscribe`, `preferences`), each a mapping.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, cast

from regulars.domain.definition_reading import MAX_TEXT, only, word
from regulars.domain.journey_parts import read_choice
from regulars.domain.journeys import Channel
from regulars.domain.messaging import CHANNELS
from regulars.domain.mustache import Text, plain
from regulars.domain.sms_lengths import Length, sms_length
from regulars.domain.template_markup import markup
from regulars.domain.template_values import is_address
from regulars.errors import DefinitionError, MissingVariableError

MAX_HTML = 80_000  # characters; mail programs cut a letter off behind about 100 KB
MAX_BODY = 20_000
MAX_SMS = 1_000
MAX_PARTS = 10
MAX_WRITTEN = 1_000_000  # characters that go out
_COMMON = ("id", "name", "description", "channel")
_FIELDS: Mapping[Channel, tuple[str, ...]] = {
    "email": ("subject", "preheader", "html", "text", "from", "reply_to"),
    "sms": ("text",),
    "in_app": ("subject", "text", "link"),
}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_MAILBOX = re.compile(rf"({_ADDRESS.pattern})|([\w .'-]{{1,100}}) <({_ADDRESS.pattern})>")
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_FILLER = "&#847;&zwnj;&nbsp;" * 40  # so that no other text follows the preheader in a list of mails
_HIDDEN = "display:none;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """
    A template of one channel; `text` is all of an SMS, and beside the HTML of an e-mail for who reads no HTML.

    `subject` is the title of a message in an app, `link` where that leads. `sender` and `reply_to` are mailboxes, empty
    where the workspace's hold.
    """

    id: str
    name: str
    channel: Channel
    text: Text
    subject: Text | None = None
    preheader: Text | None = None
    html: Text | None = None
    link: Text | None = None
    sender: str = ""
    reply_to: str = ""

    @property
    def parts(self) -> Mapping[str, Text]:
        """What it is made of, by the names of fields."""
        all_of_them = {
            "subject": self.subject,
            "preheader": self.preheader,
            "html": self.html,
            "text": self.text,
            "link": self.link,
        }
        return {name: text for name, text in all_of_them.items() if text is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as it goes out; what its channel has not is empty."""

    subject: str = ""
    html: str = ""
    text: str = ""
    link: str = ""


def parse_template(id: str, definition: Mapping[str, Any]) -> Template:
    """Read a template from its definition, as in `catalog/templates/*.yaml`. Raises DefinitionError."""
    channel = cast(Channel, read_choice(definition.get("channel"), "channel", CHANNELS))
    only(definition, (*_COMMON, *_FIELDS[channel]), "")
    if not isinstance(definition.get("description", ""), str):
        raise DefinitionError("description", "is a text")
    template = Template(
        id=id,
        name=word(definition.get("name", id), "name"),
        channel=channel,
        text=plain(_text(definition.get("text"), "text", MAX_SMS if channel == "sms" else MAX_BODY), "text"),
        subject=None if channel == "sms" else _line(definition.get("subject"), "subject"),
        preheader=_line(definition["preheader"], "preheader") if "preheader" in definition else None,
        html=markup(_text(definition["html"], "html", MAX_HTML), "html") if "html" in definition else None,
        link=_link(definition["link"]) if "link" in definition else None,
        sender=_mailbox(definition["from"], "from") if "from" in definition else "",
        reply_to=_mailbox(definition["reply_to"], "reply_to") if "reply_to" in definition else "",
    )
    if template.channel == "sms":
        _check_sms(template)
    return template


def variables(template: Template) -> frozenset[str]:
    """Name all that a template asks for, such as `traits.first_name`."""
    return frozenset[str]().union(*(text.names for text in template.parts.values()))


def needs(template: Template) -> frozenset[str]:
    """Name what a template is never sent without: what stands outside of all sections."""
    return frozenset[str]().union(*(text.needs for text in template.parts.values()))


def unguarded(template: Template) -> frozenset[str]:
    """Name what a template may not be sent without: what stands outside of a section of its own."""
    return frozenset[str]().union(*(text.unguarded for text in template.parts.values()))


def render(template: Template, variables: Mapping[str, Any]) -> Rendered:
    """
    Write a message; every value is escaped for where it stands.

    Raises MissingVariableError for a value that is needed and is not there, or cannot stand where it is needed: an
    object, a text of more than 2,000 characters, an address of a script; or for the part that it would make too long.
    """
    written = {name: text.fill(variables) for name, text in template.parts.items()}
    for name, text in written.items():
        if len(text) > MAX_WRITTEN:
            raise MissingVariableError(name)
    if template.channel == "sms" and sms_length(written["text"]).parts > MAX_PARTS:
        raise MissingVariableError("text")
    if "link" in written and not is_address(written["link"]):
        raise MissingVariableError("link")
    html = written.get("html", "")
    if html and "preheader" in written:
        html = _with_preheader(html, " ".join(written["preheader"].split()))
    return Rendered(
        subject=" ".join(written.get("subject", "").split()),
        html=html,
        text=written["text"].strip("\n") + ("" if template.channel == "sms" else "\n"),
        link=written.get("link", ""),
    )


def length_of(template: Template) -> Length:
    """Measure the text of an SMS without its values: each of them makes it longer."""
    return sms_length("".join(tag.name for tag in template.text.tags if tag.kind == "literal"))


def _check_sms(template: Template) -> None:
    length = length_of(template)
    if length.parts > MAX_PARTS:
        raise DefinitionError("text", f"takes {length.parts} parts of {length.alphabet}: at most {MAX_PARTS}")


def _with_preheader(html: str, preheader: str) -> str:
    hidden = f'<div style="{_HIDDEN}" aria-hidden="true">{escape(preheader)}{_FILLER}</div>'
    body = _BODY.search(html)
    end = body.end() if body else 0
    return html[:end] + hidden + html[end:]


def _text(raw: object, path: str, most: int) -> str:
    if not isinstance(raw, str) or not raw.strip() or len(raw) > most:
        raise DefinitionError(path, f"is a text of 1 to {most:,} characters")
    return raw


def _line(raw: object, path: str) -> Text:
    text = _text(raw, path, MAX_TEXT)
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text.rstrip("\n")):
        raise DefinitionError(path, "is one line")
    return plain(text.rstrip("\n"), path)


def _link(raw: object) -> Text:
    """Read where a message in an app leads: to one value, or to an address that ends in values."""
    text = _text(raw, "link", MAX_TEXT)
    quoted = markup(f'<a href="{text}">', "link") if '"' not in text else None
    if quoted is None or any(tag.kind in ("section", "inverted") for tag in quoted.tags):
        raise DefinitionError("link", "is an address such as https://shop.example/cart?id={{entry.cart_id}}")
    tags = plain(text, "link").tags
    contexts = tuple("url" if context == "url" else "text" for context in quoted.contexts)
    found = Text(tags, cast(Any, contexts))
    if not found.names and not is_address(text):
        raise DefinitionError("link", "is an address such as https://shop.example/cart")
    return found


def _mailbox(raw: object, path: str) -> str:
    if not isinstance(raw, str) or not _MAILBOX.fullmatch(raw):
        raise DefinitionError(path, "is a mailbox, such as hello@shop.example or The Shop <hello@shop.example>")
    return raw
