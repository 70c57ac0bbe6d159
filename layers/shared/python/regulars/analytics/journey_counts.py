"""
What journeys told, counted in the lake: passages by where they are and how they ended, messages by what became of them.

Asked of the files themselves, copies and all: a deed is one by the id that it is told under, however often it lies
there. Each question is of DuckDB alone, and of the passages that were entered within a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from regulars.domain.instants import to_text
from regulars.domain.journey_deeds import JOURNEYS
from regulars.domain.journey_stops import stops
from regulars.domain.journeys import Journey, Split
from regulars.domain.lake import EVENTS
from regulars.domain.lake_sql import AS_OF, quoted
from regulars.domain.reserved_events import (
    ENTRY_REFUSED,
    FAILED,
    GOAL_MET,
    JOURNEY_ENDED,
    JOURNEY_ENTERED,
    MESSAGE_EVENTS,
    NOT_SENT,
    SENT,
    STEP_PASSED,
    UNKNOWN,
)

_FIELDS = ("journey", "version", "passage", "place", "way", "came", "reason", "ending", "class", "held_out")
# What the gate asks before who is held out of everything; the address, its suppression too, it looks for after that.
_BEFORE_LOTS = ("gone", "restricted", "consent", "stopped")
StopRow = tuple[int, str, int, int, str | None, str | None, bool]
COLUMNS = "version BIGINT, place VARCHAR, nth BIGINT, way BIGINT, next VARCHAR, ending VARCHAR, splits BOOLEAN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which journey, of passages entered from when up to but without when (microseconds), and of one version or all."""

    journey: str
    since: int
    until: int
    version: int | None = None


def stop_rows(versions: Mapping[int, Journey]) -> Iterable[StopRow]:
    """Give a row for each way of each place of each version: what the questions know of journeys."""
    for version, journey in versions.items():
        for nth, stop in enumerate(stops(journey.steps)):
            for way, target in enumerate(stop.targets):
                yield version, stop.name, nth, way, target, stop.ends_as(way), isinstance(stop.step, Split)


def prepare(span: Span) -> Sequence[str]:
    """Write what is made before the questions, beside `stops`: what was told, passages, and the places they came to."""
    return [_told(span), _passages(span), _PASSES, _STANDING, _CAME]


def _told(span: Span) -> str:
    paths = ", ".join(quoted(f"$.{name}") for name in _FIELDS)
    named = ", ".join(f"said[{number}] AS {name}" for number, name in enumerate(_FIELDS, 1) if number > 2)
    version = f" AND said[2] = {quoted(str(span.version))}" if span.version is not None else ""
    return f"""
CREATE OR REPLACE TEMP TABLE told AS
SELECT owner, name AS event, happened, message_id, CAST(said[2] AS BIGINT) AS version, {named}
FROM (
  SELECT owner, name, happened, message_id, json_extract_string(properties, [{paths}]) AS said
  FROM {EVENTS.files} WHERE source = {quoted(JOURNEYS)} AND {EVENTS.ends} > {AS_OF}
) WHERE said[1] = {quoted(span.journey)}{version}"""


def _passages(span: Span) -> str:
    return f"""
CREATE OR REPLACE TEMP TABLE passages AS
WITH entered AS (
  SELECT passage, min(version) AS version, min(owner) AS owner, min(happened) AS began,
    bool_or(held_out = 'true') AS held_out
  FROM told WHERE event = '{JOURNEY_ENTERED}' GROUP BY passage
  HAVING min(happened) >= {_instant(span.since)} AND min(happened) < {_instant(span.until)}
), met AS (
  SELECT passage, min(happened) AS met FROM told WHERE event = '{GOAL_MET}' GROUP BY passage
)
SELECT entered.*, met.met, coalesce(people.profile_id, 'p_' || entered.owner) AS person
FROM entered LEFT JOIN met USING (passage) LEFT JOIN people USING (owner)"""


# A place is left by one way, but for those that begin it anew.
_PASSES = f"""
CREATE OR REPLACE TEMP TABLE passes AS
SELECT passage, version, place, way, min(came) AS came,
  count(DISTINCT CASE WHEN nth IS NOT NULL AND next IS NULL THEN message_id END) AS times,
  min(nth) AS nth, min(next) AS next, min(stops.ending) AS ending, bool_or(coalesce(splits, false)) AS splits,
  bool_or(nth IS NOT NULL AND next IS NULL) AS anew
FROM (
  SELECT passage, version, place, CAST(way AS BIGINT) AS way, came, happened, message_id FROM told
  WHERE event = '{STEP_PASSED}' AND passage IN (SELECT passage FROM passages WHERE NOT held_out)
) LEFT JOIN stops USING (version, place, way)
GROUP BY passage, version, place, way"""

