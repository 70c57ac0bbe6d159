"""
The register of processing (GDPR, art. 30): every place where data of persons lies, and what an erasure does there.

A test compares it with the deployed templates: what is deployed, keeps something and has no entry here fails it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Sort = Literal[
    "table",
    "bucket",
    "queue",
    "log",
    "state machine",
    "bus",
    "topic",
    "people",
    "query",
    "stream",
    "backup",
    "row",
    "run",
    "recipient",
]
Treatment = Literal["deleted", "rewritten", "emptied", "ends", "kept", "none"]
_SERVE = "to serve the purposes for which the workspace's owner collects events"
_NOBODY = "nobody outside the account"
_EVENTS = "13 months from arrival, or as retention says; deleted within 3 weeks and 2 days"
_EVENTS_OF_FILES = "13 months from arrival, or as retention says; removed within 8 days"
_PEOPLE = "13 months from the last arrival, unknown people without a second signal 30 days, or as retention says"
_HASH = "keyed hashes of identifiers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Where data of persons lies: what, why, for how long, who receives it.

    `names` are the paths of things in the templates. An erasure has its rows `deleted`, its files `rewritten`, its keys
    `emptied`; elsewhere what there is `ends` by itself, after so many `days`, hashes are `kept`, or `none` of a person
    is there.
    """

    name: str
    sort: Sort
    names: tuple[str, ...]
    holds: str
    why: str
    kept: str
    treatment: Treatment
    receives: str = _NOBODY
    days: int = 0


def _table(name: str, holds: str, why: str, kept: str, treatment: Treatment = "deleted") -> Place:
    path = (f"tables/{name}",)
    return Place(name=name, sort="table", names=path, holds=holds, why=why, kept=kept, treatment=treatment)


def _logs(*names: str) -> tuple[str, ...]:
    return tuple(
        f"{room}/{name}_logs" for room, each in (name.split("/") for name in names) for name in each.split(",")
    )


