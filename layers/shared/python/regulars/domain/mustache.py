"""
Mustache, as far as templates need it: values and sections, by names that begin with whom or what they are of.

No partials, no lambdas, no other delimiters, and nothing that comes out as it is: every value is escaped for the place
that it stands in.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from chevron import render
from chevron.tokenizer import ChevronError, tokenize

from regulars.domain.template_values import Context, Value, value_of
from regulars.errors import DefinitionError, MissingVariableError

Kind = Literal["literal", "value", "section", "inverted", "end"]
ROOTS = ("traits", "entry", "answers", "workspace", "links")
FIXED: Mapping[str, tuple[str, ...]] = {
    "links": ("unsubscribe", "preferences"),
    "workspace": ("zone", "currency"),
}  # roots of which all is known
MAX_TAGS = 500
MAX_DEPTH = 10
MAX_LOOKED = 400_000  # characters of values in one text
ITEM = "."
_KINDS: Mapping[str, Kind] = {
    "literal": "literal",
    "variable": "value",
    "section": "section",
    "inverted section": "inverted",
    "end": "end",
}
_PART = r"\w[\w$-]{0,99}(?: [\w$-]{1,100}){0,9}"
_NAME = re.compile(rf"({'|'.join(ROOTS)})(\.{_PART}){{1,6}}")
_REFUSED: Mapping[str, str] = {
    "no escape": "has {{{…}}} or {{&…}}: what somebody said of themselves never stands there unescaped; write {{…}}",
    "no escape?": "has {{{…}, which is not closed; write {{…}}",
    "partial": "has {{>…}}: there are no partials; write the text here",
    "set delimiter": "has {{=…=}}: delimiters are {{ and }}",
    "parent": "has {{<…}}: templates inherit from none; write the text here",
    "block": "has {{$…}}: templates inherit from none; write the text here",
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A piece of a text: something literal, a value, or where a section of a name begins or ends."""

    kind: Kind
    name: str  # of a literal its text


