"""Templates: what is written to people, and what those people said of themselves, which stays what it is."""

import html
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.sms_lengths import sms_length
from regulars.domain.template_values import MAX_VALUE, cleaned, is_address
from regulars.domain.templates import Rendered, needs, parse_template, render, unguarded, variables
from regulars.errors import DefinitionError, MissingVariableError

LINKS = {"unsubscribe": "https://shop.example/u?a=1&b=2", "preferences": "https://shop.example/p"}
PAGE = '<html><body><p title="{{traits.x}}">{{traits.x}}</p><a href="https://shop.example/?q={{traits.x}}">x</a></body>'


def an_email(**fields: Any) -> dict[str, Any]:
    """Build a template of an e-mail."""
    return {"channel": "email", "subject": "Hello", "text": "Hello", **fields}


def written(definition: Mapping[str, Any], **variables: Any) -> Rendered:
    """Write a message."""
    return render(parse_template("hello", definition), {"links": LINKS, **variables})


def text_of(text: str, **variables: Any) -> str:
    """Write an SMS."""
    return written({"channel": "sms", "text": text}, **variables).text


@pytest.mark.parametrize(
    ("text", "traits", "expected"),
    [
        ("Hi {{traits.name}}", {"name": "Ann"}, "Hi Ann"),
        ("Hi {{ traits.first name }}", {"first name": "Ann"}, "Hi Ann"),
        ("{{traits.address.city}}", {"address": {"city": "Bern"}}, "Bern"),
        ("{{traits.address.city}}", {"address.city": "Bern"}, "Bern"),
        ("{{traits.n}} {{traits.m}} {{traits.b}}", {"n": 12.5, "m": 3.0, "b": True}, "12.5 3 true"),
        ("{{traits.n}}{{#traits.n}}!{{/traits.n}}", {"n": 0}, "0"),
        ("Hi{{#traits.name}} {{traits.name}}{{/traits.name}}{{^traits.name}} you{{/traits.name}}", {}, "Hi you"),
        ("Hi{{#traits.name}} {{.}}{{/traits.name}}", {"name": "Ann"}, "Hi Ann"),
        ("{{#traits.l}}{{.}}, {{/traits.l}}", {"l": ["a", 1, None, {"b": 1}, ""]}, "a, 1, "),
        ("{{#traits.l}}{{.}}{{#traits.l}}[{{.}}]{{/traits.l}}{{/traits.l}}", {"l": ["a", "b"]}, "a[a][b]b[a][b]"),
        ("{{#traits.l}}{{^traits.z}}{{.}}{{/traits.z}}{{/traits.l}}", {"l": ["a", "b"]}, "ab"),
        ("{{^traits.l}}none{{/traits.l}}", {"l": []}, "none"),
        ("{{#traits.l}}{{traits.x}}{{/traits.l}}none", {"l": []}, "none"),
        ("a{{! a word to colleagues }}b", {}, "ab"),
        ("{{traits.html}} {{traits.v0}}", {"html": "<b>&", "v0": "{{traits.html}}"}, "<b>& {{traits.html}}"),
    ],
)
def test_values_and_sections(text: str, traits: dict[str, Any], expected: str) -> None:
    assert text_of(text, traits=traits) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "  \n",
        "\u200b\u202e",
        {"a": 1},
        ["a"],
        float("nan"),
        float("inf"),
        10**30,
        b"bytes",
        print,
        "x" * (MAX_VALUE + 1),
        "x" * 10_000_000,
    ],
    ids=["none", "empty", "blank", "unseen", "object", "list", "nan", "inf", "huge", "bytes", "code", "long", "10MB"],
)
def test_what_cannot_be_shown_is_missing_and_says_what(value: object) -> None:
    with pytest.raises(MissingVariableError) as raised:
        text_of("Hi {{traits.name}}", traits={"name": value})

    assert raised.value.name == "traits.name"
    assert text_of("Hi{{#entry.name}} {{.}}{{/entry.name}}", entry=None) == "Hi"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{{traits.x}}}", "{{{…}}}"),
        ("{{&traits.x}}", "{{&…}}"),
        ("{{{traits.x}}", "not closed"),
        ("{{>other}}", "no partials"),
        ("{{<other}}{{/other}}", "inherit"),
        ("{{$block}}{{/block}}", "inherit"),
        ("{{=<% %>=}}<%traits.x%>", "delimiters"),
        ("{{= =}}", "delimiters"),
        ("{{}}", "name"),
        ("{{traits.x", "hold together"),
        ("{{#traits.x}}", "hold together"),
        ("{{/traits.x}}", "hold together"),
        ("{{#traits.x}}{{/traits.y}}", "hold together"),
        ("{{name}}", "begins with"),
        ("{{traits}}", "begins with"),
        ("{{traits.__class__.__mro__}}{{constructor}}", "begins with"),
        ("{{links.evil}}", "of links there is"),
        ("{{workspace.secret}}", "of workspace there is"),
        ("{{.}}", "outside of a section"),
        ("{{#.}}{{/.}}", "outside of a section"),
        ("{{^traits.x}}{{.}}{{/traits.x}}", "outside of a section"),
        ("{{#traits.x}}" * 11 + "{{/traits.x}}" * 11, "deep"),
        ("{{traits.x}}" * 84, "1 to 1,000"),
        ("x" * 1_001, "1 to 1,000"),
        ("", "1 to 1,000"),
        ("ő€" * 500, "parts"),
    ],
    ids=range(26),
)
def test_what_no_template_says(text: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=re.escape(said)):
        parse_template("hello", {"channel": "sms", "text": text})


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<script>{{traits.x}}</script>", "<script>"),
        ('<img src="https://a.example/x" onerror=alert(1)>', "onerror"),
        ("<style>a{color:{{traits.x}}}</style>", "<style>"),
        ("<style>{{#traits.y}}</style>{{/traits.y}}{{traits.x}}", "<style>"),
        ('<p style="color:{{traits.x}}">', "style of <p>"),
        ("<p title={{traits.x}}>", "in quotes"),
        ("<p {{traits.x}}>", "in quotes"),
        ('<p title=a"{{traits.x}}">', "in quotes"),
        ('<p title=a="{{traits.x}}">', "in quotes"),
        ("<p title=a'{{traits.x}}'>", "in quotes"),
        ('<p title"{{traits.x}}">', "in quotes"),
        ('<p "{{traits.x}}">', "in quotes"),
        ('<p a=b=c"{{traits.x}}" title="x">', "in quotes"),
        ('<a href=https://a.example/"{{traits.x}}">', "in quotes"),
        ('<a href="https://\\/{{traits.x}}">', "backslash"),
        ('<a href="https://&#92;/{{traits.x}}">', "backslash"),
        ('<a href="https://shop.example\\@a/{{traits.x}}">', "backslash"),
        ('<a href="https://shop.example/\\{{traits.x}}">', "backslash"),
        ('<!--><p title="-->{{traits.x}}">', "comment"),
        ('<!---><p title="-->{{traits.x}}">', "comment"),
        ('<!--{{! x }}><p title="-->{{traits.x}}">', "comment"),
        ("<!-- a --!><b>-->{{traits.x}}", "comment"),
        ('<![CDATA[ > <p title=" ]]> " id={{traits.x}}>', "comment"),
        ("<{{traits.x}}>", "right behind <"),
        ("</{{traits.x}}>", "right behind <"),
        ("<!{{traits.x}}>", "right behind <"),
        ("<{{#traits.x}}b{{/traits.x}}>", "right behind <"),
        ('<a{{#traits.x}} href="https://a.example"{{/traits.x}}>', "around elements"),
        ('<a href="{{#traits.x}}{{traits.y}}{{/traits.x}}">', "around elements"),
        ('<a href="{{traits.x}}/path">', "which page"),
        ('<a href="https://{{traits.x}}/">', "which page"),
        ('<a href="https://shop.example{{traits.x}}">', "which page"),
        ('<a href="java{{traits.x}}">', "which page"),
        ('<a href="javascript:alert(1)">', "no address"),
        ('<a href=" JaVaScRiPt:alert(1)">', "no address"),
        ('<a href="&#106;avascript:alert(1)">', "no address"),
        ('<img src="data:text/html,x">', "no address"),
        ('<a href="https://a.example" href="{{traits.x}}">', "twice"),
        ("<!-- {{traits.x}} -->", "comment"),
        ('<meta http-equiv="refresh" content="0">', "elsewhere"),
        ("<iframe>", "<iframe>"),
        ("<form><input>", "<form>"),
        ("<svg><a>", "<svg>"),
        ("&#xE000; {{traits.x}}", "private use"),
        ("\ue000", "private use"),
        ('<p title="{{traits.x}}', "not closed"),
        ("{{{traits.x}}}", "unescaped"),
    ],
    ids=range(47),
)
def test_what_no_html_says(markup: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=re.escape(said)):
        parse_template("hello", an_email(html=markup))


