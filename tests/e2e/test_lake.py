"""What was accepted can be asked for with SQL as soon as the platform has settled, each event once."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.platform import Platform
from tests.e2e.shopping import RUN

pytestmark = pytest.mark.e2e

USER = f"lake-{RUN}"


def query(platform: Platform, sql: str) -> Any:
    """Ask with the command, beside the platform."""
    command = [str(Path(sys.executable).with_name("regulars")), "--json", "query", sql]
    done = subprocess.run(command, cwd=platform.home.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def stored(platform: Platform) -> int:
    """Count the rows of the table of events."""
    dynamodb = platform.aws("dynamodb")
    (table,) = [name for name in dynamodb.list_tables()["TableNames"] if "tablesevents" in name]
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, Select="COUNT", ConsistentRead=True)
    return sum(int(page["Count"]) for page in pages)


def compact(platform: Platform, day: str) -> None:
    """Merge a day that is not over, as the hour after its end would."""
    functions = platform.aws("lambda")
    (name,) = [
        one["FunctionName"] for one in functions.list_functions()["Functions"] if "compact" in one["FunctionName"]
    ]
    answer = functions.invoke(FunctionName=name, Payload=json.dumps({"day": day}))
    assert json.loads(answer["Payload"].read()) == {"done": True}


@pytest.fixture(scope="module")
def shopper(platform: Platform) -> Platform:
    """A platform on which somebody was anonymous, and then was not."""
    for number in range(3):
        platform.send("track", anonymousId=f"device-{USER}", event="Lake Seen", properties={"depth": number})
    platform.send("identify", anonymousId=f"device-{USER}", userId=USER, traits={"email": f"{USER}@shop.example"})
    counts = platform.settle()
    assert counts["pending"] == 0
    return platform


def test_the_lake_has_every_stored_event_once(shopper: Platform) -> None:
    (found,) = query(shopper, "SELECT count(*) AS events, count(DISTINCT event) AS keys FROM events")

    assert found == {"events": stored(shopper), "keys": stored(shopper)}


def test_an_event_is_asked_for_by_what_is_clear_in_it(shopper: Platform) -> None:
    sql = "SELECT sum((properties ->> '$.depth')::INT) AS depth FROM events WHERE name = 'Lake Seen'"

    assert query(shopper, sql) == [{"depth": 3}]


def test_the_identity_log_says_which_event_joined_whom(shopper: Platform) -> None:
    sql = """
        SELECT change, rule, version, len(joined) AS joined, type
        FROM identity JOIN events USING (event) WHERE cardinality(sealed_traits) = 1 AND type = 'identify'
        ORDER BY changed DESC LIMIT 1
    """

    assert query(shopper, sql) == [
        {"change": "joined", "rule": "attach", "version": 1, "joined": 3, "type": "identify"}
    ]
    (people,) = query(shopper, "SELECT count(*) AS owners FROM people")
    assert people["owners"] >= 3


def test_merging_a_day_changes_no_answer(shopper: Platform) -> None:
    sql = (
        "SELECT day, count(*) AS events, min(arrival) AS first, max(happened) AS last FROM events GROUP BY 1 ORDER BY 1"
    )
    before = query(shopper, sql)
    for one in before:
        compact(shopper, one["day"])

    assert query(shopper, sql) == before
    keys = [one["Key"] for one in shopper.aws("s3").list_objects_v2(Bucket=shopper.ready["lake"])["Contents"]]
    days = {key.rpartition("/")[0] for key in keys}
    assert all("/merged-" in key for key in keys)
    assert len(keys) == len(days)
