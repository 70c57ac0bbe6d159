"""Filter criteria mean what EventBridge patterns mean."""

from typing import Any

import pytest

from local.world.filters import passes, patterns_of
from tests.local.streams import a_record


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"eventName": ["INSERT"]}, True),
        ({"eventName": ["MODIFY", "REMOVE"]}, False),
        ({"dynamodb": {"NewImage": {"n": {"N": ["1"]}}}}, True),
        ({"dynamodb": {"NewImage": {"n": {"N": [1]}}}}, False),
        ({"dynamodb": {"OldImage": [{"exists": False}]}}, True),
        ({"dynamodb": {"NewImage": {"part": {"S": [{"exists": True}]}}}}, False),
        ({"dynamodb": {"NewImage": {"owner": {"S": [{"prefix": "own"}]}}}}, True),
        ({"dynamodb": {"NewImage": {"owner": {"S": [{"suffix": "own"}]}}}}, False),
        ({"eventName": [{"anything-but": ["REMOVE"]}]}, True),
        ({"eventName": [{"anything-but": "INSERT"}]}, False),
        ({"eventName": [{"equals-ignore-case": "insert"}]}, True),
        ({"$or": [{"eventName": ["REMOVE"]}, {"eventID": ["id-1"]}]}, True),
        ({"missing": {"deep": ["x"]}}, False),
    ],
)
def test_a_pattern_decides(pattern: dict[str, Any], expected: bool) -> None:
    assert passes(a_record(1), (pattern,)) is expected


def test_patterns_are_alternatives_and_none_means_all() -> None:
    criteria = {"Filters": [{"Pattern": '{"eventName":["REMOVE"]}'}, {"Pattern": '{"eventID":["id-1"]}'}]}

    assert passes(a_record(1), patterns_of(criteria))
    assert passes(a_record(1), patterns_of(None))


def test_an_operator_that_aws_refuses_is_refused_here() -> None:
    with pytest.raises(ValueError, match="numeric"):
        passes(a_record(1), ({"eventID": [{"numeric": [">", 1]}]},))
