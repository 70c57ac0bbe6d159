"""What applying the catalog would do: one change for each definition, here or live."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import yaml
from rich.text import Text

from cli.definitions import KINDS, Definition, Kind, is_group, read_content, title, traits_of, turn
from cli.errors import UserError
from cli.live import Live
from cli.segment_reads import check_together, in_order, readers_first
from regulars.domain.computed import ComputedTrait, Reader
from regulars.domain.computed_definitions import Contents
from regulars.domain.costs import excess, in_words
from regulars.domain.identity_definitions import check_successor, parse_rules
from regulars.domain.segments import Segment
from regulars.errors import DefinitionError
from regulars.pipeline.definitions import MAX_SEGMENTS, SINGLES

Act = Literal["create", "change", "prune", "unchanged", "left alone"]
DONE: Mapping[str, str] = {"create": "created", "change": "changed", "prune": "deleted"}
STYLES: Mapping[Act, tuple[str, str]] = {
    "create": ("+", "green"),
    "change": ("~", "yellow"),
    "prune": ("-", "red"),
    "unchanged": ("=", "dim"),
    "left alone": (" ", "dim"),
}
HOLDS = "a segment that is new or takes in other people is live once everybody was looked at: their history counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one definition: `wanted` by the catalog, `live` in the platform."""

    act: Act
    wanted: Definition | None = None
    live: Live | None = None
    keeps: str = ""  # what a segment or a computed trait that is new or changed keeps of each person

    @property
    def kind(self) -> Kind:
        """The kind of the definition."""
        one = self.wanted or self.live
        assert one is not None
        return one.kind

    @property
    def id(self) -> str:
        """The id of the definition."""
        one = self.wanted or self.live
        assert one is not None
        return one.id

    @property
    def is_one(self) -> bool:
        """Say whether anything would be written."""
        return self.act in ("create", "change", "prune")

    @property
    def remark(self) -> str:
        """What a person should know before agreeing."""
        by_hand = self.live is not None and self.live.origin == "api" and self.kind not in SINGLES
        match self.act:
            case "change" if by_hand:
                return "somebody changed it by the API since"
            case "prune" if by_hand:
                return "written by the API, in no file"
            case "prune":
                return "no longer in the catalog"
            case "left alone":
                return "written by the API, in no file" if by_hand else "not in the catalog; --prune removes it"
        return ""


def compare(wanted: Sequence[Definition], live: Mapping[Kind, Mapping[str, Live]], *, prune: bool) -> list[Change]:
    """
    Compare the catalog with what is live, in the order in which changes are made; kinds that `live` lacks are left out.

    Raises UserError for what may not follow what is live.
    """
    computed = _after(wanted, live, "computed_trait")
    segments = {id: one.content for id, one in live.get("segment", {}).items()}
    check_together(wanted, segments)
    changes = [_compare_one(one, live[one.kind].get(one.id), computed) for one in in_order(wanted) if one.kind in live]
    _check_size(_after(wanted, live, "segment"), computed)
    named = {(one.kind, one.id) for one in wanted}
    for kind in (kind for kind in reversed(KINDS) if kind in live):
        gone = [id for id in _in_turn(kind, live[kind]) if (kind, id) not in named and kind not in SINGLES]
        changes += [Change(act="prune" if prune else "left alone", live=live[kind][id]) for id in gone]
    return sorted(changes, key=_turn)


def _in_turn(kind: Kind, live: Mapping[str, Live]) -> list[str]:
    """Put the ids of definitions that may go before those that they read."""
    if kind == "segment":
        return readers_first({id: one.content for id, one in live.items()})
    return sorted(live, key=lambda id: (-turn(kind, live[id].content), id))


def _turn(change: Change) -> int:
    """
    What is planned of an event goes before another file plans it; groups go when nothing extends them any more.

    A table of rates ceases to say the currency of the workspace before another one says it.
    """
    if change.kind == "rates":
        return 0 if change.is_one and _says_no_more(change) else 1
    if change.kind != "tracking_plan" or change.act != "prune" or change.live is None:
        return 1
    return 2 if is_group(change.kind, change.live.content) else 0


def _says_no_more(change: Change) -> bool:
    after = change.wanted.content if change.wanted else {}
    return change.live is not None and "currency" in change.live.content and "currency" not in after