@pytest.mark.parametrize(
    ("markup", "written"),
    [
        ('<p title="{{traits.x}}">', '<p title="x y">'),
        ("<p title='{{traits.x}}'>", "<p title='x y'>"),
        ('<p title = "{{traits.x}}" lang=en hidden>', '<p title = "x y" lang=en hidden>'),
        ('<img\n  alt="{{traits.x}}"\n  src="https://a.example/{{traits.x}}"/>', None),
        ('<p/title="{{traits.x}}">', '<p/title="x y">'),
        ("<!-- a --><p>{{traits.x}}</p><!---->", "<!-- a --><p>x y</p><!---->"),
    ],
    ids=range(6),
)
def test_where_values_of_attributes_stand(markup: str, written: str | None) -> None:
    rendered = render(parse_template("hello", an_email(html=markup)), {"traits": {"x": "x y", "y": "y"}})

    assert written is None or rendered.html == written


hostile = st.one_of(
    st.text(min_size=1, max_size=60),
    st.text(alphabet="<>\"'&;{}=/\\ \r\n\t\0#xjavscript:a-!\u202e\u200b\ue000", min_size=1, max_size=60),
    st.sampled_from(
        [
            "{{traits.email}}",
            "{{{links.unsubscribe}}}",
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "x\r\nBcc: victim@example.com\r\n\r\nbody",
            "javascript:alert(1)",
            "\u202egnp.exe",
            "--><!--",
        ]
    ),
)


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(hostile)
def test_a_value_is_a_value_wherever_it_stands(value: str) -> None:
    template = an_email(
        subject="To {{#traits.x}}{{.}}{{/traits.x}}!", text="{{#traits.x}}{{.}}{{/traits.x}}!", html=PAGE
    )
    plain = cleaned(value)
    try:
        message = written(template, traits={"x": value})
    except MissingVariableError:
        assert not plain
        return

    seen = _Seen()
    seen.feed(message.html)
    seen.close()
    assert [tag for tag, _ in seen.elements] == ["html", "body", "p", "a"]
    title, address = seen.elements[2][1], seen.elements[3][1]
    assert title == [("title", plain)]
    assert unquote((address[0][1] or "").removeprefix("https://shop.example/?q=")) == plain
    assert seen.text == plain + "x"
    assert message.subject == " ".join(f"To {plain}!".split())
    assert message.text == f"{plain}!\n"
    assert not re.search(r"[\r\n\0\x1b\u202e\u200b\x85\u2028]", message.subject)


