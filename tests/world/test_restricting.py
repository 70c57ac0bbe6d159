"""Whoever is restricted is in no segment, whatever comes, merges, splits or is rebuilt, until they are released."""

from typing import Any

import pytest

from local.world.erasing import Erasing
from regulars.adapters.parquet import Parquet
from regulars.pipeline.rebuild import Rebuilder
from tests.workspace import Workspace
from tests.world.erasures import erase

VIEWERS = {"definition": {"where": {"event": "Viewed"}, "anonymous": True}}
NOT_BUYERS = {"definition": {"where": {"not": {"event": "Bought"}}, "anonymous": True}}
EVERYBODY = {"not_buyers", "viewers"}
VIEW: dict[str, Any] = {"type": "track", "event": "Viewed"}


class Trial:
    """A workspace with two segments and somebody on two devices."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.workspace.put("/v1/segments/viewers", VIEWERS)
        self.workspace.put("/v1/segments/not_buyers", NOT_BUYERS)
        self.workspace.send({**VIEW, "anonymousId": "phone"}, {**VIEW, "userId": "ann", "anonymousId": "laptop"})

    def ask(self, kind: str, ref: tuple[str, str] = ("user_id", "ann")) -> None:
        """Meet a request."""
        erasing = Erasing(world=self.workspace.world, lake=self.workspace.lake, format=Parquet())
        erase(self.workspace, erasing, self.workspace.owner(*ref), kind=kind)
        self.workspace.world.settle()

    def segments(self, ref: str = "user_id:ann") -> set[str]:
        """The segments that somebody is in."""
        found = self.workspace.get(f"/v1/profiles/{ref}/memberships").content["memberships"]
        return {each["segment"] for each in found}


@pytest.fixture
def trial() -> Trial:
    """Somebody in two segments."""
    return Trial()


@pytest.mark.parametrize("kind", ["restriction", "objection"])
def test_they_leave_all_segments_are_announced_once_and_come_back_when_released(trial: Trial, kind: str) -> None:
    assert trial.segments() == EVERYBODY
    trial.ask(kind)
    restricted = trial.segments()
    trial.ask(kind)
    left = [each for each in trial.workspace.world.announced if not each.entered]
    trial.ask("release")

    assert restricted == set()
    assert sorted(each.segment for each in left) == sorted(EVERYBODY)
    assert trial.segments() == EVERYBODY


def test_what_comes_is_stored_and_decides_nothing(trial: Trial) -> None:
    trial.ask("restriction")
    trial.workspace.send({**VIEW, "userId": "ann"})

    assert trial.segments() == set()
    assert len(trial.workspace.get("/v1/profiles/user_id:ann/events").content["events"]) == 2


def test_one_restricted_identifier_restricts_whoever_it_joins(trial: Trial) -> None:
    trial.ask("restriction", ("anonymous_id", "phone"))
    assert trial.segments() == EVERYBODY

    trial.workspace.send({"type": "identify", "userId": "ann", "anonymousId": "phone"})

    assert trial.segments() == set()


def test_both_sides_of_a_split_stay_restricted(trial: Trial) -> None:
    trial.ask("restriction")
    path, leaving = "/v1/profiles/user_id:ann/unmerge", {"identifiers": ["anonymous_id:laptop"]}
    preview = trial.workspace.ask("POST", path, body={**leaving, "preview": True}).content
    trial.workspace.ask("POST", path, body={**leaving, "version": preview["version"]})
    trial.workspace.send({**VIEW, "anonymousId": "laptop"})

    assert (preview["stays"]["segments"], preview["leaves"]["segments"]) == ([], [])
    assert trial.segments() == trial.segments("anonymous_id:laptop") == set()


def test_a_rebuild_and_a_new_segment_leave_them_out(trial: Trial) -> None:
    trial.ask("restriction")
    world = trial.workspace.world
    mender = Rebuilder(world.database, world.journal, world.clock)
    mender.start_batch()

    rebuilt = mender.owners([trial.workspace.owner("user_id", "ann"), trial.workspace.owner("anonymous_id", "laptop")])
    trial.workspace.put("/v1/segments/again", VIEWERS)
    world.settle()

    assert (rebuilt.changed, rebuilt.outdated) == (0, 0)
    assert trial.segments() == set()
    assert trial.segments("anonymous_id:phone") == {*EVERYBODY, "again"}


def test_whoever_is_not_known_yet_is_restricted_from_their_first_event(trial: Trial) -> None:
    trial.ask("restriction", ("user_id", "new"))
    trial.workspace.send({**VIEW, "userId": "new"})

    assert trial.segments("user_id:new") == set()


def test_the_reason_is_told(trial: Trial) -> None:
    trial.ask("objection")

    told = trial.workspace.get("/v1/profiles/user_id:ann/segments/viewers/why").content

    assert (told["member"], told["restricted"], told["next_change_at"]) == (False, True, None)
    assert any("in no segment" in line for line in told["words"])


def test_an_erasure_takes_the_mark_away_with_everything(trial: Trial) -> None:
    trial.ask("restriction")
    trial.ask("erasure")

    rows = [item for item in trial.workspace.world.database.all("identities") if item["part"] == "restricted"]
    assert rows == []
