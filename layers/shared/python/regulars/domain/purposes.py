"""For what a workspace uses what it knows of people, on which legal basis, and what consent tools call it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

Basis = Literal[
    "consent", "legitimate_interests", "public_task", "contract", "legal_obligation", "vital_interests"
]  # of article 6 GDPR
BASES: tuple[Basis, ...] = get_args(Basis)
ASKED: frozenset[Basis] = frozenset({"consent", "legitimate_interests", "public_task"})  # a person may say no
TOOLS = ("segment", "rudderstack", "tcf", "gpp", "google", "gpc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """
    One purpose; `unsaid` is what holds of somebody who decided nothing.

    With `devices`, what a device decided counts for the person it belongs to; else it counts for them only as a denial.
    `text` names the version of the text that people are shown.
    """

    id: str
    name: str
    description: str = ""
    basis: Basis = "consent"
    channels: tuple[str, ...] = ()
    unsaid: bool = False
    devices: bool = False
    text: str = ""

    @property
    def is_asked(self) -> bool:
        """Say whether a person may say no to it; else it holds whatever they say."""
        return self.basis in ASKED


@dataclass(frozen=True, kw_only=True)
class Purposes:
    """All purposes by id, and for which of them each category of a consent tool stands, such as `segment:C0004`."""

    by_id: Mapping[str, Purpose] = field(default_factory=dict)
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def matters(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """By purpose and tool, the categories that stand for it."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for matter, ids in self.categories.items():
            for id in ids:
                found[id][matter.partition(":")[0]].append(matter)
        return {id: {tool: tuple(matters) for tool, matters in tools.items()} for id, tools in found.items()}


NO_PURPOSES = Purposes()
