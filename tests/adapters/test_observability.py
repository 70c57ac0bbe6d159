"""Logs hold facts and no words about people; metrics add up and are written once a run."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from regulars.adapters.logs import logger
from regulars.adapters.observability import MetricsJournal, journal, log_failure, observed
from tests.logs import reading_logs


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The metric lines that were written."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_logs_only_fields_that_are_facts() -> None:
    with reading_logs() as logs:
        logger.warning("refused", extra={"code": "too_large", "email": "ada@example.com", "traits": {"name": "Ada"}})

    line = json.loads(logs.getvalue())
    assert (line["message"], line["code"], line["level"]) == ("refused", "too_large", "WARNING")
    assert not {"email", "traits"} & line.keys()
    assert "ada" not in logs.getvalue().lower()


def test_tells_an_error_by_its_class_and_place_and_not_by_its_words() -> None:
    with reading_logs() as logs:
        try:
            raise ValueError("ada@example.com")
        except ValueError as error:
            log_failure("it failed", error, table="events")
            logger.exception("again")

    failed, again = [json.loads(line) for line in logs.getvalue().splitlines()]
    assert (failed["error"], failed["table"]) == ("ValueError", "events")
    assert failed["where"].startswith("test_observability.py:")
    assert again["message"] == "again"
    assert "ada" not in logs.getvalue()


def test_what_is_counted_is_found_under_the_name_of_the_function(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "resolve_identity")
    counts = MetricsJournal()
    counts.count("groups_failed")
    counts.flush()

    [line] = printed(capsys)
    assert line["service"] == "resolve_identity"
    assert [each["Dimensions"] for each in line["_aws"]["CloudWatchMetrics"]] == [[["service"]]]


def test_writes_what_was_counted_once_for_each_set_of_dimensions(capsys: pytest.CaptureFixture[str]) -> None:
    counts = MetricsJournal()
    for name, value, dimensions in (
        ("merges", 1, {}),
        ("merges", 2, {}),
        ("refolds", 1, {}),
        ("transitions", 1, {"segment": "vip"}),
        ("transitions", 1, {"segment": "vip"}),
        ("transitions", 1, {"segment": "new"}),
    ):
        counts.count(name, value, **dimensions)
    counts.flush()

    lines = printed(capsys)
    assert [line["merges"] for line in lines if "merges" in line] == [[3.0]]
    assert [line["refolds"] for line in lines if "refolds" in line] == [[1.0]]
    by_segment = {line["segment"]: line["transitions"] for line in lines if "segment" in line}
    assert by_segment == {"vip": [2.0], "new": [1.0]}
    assert len(lines) == 3
    assert {line["_aws"]["CloudWatchMetrics"][0]["Namespace"] for line in lines} == {"Regulars"}


def test_writes_nothing_when_nothing_was_counted(capsys: pytest.CaptureFixture[str]) -> None:
    counts = MetricsJournal()
    counts.count("merges")
    counts.flush()
    capsys.readouterr()
    counts.flush()

    assert printed(capsys) == []


def test_writes_the_metrics_of_a_run_that_failed(capsys: pytest.CaptureFixture[str]) -> None:
    @observed
    def handler(_event: object, _context: object) -> None:
        journal.count("tries")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        handler({}, SimpleNamespace(aws_request_id="r-1"))
    assert [line["tries"] for line in printed(capsys) if "tries" in line] == [[1.0]]


def test_log_lines_of_a_run_carry_its_request() -> None:
    @observed
    def handler(_event: object, _context: object) -> None:
        logger.info("here")

    with reading_logs() as logs:
        handler({}, SimpleNamespace(aws_request_id="r-1"))
    assert json.loads(logs.getvalue())["function_request_id"] == "r-1"
