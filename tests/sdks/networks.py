"""The networks over which SDKs are tried: the troubles that meet their first requests, and what meets all others."""

from collections.abc import Mapping, Sequence

from tests.sdks.proxy import Trouble

Network = tuple[Sequence[Trouble], Trouble]

CALM, EVERYTHING = "calm", "all at once"
NETWORKS: Mapping[str, Network] = {
    CALM: ([], "none"),
    "every request twice": ([], "twice"),
    "every request ten times": ([], "ten times"),
    "an answer lost": (["lost answer"], "none"),
    "busy, then broken": (["busy", "broken"], "none"),
    "stored, and called broken": (["stored but broken"], "none"),
    EVERYTHING: (["lost answer", "ten times", "busy", "broken", "lost answer"], "twice"),
}
REFUSING = {"busy", "broken", "stored but broken"}
