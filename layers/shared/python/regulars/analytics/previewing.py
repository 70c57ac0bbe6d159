"""A preview: whom a segment would have, and whom an edit would let in and put out, before anything is live."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from regulars.analytics.compiling import Scope, as_text, compile, explain
from regulars.analytics.setting import Setting
from regulars.domain.segments import All, Node, Not, OneOf, Segment
from regulars.domain.wording import in_words

SAMPLE = 20
IS_MEMBER, WAS_MEMBER = "in_0", "in_1"
ENTERS, LEAVES = f"{IS_MEMBER} AND NOT {WAS_MEMBER}", f"{WAS_MEMBER} AND NOT {IS_MEMBER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    A segment as it would be, and as it is, if it is; `scope` has the segments that it may name.

    `rates` are those that the query of the order ledger reads: currency, day since 1970, and what one unit is worth.
    """

    segment: Segment
    before: Segment | None
    setting: Setting
    scope: Scope
    rates: Sequence[tuple[str, int, Decimal]] = ()

    @property
    def segments(self) -> Sequence[Segment]:
        """What is asked, one or two."""
        return [self.segment] if self.before is None else [self.segment, self.before]

    def question(self, *, pretty: bool = False) -> str:
        """Write what is asked of the lake: who is in the segment, and who was."""
        return as_text(compile(self.segments, self.setting, self.scope), self.setting, pretty=pretty)

    def reasons(self, people: Sequence[str]) -> str:
        """Write the question which condition of the segment is true of whom of these people."""
        nodes = [node for _, node in conditions(self.segment.where)]
        return as_text(explain(nodes, self.setting, self.scope, people), self.setting)


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition, where it stands, in words, and whether it is true."""

    path: str
    condition: str
    truth: bool


@dataclass(frozen=True, slots=True)
class Sampled:
    """Somebody, and why they are in the segment."""

    profile_id: str
    known: bool
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Difference:
    """How many, and some of them."""

    count: int
    sample: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """
    Who would be in a segment as of `now`, by what the lake holds.

    `newest` is when the newest event in it arrived: what came later is not there yet. Without a version before, nobody
    enters and nobody leaves.
    """

    now: int
    newest: int | None
    known: int
    anonymous: int
    sample: Sequence[Sampled]
    enters: Difference | None = None
    leaves: Difference | None = None


def conditions(node: Node, path: str = "where") -> Iterator[tuple[str, Node]]:
    """List the conditions that are no all, any or not, with the paths at which a definition has them."""
    match node:
        case All(nodes):
            for index, inner in enumerate(nodes):
                yield from conditions(inner, f"{path}.all[{index}]")
        case OneOf(nodes):
            for index, inner in enumerate(nodes):
                yield from conditions(inner, f"{path}.any[{index}]")
        case Not(inner):
            yield from conditions(inner, f"{path}.not")
        case _:
            yield path, node


def reasons(segment: Segment, truths: Sequence[bool]) -> list[Reason]:
    """Say of each condition whether it is true."""
    each = zip(conditions(segment.where), truths, strict=True)
    return [Reason(path, in_words(node), truth) for (path, node), truth in each]