@given(hostile)
def test_a_whole_address_of_a_person_is_one_of_a_page_or_the_message_is_not_sent(value: str) -> None:
    template = an_email(html='<a href="{{traits.page}}">x</a>')
    try:
        message = written(template, traits={"page": value})
    except MissingVariableError:
        return

    address = html.unescape(message.html.removeprefix('<a href="').removesuffix('">x</a>'))
    assert address.startswith(("http://", "https://"))
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT://shop.example/%0aalert(1)",
        "data:text/html,x",
        "//shop.example",
        "/path",
        "https://",
        "https://shop.example@evil.example",
        "https://shop.example\\@evil.example",
        "https://a b.example",
        "http://[::1",
        "https://a.example:99999999",
        "",
    ],
)
def test_what_is_no_address_of_a_page(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize(
    "text",
    [
        "{{#traits.l}}" * 9 + "{{.}}" + "{{/traits.l}}" * 9,
        "{{#traits.l}}{{#traits.m}}{{#traits.l}}{{#traits.m}}x{{/traits.m}}{{/traits.l}}{{/traits.m}}{{/traits.l}}",
        "{{traits.long}}",
        "{{#traits.l}}{{.}}{{/traits.l}}",
    ],
    ids=range(4),
)
def test_what_would_grow_without_bound_is_not_sent(text: str) -> None:
    traits = {"l": ["y" * 30] * 100, "m": ["x"] * 100, "long": "z" * 2_000}
    with pytest.raises(MissingVariableError):
        text_of(text, traits=traits)


def test_values_that_hold_themselves_have_no_end_and_no_value() -> None:
    ring: dict[str, Any] = {}
    ring["a"] = ring
    items: list[Any] = []
    items.append(items)

    assert (
        text_of("x{{#traits.a.a.a}}y{{/traits.a.a.a}}{{#traits.l}}z{{/traits.l}}", traits={**ring, "l": items}) == "x"
    )


def test_a_preheader_is_hidden_at_the_beginning_of_the_body() -> None:
    message = written(an_email(preheader="For {{traits.x}}", html=PAGE), traits={"x": "<Ann>"})

    assert re.search(r'<body><div style="display:none[^"]*" aria-hidden="true">For &lt;Ann&gt;', message.html)


def test_links_of_the_platform_are_whole_addresses() -> None:
    message = written(an_email(html='<a href="{{links.unsubscribe}}">x</a>', text="{{links.unsubscribe}}"))

    assert message.html == '<a href="https://shop.example/u?a=1&amp;b=2">x</a>'
    assert message.text == "https://shop.example/u?a=1&b=2\n"


def test_what_a_template_asks_for_and_what_it_needs() -> None:
    text = "{{traits.a}}{{#traits.b}}{{traits.b}}{{traits.c}}{{/traits.b}}{{^traits.d}}{{/traits.d}}"
    template = parse_template("x", an_email(subject="{{entry.e}}", text=text))

    assert variables(template) == {"traits.a", "traits.b", "traits.c", "traits.d", "entry.e"}
    assert unguarded(template) == {"traits.a", "traits.c", "entry.e"}
    assert needs(template) == {"traits.a", "entry.e"}


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ({"channel": "fax", "text": "x"}, "channel"),
        ({"channel": "sms", "text": "x", "subject": "x"}, ""),
        ({"channel": "email", "text": "x"}, "subject"),
        ({"channel": "email", "subject": "x"}, "text"),
        (an_email(subject="a\r\nBcc: x@y.example"), "subject"),
        (an_email(subject="x" * 201), "subject"),
        (an_email(**{"from": "x@y.example\nBcc: a@b.example"}), "from"),
        (an_email(**{"from": "shop.example"}), "from"),
        (an_email(reply_to='"x" <a@b.example>'), "reply_to"),
        (an_email(description=1), "description"),
        (an_email(html=1), "html"),
        ({"channel": "in_app", "subject": "x", "text": "x", "link": "javascript:x"}, "link"),
        ({"channel": "in_app", "subject": "x", "text": "x", "link": "https://{{traits.x}}"}, "link"),
        ({"channel": "in_app", "subject": "x", "text": "x", "link": 'https://a.example/"x'}, "link"),
    ],
    ids=range(14),
)
def test_definitions_that_are_refused(definition: dict[str, Any], path: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        parse_template("hello", definition)

    assert raised.value.path == path


@pytest.mark.parametrize(
    ("link", "traits", "expected"),
    [
        ("https://shop.example/cart?id={{traits.x}}", {"x": "a/b c"}, "https://shop.example/cart?id=a%2Fb%20c"),
        ("{{traits.x}}", {"x": "https://shop.example/p"}, "https://shop.example/p"),
        ("https://shop.example/", {}, "https://shop.example/"),
    ],
)
def test_where_a_message_in_an_app_leads(link: str, traits: dict[str, str], expected: str) -> None:
    definition = {"channel": "in_app", "subject": "Hi", "text": "There", "link": link}

    assert written(definition, traits=traits).link == expected
    with pytest.raises(MissingVariableError):
        written({**definition, "link": "{{traits.x}}"}, traits={"x": "javascript:alert(1)"})


@pytest.mark.parametrize(
    ("text", "alphabet", "signs", "parts"),
    [
        ("x" * 160, "GSM-7", 160, 1),
        ("x" * 161, "GSM-7", 161, 2),
        ("€" * 80, "GSM-7", 160, 1),
        ("x" * 152 + "€" + "x" * 10, "GSM-7", 164, 2),
        ("x" * 152 + "€" * 77, "GSM-7", 306, 3),
        ("ő" * 70, "UCS-2", 70, 1),
        ("ő" * 71, "UCS-2", 71, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 67, "UCS-2", 134, 3),
        ("", "GSM-7", 0, 1),
    ],
)
def test_parts_of_an_sms(text: str, alphabet: str, signs: int, parts: int) -> None:
    found = sms_length(text)

    assert (found.alphabet, found.signs, found.parts) == (alphabet, signs, parts)


@pytest.mark.parametrize("part", [" a=x/y", "/", " /", " a", "=", ' a="', "<!--"], ids=range(7))
def test_a_tag_of_any_length_is_read_in_no_time(part: str) -> None:
    begun = time.process_time()
    with suppress(DefinitionError):
        parse_template("hello", an_email(html=f"<p{part * (70_000 // len(part))} {{{{traits.x}}}}>"))
    assert time.process_time() - begun < 5