# Who has passed the last place has ended, told yet or not; who has ended somewhere else has left from there.
_STANDING = f"""
CREATE OR REPLACE TEMP TABLE standing AS
WITH furthest AS (
  SELECT passage, arg_max(next, nth) AS next, arg_max(ending, nth) AS ending FROM passes WHERE NOT anew GROUP BY passage
), ended AS (
  SELECT passage, arg_min(place, happened) AS place, arg_min(ending, happened) AS ending
  FROM told WHERE event = '{JOURNEY_ENDED}' GROUP BY passage
), first AS (
  SELECT version, arg_min(place, nth) AS place FROM stops GROUP BY version
)
SELECT passage, version, coalesce(ended.ending, furthest.ending) AS ending, CASE
  WHEN ended.passage IS NOT NULL THEN coalesce(nullif(ended.place, ''), furthest.next, first.place, '')
  ELSE coalesce(furthest.next, first.place, '') END AS place
FROM (SELECT passage, version FROM passages WHERE NOT held_out)
LEFT JOIN first USING (version) LEFT JOIN furthest USING (passage) LEFT JOIN ended USING (passage)"""

# Every place that somebody came to, once: by which way they left it, or that they are there, or ended there.
_CAME = """
CREATE OR REPLACE TEMP TABLE came_to AS
SELECT passage, version, place, 'passed' AS how FROM passes WHERE NOT anew GROUP BY ALL
UNION ALL
SELECT passage, version, place, coalesce(ending, 'waiting') AS how FROM standing
WHERE place <> '' AND NOT EXISTS (
  SELECT 1 FROM passes WHERE passes.passage = standing.passage AND passes.place = standing.place AND NOT passes.anew
)"""

TOTALS = """
SELECT version, held_out, count(*), count(DISTINCT person), count(met) FROM passages GROUP BY ALL ORDER BY ALL"""
ENTRANTS = "SELECT version, count(DISTINCT person) FROM passages GROUP BY ALL ORDER BY ALL"
ENDINGS = "SELECT version, ending, count(*) FROM standing GROUP BY ALL ORDER BY ALL"
PLACES = """
SELECT came_to.version, place, how, count(*), count(met) FROM came_to JOIN passages USING (passage)
GROUP BY ALL ORDER BY ALL"""
WAYS = """
SELECT version, place, coalesce(came, way::VARCHAR), anew, CAST(sum(times) FILTER (anew) AS BIGINT), count(*)
FROM passes GROUP BY ALL ORDER BY ALL"""
MESSAGES = f"""
SELECT passages.version, place, event, coalesce(CASE event WHEN '{NOT_SENT}' THEN reason END, ''),
  count(DISTINCT passage)
FROM told JOIN passages USING (passage) WHERE event IN ({", ".join(map(quoted, sorted(MESSAGE_EVENTS)))})
GROUP BY ALL ORDER BY ALL"""
NEWEST = f"SELECT epoch_us(max(arrival)) FROM {EVENTS.files}"


def refusals(span: Span) -> str:
    """Write how often nobody was let in, by reason."""
    within = f"happened >= {_instant(span.since)} AND happened < {_instant(span.until)}"
    return f"""
SELECT version, reason, count(DISTINCT (owner, message_id)) FROM told
WHERE event = '{ENTRY_REFUSED}' AND {within} GROUP BY ALL ORDER BY ALL"""


def trials(version: int, within: int, now: int) -> str:
    """
    Write who of a version was in which group of which trial, and met the goal `within` so long after they entered.

    Of each person the first passage that is in the trial counts, for what they were meant to get, whatever they got
    then; and only once its time is over. The trials: `held_out` of the journey, `everything` (of who was meant to get a
    message: held out of all journeys, or not), and each place that splits; a group is a number, 1 of who is held out.
    """
    over = f"began <= make_timestamp({now - within})"
    met = f"coalesce(met <= began + to_microseconds({within}), false)"
    return f"""
WITH decided AS (
  SELECT passage, CAST(arg_min(event = '{NOT_SENT}' AND reason = 'held_out', happened) AS BIGINT) AS arm
  FROM told WHERE class = 'marketing' AND (
    event IN ({", ".join(map(quoted, (SENT, FAILED, UNKNOWN)))})
    OR event = '{NOT_SENT}' AND reason NOT IN ({", ".join(map(quoted, _BEFORE_LOTS))})
  ) GROUP BY passage
), grouped AS (
  SELECT 'held_out' AS trial, '' AS place, CAST(held_out AS BIGINT) AS arm, passage FROM passages
  UNION ALL SELECT 'everything', '', arm, passage FROM decided
  UNION ALL SELECT 'split', split_part(place, '#', 1), arg_min(way, nth), passage
  FROM passes WHERE splits GROUP BY passage, split_part(place, '#', 1)
), firsts AS (
  SELECT trial, place, arm, began, met FROM grouped JOIN passages USING (passage) WHERE version = {version}
  QUALIFY row_number() OVER (PARTITION BY trial, place, person ORDER BY began, passage) = 1
)
SELECT trial, place, arm, count(*) FILTER ({over}), count(*) FILTER ({over} AND {met}), count(*) FILTER (NOT ({over}))
FROM firsts GROUP BY ALL ORDER BY ALL"""


def _instant(instant: int) -> str:
    return f"TIMESTAMP {quoted(to_text(instant)[:-1].replace('T', ' '))}"