def _after(wanted: Sequence[Definition], live: Mapping[Kind, Mapping[str, Live]], kind: Kind) -> Contents:
    """Give all definitions of a kind as they will be; what is pruned counts, for it goes last."""
    before = {id: one.content for id, one in live.get(kind, {}).items()}
    return before | {one.id: one.content for one in wanted if one.kind == kind}


def _check_size(segments: Contents, computed: Contents) -> None:
    """Refuse more segments and computed traits than fit, and segments that would be wrong."""
    if sum(len(json.dumps(content, sort_keys=True)) for content in segments.values()) > MAX_SEGMENTS:
        what = f"all segments together have at most {MAX_SEGMENTS:,} characters"
        raise UserError(what, fix="shorten some, or remove those that nobody needs")
    readers: list[Reader] = []
    try:
        readers += traits_of(computed.keys(), computed).values()
        readers += [_reader("segment", id, content, computed) for id, content in segments.items()]
    except DefinitionError as error:
        what = f"a segment or a computed trait that is live would be wrong: {error}"
        raise UserError(what, fix="change it with what it reads; `regulars segment list` shows all") from error
    if found := excess(readers):
        raise UserError(found.what, fix=found.fix)


def _reader(kind: Kind, id: str, content: Mapping[str, Any], computed: Contents) -> Reader:
    read = read_content(kind, id, content, computed)
    assert isinstance(read, Segment | ComputedTrait)
    return read


def _compare_one(wanted: Definition, live: Live | None, computed: Contents) -> Change:
    if wanted.kind == "identity":
        try:
            check_successor(parse_rules(live.content) if live else None, parse_rules(wanted.content))
        except DefinitionError as error:
            raise wanted.document.complaint(error) from error
    if live and _mean_the_same(wanted, live, computed):
        return Change(act="unchanged", wanted=wanted, live=live)
    is_reader = wanted.kind in ("segment", "computed_trait")
    keeps = in_words(_reader(wanted.kind, wanted.id, wanted.content, computed)) if is_reader else ""
    return Change(act="change" if live else "create", wanted=wanted, live=live, keeps=keeps)


def _mean_the_same(wanted: Definition, live: Live, computed: Contents) -> bool:
    if wanted.content == live.content:
        return True
    texts = [{name: one.content.get(name) for name in ("name", "description", "status")} for one in (wanted, live)]
    try:
        read = [read_content(one.kind, one.id, one.content, computed) for one in (wanted, live)]
    except DefinitionError:
        return False  # what is live names a computed trait that is to go
    return texts[0] == texts[1] and bool(read[0] == read[1])


def note_on(changes: Sequence[Change]) -> str:
    """Say from when on segments and rates hold that are new or changed; empty where none is."""
    touched = any(
        change.kind in ("segment", "computed_trait", "rates") and change.act in ("create", "change")
        for change in changes
    )
    return HOLDS if touched else ""


def describe(change: Change, *, done: bool = False) -> Text:
    """Show a change, planned or done, with the lines that differ."""
    sign, style = STYLES[change.act]
    word = DONE.get(change.act, change.act) if done else change.act
    text = Text(f"{sign} {word:<10}  {title(change.kind, change.id)}", style=style)
    if change.remark:
        text.append(f"  ({change.remark})", style="dim")
    if change.keeps:
        text.append(f"\n      {change.keeps}", style="dim")
    if change.act == "change" and change.wanted and change.live:
        for line in difflib.unified_diff(_lines(change.live.content), _lines(change.wanted.content), n=1, lineterm=""):
            if not line.startswith(("---", "+++", "@@")):
                text.append(f"\n      {line}", style={"+": "green", "-": "red"}.get(line[0], "dim"))
    return text


def to_data(change: Change) -> dict[str, Any]:
    """Say a change for programs."""
    content = {"action": change.act, "kind": change.kind, "id": change.id}
    more = {"remark": change.remark, "keeps": change.keeps}
    return content | {name: text for name, text in more.items() if text}


def _lines(content: Mapping[str, Any]) -> list[str]:
    return yaml.safe_dump(dict(content), sort_keys=True, allow_unicode=True).splitlines()
