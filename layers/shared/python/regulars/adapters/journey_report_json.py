"""A report on a journey as the API tells it."""

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.analytics.journey_counts import Span
from regulars.domain.instants import to_text
from regulars.domain.journey_reports import PlaceReport, VersionReport
from regulars.domain.journey_trials import Comparison, Group, Trial
from regulars.domain.proportions import Estimate
from regulars.pipeline.journey_measures import Editions

Json = Mapping[str, Any]


def report_json(span: Span, reports: Sequence[VersionReport], found: Editions, *, now: int, newest: int | None) -> Json:
    """Write a report, as of an instant, and as far as the newest event that the lake has."""
    return {
        "id": span.journey,
        "as_of": to_text(now),
        "newest_event": None if newest is None else to_text(newest),
        "since": to_text(span.since) if span.since else None,
        "until": to_text(span.until),
        "versions": [_version(one, found) for one in reports],
    }


def _version(one: VersionReport, found: Editions) -> Json:
    published = found.versions.get(one.version)
    sums = ("version", "entered", "entrants", "held_out", "waiting", "converted", "held_out_converted")
    return {
        **{name: getattr(one, name) for name in sums},
        "state": published.state if published else None,
        "published_at": to_text(published.at) if published else None,
        "endings": dict(one.endings),
        "refused": dict(one.refused),
        "places": [_place(place) for place in one.places],
        "trials": [_trial(trial) for trial in one.trials],
    }


def _place(one: PlaceReport) -> Json:
    return {
        "place": one.place,
        "step": one.step,
        "in_draft": one.in_draft,
        "entered": one.entered,
        "waiting": one.waiting,
        "converted": one.converted,
        "came": dict(one.came),
        "begun_anew": one.anew,
        "left": dict(one.left),
        "messages": dict(one.messages),
        "not_sent": dict(one.not_sent),
    }


def _trial(one: Trial) -> Json:
    return {
        "kind": one.kind,
        "step": one.step or None,
        "groups": [_group(group) for group in one.groups],
        "comparisons": [_comparison(comparison) for comparison in one.comparisons],
    }


def _group(one: Group) -> Json:
    return {
        "name": one.name,
        "people": one.share.whole,
        "converted": one.share.part,
        "rate": round(one.share.rate, 6),
        "too_early": one.early,
    }


def _comparison(one: Comparison) -> Json:
    return {
        "one": one.one,
        "other": one.other,
        "not_said": one.why,
        "difference": _estimate(one.difference),
        "ratio": _estimate(one.ratio),
        "p": None if one.chance is None else float(f"{one.chance:.3g}"),
        "p_adjusted": None if one.adjusted is None else float(f"{one.adjusted:.3g}"),
    }


def _estimate(one: Estimate | None) -> Json | None:
    if one is None:
        return None
    high = None if one.high is None else round(one.high, 6)
    return {"value": round(one.value, 6), "low": round(one.low, 6), "high": high}
