"""A preview over the lake finds whom streaming finds, as long as a segment asks within the period of its events."""

from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.lake import archive
from regulars.adapters.parquet import Parquet
from regulars.pipeline.lake_retention import LakeRetainer
from tests.world.test_held_sweeps import Held

RULES = {"default": "10 years", "events": {"Product Viewed": "60 days"}, "sources": {"web": "50 days"}}
RECENT = {"where": {"event": "Product Viewed", "count": {"at_least": 2}, "within": "49 days"}, "anonymous": True}
USERS = ("ann", "bob")
FORMAT = Parquet()


class Both(Held):
    """A world whose lake is written, and swept with everything else."""

    def __init__(self) -> None:
        super().__init__()
        archive(self.world, self.workspace.lake, FORMAT)
        self.workspace.put("/v1/retention", {"definition": RULES})
        assert self.workspace.put("/v1/segments/recent", {"definition": RECENT}).status == 200

    def sweep(self) -> None:
        """Sweep the tables and the lake."""
        super().sweep()
        lake, clock = self.workspace.lake, self.world.clock
        retainer = LakeRetainer(self.world.database, lake, FORMAT, self.world.journal, clock)
        assert retainer.work(has_time=lambda: True)

    def streamed(self) -> int:
        """How many people are in the segment, as streaming knows them."""
        paths = [f"/v1/profiles/user_id:{user}/segments/recent/why" for user in USERS]
        answers = [self.workspace.get(path) for path in paths]
        return sum(answer.status == 200 and answer.content["member"] for answer in answers)

    def previewed(self) -> int:
        """How many people a preview finds."""
        found = self.workspace.ask("POST", "/v1/segments/preview", body={"id": "recent", "definition": RECENT}).content
        return int(found["known"] + found["anonymous"])


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from([*USERS, "hold", "week", "weeks"]), min_size=3, max_size=9))
def test_previews_are_as_streaming_within_the_period(deeds: list[str]) -> None:
    both = Both()
    for user in USERS:
        both.view(userId=user)
    for deed in deeds:
        if deed in USERS:
            both.view(userId=deed)
        elif deed == "hold":
            both.hold(both.viewer)
        else:
            both.weeks(1 if deed == "week" else 5)
        assert both.previewed() == both.streamed()


def test_both_know_who_is_in_and_who_is_no_longer() -> None:
    both = Both()
    both.view(userId="ann")
    both.view(userId="ann")
    before = both.previewed(), both.streamed()
    both.weeks(8)

    assert before == (1, 1)
    assert (both.previewed(), both.streamed()) == (0, 0)
    assert both.world.journal.counts["lake_rows_retired"] == 2