@dataclass(frozen=True)
class Text:
    """A text with places for values, each to be escaped for its own context, in the order of the values."""

    tags: tuple[Tag, ...]
    contexts: tuple[Context, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all that it asks for."""
        return frozenset(tag.name for tag in self.tags if tag.kind not in ("literal", "end") and tag.name != ITEM)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The names without which it never comes out: those that stand in no section."""
        found, depth = set(), 0
        for tag in self.tags:
            depth += {"section": 1, "inverted": 1, "end": -1}.get(tag.kind, 0)
            if tag.kind == "value" and not depth:
                found.add(tag.name)
        return frozenset(found)

    @cached_property
    def unguarded(self) -> frozenset[str]:
        """The names that are asked for somewhere outside of a section of their own."""
        found, around = set(), list[Tag]()
        for tag in self.tags:
            if tag.kind in ("section", "inverted"):
                around.append(tag)
            elif tag.kind == "end":
                around.pop()
            elif tag.kind == "value" and tag.name != ITEM and Tag("section", tag.name) not in around:
                found.add(tag.name)
        return frozenset(found)

    def fill(self, variables: Mapping[str, Any]) -> str:
        """Write it with these values. Raises MissingVariableError."""
        data = _Looked()
        for name, key in self._keys.items():
            data.hold(key, value_of(name, _at(variables, name)))
        return str(render(self._tokens, data, lambdas={}))

    @cached_property
    def _keys(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(sorted(self.names))}

    @cached_property
    def _tokens(self) -> Sequence[tuple[str, str]]:
        """The tags as the library takes them: with names that nobody's data can bring."""
        return list(_lay_out(self.tags, self.contexts, self._keys))


class _Looked(dict[str, Any]):
    """Values and what their sections are about; lists within lists are looked at so often, and no more."""

    def __init__(self) -> None:
        super().__init__()
        self._left = MAX_LOOKED
        self._cost: dict[str, tuple[int, str]] = {}

    def hold(self, key: int, value: Value) -> None:
        """Keep a value under the names that the tokens have."""
        self |= {f"v{key}": value, f"s{key}": value.section()}
        self._cost |= {f"v{key}": (value.size, value.name), f"s{key}": (value.size, value.name)}

    def __getitem__(self, key: str) -> Any:
        """Look something up. Raises MissingVariableError when that was too much, KeyError for what is not there."""
        found = super().__getitem__(key)
        cost, name = self._cost[key]
        self._left -= cost
        if self._left < 0:
            raise MissingVariableError(name)
        return found


def parse(raw: str, path: str) -> tuple[Tag, ...]:
    """Take a text apart. Raises DefinitionError."""
    tags: list[Tag] = []
    around: list[Tag] = []
    for tag in _tags(raw, path):
        if tag.kind in ("section", "inverted"):
            around.append(tag)
        elif tag.kind == "end":
            around.pop()
        _check(tag, around, path)
        tags.append(tag)
        if len(tags) > 2 * MAX_TAGS or len(around) > MAX_DEPTH:
            raise DefinitionError(path, f"has at most {MAX_TAGS} values and sections, nested {MAX_DEPTH} deep")
    return tuple(tags)


def plain(raw: str, path: str) -> Text:
    """Read a text that is no markup. Raises DefinitionError."""
    tags = parse(raw, path)
    return Text(tags, tuple("text" for tag in tags if tag.kind == "value"))


def _tags(raw: str, path: str) -> Iterator[Tag]:
    try:
        for kind, name in tokenize(raw):
            if kind in _REFUSED:
                raise DefinitionError(path, _REFUSED[kind])
            yield Tag(_KINDS[kind], name)
    except ChevronError as error:
        raise DefinitionError(path, f"does not hold together: {' '.join(str(error).split())}") from None
    except IndexError:  # what the library says to a tag without a name
        raise DefinitionError(path, "has a tag without a name: {{ stands before a name, such as traits.city") from None


def _check(tag: Tag, around: Sequence[Tag], path: str) -> None:
    if tag.kind in ("literal", "end"):
        return
    if tag.name == ITEM:
        if tag.kind != "value" or not any(one.kind == "section" for one in around):
            raise DefinitionError(path, "has {{.}} outside of a section: it is the item that a section is about")
        return
    found = _NAME.fullmatch(tag.name)
    if found is None:
        example = "such as {{traits.first_name}} or {{entry.order_id}}"
        raise DefinitionError(path, f"has {{{{{tag.name[:60]}}}}}: a name begins with {_or(ROOTS)}, {example}")
    root, _, rest = tag.name.partition(".")
    if root in FIXED and rest not in FIXED[root]:
        raise DefinitionError(path, f"has {{{{{tag.name}}}}}: of {root} there is {_or(FIXED[root])}")


def _lay_out(tags: Sequence[Tag], contexts: Sequence[Context], keys: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    places = iter(contexts)
    for tag in tags:
        match tag.kind:
            case "literal":
                yield "literal", tag.name
            case "value" if tag.name == ITEM:
                yield "no escape", next(places)
            case "value":
                yield "no escape", f"v{keys[tag.name]}.{next(places)}"
            case "inverted":
                yield "inverted section", f"s{keys[tag.name]}"
            case kind:
                yield kind, f"s{keys[tag.name]}"


def split_at(path: str, known: Container[str]) -> tuple[str, str] | None:
    """Split a path behind the longest name that is known, for names may have dots themselves; None where none is."""
    name, rest = path, ""
    while name not in known:
        name, dot, last = name.rpartition(".")
        if not dot:
            return None
        rest = f"{last}.{rest}" if rest else last
    return name, rest


def _at(variables: Mapping[str, Any], name: str) -> object:
    """Look a value up, by its name as it stands, else by its path; None where there is none."""
    found: object = variables
    rest = name
    while rest:
        if not isinstance(found, Mapping) or (split := split_at(rest, found)) is None:
            return None
        found, rest = found[split[0]], split[1]
    return found


def _or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
