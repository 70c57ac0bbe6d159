"""What the files of the lake keep of people who are gone, in SQL: which rows go, and what is taken out of others."""

from collections.abc import Mapping

from regulars.domain.lake import EVENTS, IDENTITY, REFUSED, LakeTable

GONE = "gone"  # the table of owners, in its column `owner`; and the variable that lists them
_THEIRS = f"(SELECT owner FROM {GONE})"
_LISTS: Mapping[str, tuple[str, ...]] = {EVENTS.name: ("links",), IDENTITY.name: ("owners", "joined", "parted")}


def _by(column: str) -> str:
    """Whose event a column names."""
    return f"coalesce(split_part({column}, ' ', 1) IN {_THEIRS}, false)"


def _founded(column: str) -> str:
    """Whose profile a column names."""
    return f"coalesce(split_part(substr({column}, 3), '~', 1) IN {_THEIRS}, false)"


def _lists(column: str) -> str:
    """Whether a list names somebody: asked by a join, for there may be many."""
    return f"EXISTS (SELECT 1 FROM unnest({column}) AS listed (one) JOIN {GONE} ON listed.one = {GONE}.owner)"


_GOES: Mapping[str, str] = {
    EVENTS.name: f"owner IN {_THEIRS}",
    IDENTITY.name: _founded("profile_id"),
    REFUSED.name: f"owner IN {_THEIRS} OR {_by('event')}",
}
_SAYS: Mapping[str, Mapping[str, str]] = {
    IDENTITY.name: {"event": _by("event"), "merged_into": _founded("merged_into")},
}


def goes(table: LakeTable) -> str:
    """Write the condition on which a row is of somebody who is gone."""
    return _GOES[table.name]


def names(table: LakeTable) -> str:
    """Write the condition on which a row of somebody else names somebody who is gone."""
    says = [*map(_lists, _LISTS.get(table.name, ())), *_SAYS.get(table.name, {}).values()]
    return " OR ".join(says) or "false"


def left(table: LakeTable) -> str:
    """Write the columns of a row that stays, without those who are gone."""
    new = {
        column: f"CASE WHEN {says} THEN NULL ELSE {column} END" for column, says in _SAYS.get(table.name, {}).items()
    }
    for column in _LISTS.get(table.name, ()):
        fewer = f"list_filter({column}, lambda one: NOT list_contains(getvariable('{GONE}'), one))"
        new[column] = f"CASE WHEN {_lists(column)} THEN {fewer} ELSE {column} END"
    return ", ".join(f"{new[name]} AS {name}" if name in new else name for name in table.names)
