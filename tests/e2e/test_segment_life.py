"""A segment that comes while there are people is live once everybody was looked at, on the platform as deployed."""

import time
from typing import Any

import httpx
import pytest

from tests.e2e.platform import Platform
from tests.e2e.shopping import RUN

pytestmark = pytest.mark.e2e

ID = f"reviewers_{RUN}".lower().replace("-", "_")
WITHIN = 120.0
PEOPLE = [f"life-{RUN}-{number}" for number in range(5)]


def put(platform: Platform, where: Any) -> dict[str, Any]:
    """Write the segment."""
    answer = httpx.put(
        f"{platform.url}/v1/segments/{ID}",
        json={"definition": {"name": "Reviewers", "where": where}},
        headers={"authorization": f"Bearer {platform.ready['tokens']['admin']}"},
        timeout=35,
    )
    content: dict[str, Any] = answer.raise_for_status().json()
    return content


def live(platform: Platform, version: int) -> set[str]:
    """Wait until a version is live; give its members."""
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        found = platform.ask(f"/v1/segments/{ID}").raise_for_status().json()
        if found["coming"] is None and found["live"] and found["live"]["version"] == version:
            listed = platform.ask(f"/v1/segments/{ID}/members?limit=500").raise_for_status().json()["members"]
            return {member["profile_id"] for member in listed}
        time.sleep(0.3)
    raise AssertionError(found)


def test_history_counts_for_a_segment_that_comes_later(platform: Platform) -> None:
    for number, user in enumerate(PEOPLE):
        for each in range(number):
            assert (
                platform.send(
                    "track", userId=user, event=f"Product Reviewed {RUN}", messageId=f"{user}-{each}"
                ).status_code
                == 200
            )
    platform.settle()
    reviewed = {"event": f"Product Reviewed {RUN}"}

    first = put(platform, {**reviewed, "count": {"at_least": 2}})
    members = live(platform, 1)
    second = put(platform, {**reviewed, "count": {"at_most": 2}, "within": "30 days"})
    fewer = live(platform, 2)

    ids = [profile["profile_id"] for user in PEOPLE if (profile := platform.profile("user_id", user))]
    assert first["coming"]["version"] == 1
    assert members == set(ids[-3:])
    assert second["live"]["version"] == 1
    assert set(ids[-2:]) & fewer == set()
    assert set(ids[:2]) <= fewer
