"""What is measured of reports is a report whose sums hold, over as many events as were wanted."""

from benchmarks.journey_reports import LIVES, measure


def test_measures_a_report_whose_sums_hold() -> None:
    found = measure(20_000)

    assert found.events >= 20_000
    assert found.passages % LIVES == 0
    assert found.ratio > 0
