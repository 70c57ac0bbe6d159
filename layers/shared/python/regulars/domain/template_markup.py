"""
HTML of e-mails: in which place of the markup each value stands, and what no mail client should be sent.

Values may stand in text, in attributes in quotes, and in addresses; sections around whole elements and text.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from regulars.domain.mustache import Tag, Text, parse
from regulars.domain.template_values import Context
from regulars.errors import DefinitionError

_VALUE, _SECTION = "\ue000", "\ue001"  # stand in the markup for values and for sections
_MARKS = re.compile(f"[{_VALUE}{_SECTION}]")
_WRITTEN_MARKS = re.compile(r"[\ue000\ue001]|&#(x0*e00[01]|0*5734[45])(?![0-9a-f])", re.IGNORECASE)
_BEGUN = re.compile(f"<[/!?]?[{_VALUE}{_SECTION}]")
_FORBIDDEN = frozenset(
    "script iframe frame frameset object embed applet base form input button select textarea link noscript template"
    " svg math xmp plaintext noembed noframes portal".split()
)
_ADDRESSES = frozenset({"href", "src", "action", "background", "cite", "poster", "formaction", "longdesc"})
_NO_VALUES = frozenset({"style", "srcset", "srcdoc", "content", "http-equiv", "name", "id", "class"})
_UNFINISHED = re.compile(r"<[a-zA-Z/!?]")
_OPEN = "has a tag that is not closed: a < in a text is written &lt;"
_BARE = rf"\s\"'=<>`{_VALUE}{_SECTION}"  # what stands in no name, and in no value without quotes
_ATTRIBUTE = rf"[\s/]++[^/{_BARE}]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^{_BARE}]++))?+"
_TAG = re.compile(rf"<[a-zA-Z][^/{_BARE}]*+(?:{_ATTRIBUTE})*[\s/]*>")
_ODD_COMMENT = re.compile(r"<!---?>|--!>|<!\[CDATA\[", re.IGNORECASE)  # browsers end it elsewhere than others
_BEFORE = re.compile(rf"(https?://[^/?#\s{_VALUE}]+[/?#]|mailto:|tel:|sms:)[^{_VALUE}]*", re.IGNORECASE)
_SAFE = re.compile(r"(https?://|mailto:|tel:|sms:|cid:|#|\Z)", re.IGNORECASE)


def markup(raw: str, path: str) -> Text:
    """Read HTML with places for values. Raises DefinitionError."""
    if _WRITTEN_MARKS.search(raw):
        raise DefinitionError(path, "has signs of a private use area of Unicode: leave them out")
    tags = parse(raw, path)
    marked = "".join(_standing_for(tag) for tag in tags)
    if _ODD_COMMENT.search(marked):
        raise DefinitionError(path, "has a comment that ends where not everybody sees it: write <!-- … -->")
    if _BEGUN.search(marked):
        raise DefinitionError(path, "has a value or section right behind <: write &lt;, or name the element")
    if _UNFINISHED.search(marked.rpartition(">")[2]):
        raise DefinitionError(path, _OPEN)
    reader = _Reader(path)
    reader.feed(marked)
    reader.close()
    if len(reader.contexts) != sum(tag.kind == "value" for tag in tags):
        raise DefinitionError(path, _OPEN)
    return Text(tags, tuple(reader.contexts))


def _standing_for(tag: Tag) -> str:
    if tag.kind == "literal":
        return tag.name
    return _VALUE if tag.kind == "value" else _SECTION


class _Reader(HTMLParser):
    """Goes through markup and notes, for each value, where it stands."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=False)
        self.contexts: list[Context] = []
        self._path = path
        self._within = ""  # a style or a title, which hold no elements

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        whole = self.get_starttag_text() or ""
        if tag in _FORBIDDEN:
            raise self._wrong(f"has <{tag}>, which mail clients throw out or block: leave it out")
        if _SECTION in whole or (_VALUE in whole and not _TAG.fullmatch(whole)):
            fix = 'values stand in attributes in quotes, such as href="{{links.unsubscribe}}", sections around elements'
            raise self._wrong(f"has a value or section inside of <{_MARKS.sub('…', tag)}>: {fix}")
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            raise self._wrong(f"names an attribute of <{tag}> twice")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag in ("style", "title"):
            self._within = tag

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._within = ""

    def handle_endtag(self, tag: str) -> None:
        if _MARKS.search(tag):
            raise self._wrong("has a value or section inside of the end of an element")
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "style" and _MARKS.search(data):
            raise self._wrong("has a value or section within <style>: styles are the same for everybody")
        self.contexts += ["html"] * data.count(_VALUE)

    def handle_comment(self, data: str) -> None:
        self._bare(data)

    def handle_decl(self, decl: str) -> None:
        self._bare(decl)

    def handle_pi(self, data: str) -> None:
        self._bare(data)

    def unknown_decl(self, data: str) -> None:
        self._bare(data)

    def _bare(self, data: str) -> None:
        if _MARKS.search(data):
            raise self._wrong("has a value or section within a comment: {{! … }} is one that is not sent")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            raise self._wrong(f"has {name} at <{tag}>: mail clients run no scripts")
        if tag == "meta" and name == "http-equiv" and value.lower() == "refresh":
            raise self._wrong("sends its reader elsewhere by <meta http-equiv=refresh>: leave it out")
        if name in _ADDRESSES or name.endswith(":href"):
            self._address(tag, name, value.strip())
        elif _VALUE in value and name in _NO_VALUES:
            raise self._wrong(f"has a value in {name} of <{tag}>: those are the same for everybody")
        else:
            self.contexts += ["html"] * value.count(_VALUE)

    def _address(self, tag: str, name: str, value: str) -> None:
        if value == _VALUE:
            self.contexts.append("link")
        elif _VALUE in value:
            if "\\" in value:
                raise self._wrong(f"has a backslash in {name} of <{tag}>, which browsers read as a slash: write /")
            if not _BEFORE.match(value):
                fix = f'{name}="https://shop.example/?id={{{{entry.cart_id}}}}", or one value that is the whole address'
                raise self._wrong(f"has a value where {name} of <{tag}> says which page: {fix}")
            self.contexts += ["url"] * value.count(_VALUE)
        elif not _SAFE.match(value):
            raise self._wrong(f"has {name} of <{tag}> that is no address: https://…, mailto: or tel:")

    def _wrong(self, what: str) -> DefinitionError:
        return DefinitionError(self._path, what)