PLACES: Sequence[Place] = (
    _table(
        "events",
        f"events: {_HASH}, clear facts (names, amounts, product fields), facets, personal fields as ciphertext",
        _SERVE,
        _EVENTS,
    ),
    _table("identities", f"{_HASH}; what their events add up to, personal traits as ciphertext", _SERVE, _PEOPLE),
    _table("profiles", f"which {_HASH} belong together, and by which event", "to know a person again", _PEOPLE),
    _table("memberships", "which segments a profile is in, and since when", "to select audiences", _PEOPLE),
    _table(
        "journeys",
        f"passages: which {_HASH} go through which journey, by which event, on which ways, with keys such as orders and"
        " the clear properties of the entry that it reads; answers of webhooks as ciphertext; messages: which template"
        f" was sent to {_HASH} and what not, and to the {_HASH} that their addresses are, in all spellings; instants of"
        " what caps count; lots that were drawn, with profile ids; locks; messages of the inbox as ciphertext, and when"
        f" they were read; the {_HASH} that are addresses which bounced",
        "to send what was agreed to, once",
        "passages while under way, then 90 days or as long as rules of entry ask; what was sent at most 15 months; the"
        " inbox 90 days; lots, locks and bounces as long as the identifier is known",
    ),
    Place(
        name="complaints",
        sort="row",
        names=(),
        holds="in the table journeys: keyed hashes of addresses whose owners complained, channel and instant",
        why="to write to nobody again who objected to it (GDPR, art. 21)",
        kept="until their owner asks for messages again",
        treatment="kept",
    ),
    Place(
        name="runs of journeys",
        sort="run",
        names=(),
        holds=f"where {_HASH} were on journeys, and when; nothing else of a person",
        why="to lead people through journeys",
        kept="up to a year under way, then 90 days; an erasure stops them",
        treatment="ends",
        days=90,
    ),
    Place(
        name="messages",
        sort="recipient",
        names=(),
        holds="letters, texts and calls of webhooks, with what their templates name: in clear, personal fields too",
        why="to write to people about what they agreed to",
        kept="by this account not at all",
        treatment="none",
        receives="the person, by SES and SNS of AWS; whoever runs a webhook that a journey calls",
    ),
    _table("timers", "when a profile is looked at next", "to keep segments true", "a day after it was due"),
    _table("vault", f"the wrapped key of each of the {_HASH}", "to seal personal fields", _PEOPLE, "emptied"),
    _table(
        "catalog",
        f"definitions; of requests of persons and legal holds the {_HASH} that they are about, the names of traits that"
        " were corrected, and who handled them; which exports were asked for, by whom",
        "to run the workspace, and to show that requests were met and holds kept",
        "as long as the workspace",
        "kept",
    ),
    _table(
        "audit",
        f"who read or changed what: ids of people of the workspace, profile ids of {_HASH}",
        "to prove who saw what, also of whom is erased",
        "as long as the workspace",
        "kept",
    ),
    _table("quarantine", "events that were not accepted, as ciphertext", "to mend and replay them", "30 days"),
    _table(
        "tallies",
        f"counts; {_HASH} in rosters of lists, refused claims, holds, corrections, and of who is being forgotten",
        "to bound and to explain what comes",
        "lists until erased, others up to 90 days",
    ),
    Place(
        name="lake",
        sort="bucket",
        names=("buckets/lake",),
        holds="events and the identity log as files, personal fields as ciphertext; counts of who was anonymised",
        why="to analyse and to preview",
        kept=f"events {_EVENTS_OF_FILES}; refused claims and counts 13 months; the identity log until erased",
        treatment="rewritten",
        receives="people of the workspace who may query the lake",
    ),
    Place(
        name="large",
        sort="bucket",
        names=("buckets/large",),
        holds="ciphertext of events that are too large for a table; requests that no table took, as ciphertext",
        why=_SERVE,
        kept="events until their period ends; quarantine 31 days; requests that wait 15 days",
        treatment="deleted",
    ),
    Place(
        name="exports",
        sort="bucket",
        names=("buckets/exports",),
        holds="files of members of segments, with the traits that were asked for: in clear, personal ones too",
        why="to serve the purpose for which the export was asked for",
        kept="a day; the bucket removes them at the next midnight (UTC) after that",
        treatment="deleted",
        receives="who asked for the export, and whom they give it to",
    ),
    Place(
        name="answers",
        sort="bucket",
        names=("buckets/answers",),
        holds="answers of queries over the lake",
        why="to analyse",
        kept="7 days",
        treatment="ends",
        days=7,
        receives="people of the workspace who may query the lake",
    ),
    Place(
        name="reads",
        sort="bucket",
        names=("buckets/reads",),
        holds="who of the account read or wrote which file of the lake, when and from where; nothing of a person",
        why="to prove who saw what, also past the API",
        kept="400 days",
        treatment="none",
    ),
    Place(
        name="failures",
        sort="bucket",
        names=("buckets/failures",),
        holds="stream records that were given up: rows as above",
        why="to redrive them",
        kept="30 days",
        treatment="deleted",
    ),
    Place(
        name="anchors",
        sort="bucket",
        names=("buckets/anchors",),
        holds=f"the heads of the audit trail: hashes of rows; copies of the erasure ledger: {_HASH}",
        why="to find what somebody changed in the audit trail, and to erase again whom a restore brings back",
        kept="as long as the workspace, locked for 400 days",
        treatment="kept",
    ),
    Place(
        name="waiting requests",
        sort="queue",
        names=("ingest/overflow", "ingest/overflow_dead"),
        holds="requests that no table took, as ciphertext; what they bring of an erased person is refused",
        why="to lose no event",
        kept="14 days",
        treatment="ends",
        days=14,
    ),
    Place(
        name="news of messages",
        sort="queue",
        names=("messages/feedback", "messages/feedback_dead"),
        holds="which message was delivered, bounced or complained of, by its name in the ledger; no address",
        why="to know what became of messages, and whom not to write to",
        kept="14 days",
        treatment="ends",
        days=14,
    ),
    Place(
        name="wake-ups",
        sort="queue",
        names=(
            "segments/evaluations",
            "segments/evaluations_dead",
            "segments/tick_dead",
            "segments/count_members_dead",
            "lake/compact_dead",
            "erasing/erase_dead",
            "auditing/anchor_audit_dead",
            "retaining/retain_dead",
        ),
        holds="ids of profiles that are due; schedules",
        why="to keep segments true",
        kept="14 days",
        treatment="ends",
        days=14,
    ),
    Place(
        name="news of journeys",
        sort="queue",
        names=("journeys/wanted", "journeys/wanted_dead"),
        holds=f"which event of which {_HASH} a journey listens to, ids of profiles, and keys of entries such as orders",
        why="to move people on",
        kept="14 days",
        treatment="ends",
        days=14,
    ),
    Place(
        name="logs",
        sort="log",
        names=(
            "api/access",
            *_logs(
                "ingest/ingest,drain_overflow",
                "identity/resolve_identity",
                "segments/evaluate_segments,tick,count_members",
                "announcements/announce",
                "lake/archive,compact",
                "rebuilding/rebuild",
                "backfilling/backfill",
                "erasing/erase,privacy_api",
                "exporting/export,export_api",
                "inbox/inbox_api",
                "journey_api/journey_api",
                "passages/enter_journey,journey_step",
                "retaining/retain",
                "auditing/audit_api,anchor_audit,note_login",
                "preferences/preferences",
                "messages/deliver,settle_sends",
                "console/profile_api,unmerge,change_profile,admin_api,preview_segment",
                "browser_script/serve_analytics",
            ),
        ),
        holds="facts of operation; ids of profiles of which personal fields were read, and of those that failed",
        why="to operate the workspace",
        kept="30 days",
        treatment="ends",
        days=30,
    ),
    Place(
        name="state machines",
        sort="state machine",
        names=("rebuilding/rebuilding", "backfilling/backfilling", "erasing/erasing", "exporting/exporting"),
        holds="ids of runs, of requests and of exports; nothing of a person",
        why="to work over everybody, to meet requests, and to make exports",
        kept="90 days",
        treatment="none",
    ),
    Place(
        name="transitions",
        sort="bus",
        names=("announcements/bus",),
        holds="who entered or left which segment: ids of profiles",
        why="to tell other systems of the account",
        kept="not at all",
        treatment="none",
        receives="rules that the workspace's owner puts on the bus",
    ),
    Place(
        name="alarms",
        sort="topic",
        names=("alarms/topic",),
        holds="that something failed; nothing of a person",
        why="to operate the workspace",
        kept="not at all",
        treatment="none",
        receives="the address that was given for alarms",
    ),
    Place(
        name="staff",
        sort="people",
        names=("people/pool",),
        holds="addresses of the people who sign in; no customers",
        why="to let them in",
        kept="until an admin removes them",
        treatment="none",
    ),
    Place(
        name="queries",
        sort="query",
        names=("lake/catalog/workgroup", "lake/catalog/database"),
        holds="texts of queries over the lake, as people wrote them",
        why="to analyse",
        kept="45 days",
        treatment="ends",
        days=45,
    ),
    Place(
        name="streams",
        sort="stream",
        names=(),
        holds="changes of rows of events, identities, profiles, memberships and tallies",
        why="to carry what happened from step to step",
        kept="24 hours",
        treatment="ends",
        days=1,
    ),
    Place(
        name="backups of the vault",
        sort="backup",
        names=(),
        holds="wrapped keys: with them ciphertext in other copies could be opened again",
        why="to survive a mistake",
        kept="7 days",
        treatment="ends",
        days=7,
    ),
    Place(
        name="backups of other tables",
        sort="backup",
        names=(),
        holds="rows as above; what was sealed cannot be opened once the vault's backups have ended",
        why="to survive a mistake",
        kept="30 days",
        treatment="ends",
        days=30,
    ),
)


def remaining() -> Sequence[Place]:
    """List the places that an erasure does not reach: where hashes are kept, and where what there is ends by itself."""
    return [place for place in PLACES if place.treatment in ("kept", "ends")]
