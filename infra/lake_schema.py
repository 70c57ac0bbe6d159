"""The columns of the lake as Glue and Athena name their types; a test holds them against the library's."""

from dataclasses import dataclass

# Glue's name of a type, and Athena's.
TEXT = ("string", "varchar")
TEXTS = ("array<string>", "array(varchar)")
NUMBER = ("bigint", "bigint")
INSTANT = ("timestamp", "timestamp(3)")
BYTES = ("binary", "varbinary")
SEALED = ("map<string,binary>", "map(varchar, varbinary)")

Columns = dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is read by name: its columns, and how they come from the files."""

    columns: Columns
    sql: str


DAY: Columns = {"day": TEXT}
FILES: dict[str, Columns] = {
    "events": {
        "owner": TEXT,
        "moment": TEXT,
        "happened": INSTANT,
        "arrival": INSTANT,
        "type": TEXT,
        "name": TEXT,
        "source": TEXT,
        "message_id": TEXT,
        "links": TEXTS,
        "properties": TEXT,
        "traits": TEXT,
        "context": TEXT,
        "sealed_traits": SEALED,
        "sealed": BYTES,
        "fingerprint": BYTES,
        "proven": NUMBER,
        "kept_until": INSTANT,
    },
    "identity": {
        "profile_id": TEXT,
        "version": NUMBER,
        "change": TEXT,
        "rule": TEXT,
        "event": TEXT,
        "changed": INSTANT,
        "owners": TEXTS,
        "joined": TEXTS,
        "parted": TEXTS,
        "merged_into": TEXT,
        "since": INSTANT,
        "merges": NUMBER,
    },
    "refused": {
        "owner": TEXT,
        "rule": TEXT,
        "event": TEXT,
        "source": TEXT,
        "refused": INSTANT,
    },
    "remains": {
        "arrived": INSTANT,
        "type": TEXT,
        "name": TEXT,
        "source": TEXT,
        "events": NUMBER,
        "k": NUMBER,
    },
}


_NOW = "CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3))"


def _one_row_each(table: str, key: str, best: str, derived: str = "", ends: str = "") -> str:
    names = ", ".join([*DAY, *FILES[table]]) + derived
    within = f" AND {ends} > {_NOW}" if ends else ""
    numbered = f"SELECT *, row_number() OVER (PARTITION BY day, {key} ORDER BY {best}) AS nth FROM {table}_files"
    return f"SELECT {names} FROM ({numbered}) AS copies WHERE nth = 1{within}"


_LATEST = (
    "SELECT profile_id, owners, change, row_number() OVER (PARTITION BY profile_id ORDER BY version DESC) AS nth"
    " FROM identity_files"
)
VIEWS: dict[str, View] = {
    "events": View(
        columns={**DAY, **FILES["events"], "event": TEXT},
        sql=_one_row_each(
            "events",
            "owner, moment",
            "arrival",
            derived=", owner || ' ' || moment AS event",
            ends="coalesce(kept_until, arrival + INTERVAL '396' DAY)",
        ),
    ),
    "identity": View(
        columns={**DAY, **FILES["identity"]},
        sql=_one_row_each("identity", "profile_id, version", "joined IS NULL"),
    ),
    "refused": View(
        columns={**DAY, **FILES["refused"]},
        sql=_one_row_each("refused", "owner, rule", "refused", ends="(refused + INTERVAL '396' DAY)"),
    ),
    "people": View(
        columns={"owner": TEXT, "profile_id": TEXT},
        sql=f"SELECT one.owner, latest.profile_id FROM ({_LATEST}) AS latest"
        " CROSS JOIN UNNEST(latest.owners) AS one (owner) WHERE latest.nth = 1 AND latest.change <> 'tombstone'",
    ),
    "remains": View(
        columns={**DAY, "type": TEXT, "name": TEXT, "source": TEXT, "events": NUMBER, "k": NUMBER},
        sql="SELECT day, type, name, source, CAST(sum(events) AS BIGINT) AS events, min(k) AS k FROM remains_files"
        f" WHERE (arrived + INTERVAL '396' DAY) > {_NOW} GROUP BY day, type, name, source",
    ),
}
