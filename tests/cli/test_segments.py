"""`regulars segment`: the life of a segment from a terminal, and who is in it as a file."""

from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from cli.segments import lives
from tests.cli.conftest import Regulars

NEW = "catalog/segments/reviewers.yaml"
REVIEWERS = "name: Reviewers\nwhere: {event: Product Reviewed}\n"
ANN = {"type": "track", "userId": "ann", "event": "Product Reviewed"}


@pytest.fixture
def reviewed(applied: Regulars, monkeypatch: pytest.MonkeyPatch) -> Regulars:
    """A workspace in which somebody reviewed something, before a segment asked for it."""
    monkeypatch.setattr(lives, "EVERY", 0)
    applied.platform.workspace.send(ANN)
    applied.write(NEW, REVIEWERS)
    return applied


def test_apply_waits_until_what_is_coming_is_live(reviewed: Regulars) -> None:
    said = reviewed("apply", "--wait")

    assert said.code == 0
    assert "version 1 is live; 1 member" in reviewed("segment", "show", "reviewers").out


def test_a_segment_has_a_life(reviewed: Regulars) -> None:
    reviewed("apply")
    said = [reviewed("segment", *words).out for words in (("pause", "reviewers"), ("resume", "reviewers"))]
    archived = reviewed("segment", "archive", "reviewers")
    listed = reviewed("segment", "versions", "reviewers").out.splitlines()

    assert "who is in stays in" in said[0]
    assert said[1] == "reviewers: now, for everybody\n"
    assert "nobody is in it any more" in archived.out
    assert "write `status` there too" not in archived.err
    assert [line.split()[:2] for line in listed[1:]] == [
        ["4", "archived"],
        ["3", "live"],
        ["2", "paused"],
        ["1", "live"],
    ]
    assert "archived; 0 members" in reviewed("segment", "reviewers").out


def test_a_draft_is_published_and_watched(reviewed: Regulars) -> None:
    reviewed.write(NEW, f"{REVIEWERS}status: draft\n")
    reviewed("apply")
    draft = reviewed("segment", "reviewers").out
    published = reviewed("segment", "publish", "reviewers")

    assert "draft; 0 members" in draft
    assert "write `status` there too" in published.err
    assert reviewed("segment", "watch", "reviewers").out == "version 2 is live; 1 member\n"


def test_a_file_pauses_its_segment(reviewed: Regulars) -> None:
    reviewed("apply", "--wait")
    reviewed.write(NEW, f"{REVIEWERS}status: paused\n")
    said = reviewed("apply").out

    assert "~ changed     segment reviewers" in said
    assert "paused; 1 member" in reviewed("segment", "reviewers").out


def test_what_is_not_a_draft_is_not_published(reviewed: Regulars) -> None:
    reviewed("apply")
    said = reviewed("segment", "publish", "reviewers")

    assert said.code == 1
    assert "the segment is live, and not draft" in said.err


def test_members_are_exported_as_csv_and_parquet(reviewed: Regulars, tmp_path: Path) -> None:
    reviewed("apply")
    profile_id = reviewed.json("profile", "user_id:ann")["profile_id"]
    files = [tmp_path / "members.csv", tmp_path / "members.parquet"]
    said = [reviewed("segment", "export", "reviewers", "-o", str(file)).out for file in files]
    piped = reviewed("segment", "export", "reviewers").out

    rows: list[dict[str, Any]] = parquet.read_table(files[1]).to_pylist()
    assert said[0] == f"1 member in {files[0]}\n"
    assert files[0].read_text().splitlines()[0] == "profile_id,since,version,reason"
    assert files[0].read_text().splitlines()[1].startswith(f"{profile_id},2026-")
    assert piped.splitlines() == files[0].read_text().splitlines()
    assert [(row["profile_id"], row["version"], row["reason"]) for row in rows] == [(profile_id, 1, "backfill")]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("members")) == [
        "members.csv",
        "members.parquet",
    ]


def test_a_file_of_another_kind_is_refused(reviewed: Regulars) -> None:
    said = reviewed("segment", "export", "reviewers", "-o", "members.xlsx")

    assert said.code == 1
    assert "neither .csv nor .parquet" in said.err
