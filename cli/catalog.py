"""`regulars plan` and `regulars apply`: compare the catalog with what is live, and make it so."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.allowed import left_out, refuse_forbidden
from cli.changes import DONE, STYLES, Change, compare, describe, note_on, to_data
from cli.definitions import KINDS, Definition, Kind, read_catalog, title
from cli.errors import AnswerError, UserError
from cli.identity_rules import planning as identity_rules
from cli.keys import tell
from cli.live import Live, delete, put, read_live
from cli.segments.lives import wait_for
from cli.session import Session, session_of
from cli.tracking_plan import planning as tracking_plan
from cli.yaml_files import shown

DIFFERENT = 2
Folder = Annotated[Path | None, typer.Option("--catalog", help="The folder of definitions; default: ./catalog")]
Prune = Annotated[bool, typer.Option("--prune", help="Also remove what is live and in no file.")]


def plan(
    context: typer.Context,
    catalog: Folder = None,
    prune: Prune = False,
    check: Annotated[bool, typer.Option("--check", help="Exit with 2 when anything would change.")] = False,
    events: Annotated[
        int, typer.Option("--events", min=0, help="How many of the newest events to try changed rules and plans on.")
    ] = 1_000,
) -> None:
    """
    Show what `apply` would do, and change nothing.

    What your role may not read is left out, and said to be. Where the tracking plan or the identity rules change, they
    are tried on the newest events in the lake: what would be refused, and who would be one person.

    Examples:

        regulars plan

        regulars plan --prune --check
    """
    session = session_of(context)
    changes = _changes(session, catalog, prune=prune)
    for change in changes:
        session.output.show(describe(change))
    _sum_up(session, changes)
    looked = {
        "tracking_plan": tracking_plan.look_back(session, changes, events),
        "identity": identity_rules.look_back(session, changes, events),
    }
    content: dict[str, Any] = {"changes": [to_data(change) for change in changes]}
    session.output.data(content | {name: found for name, found in looked.items() if found})
    if check and any(change.is_one for change in changes):
        raise typer.Exit(DIFFERENT)


def apply(
    context: typer.Context,
    catalog: Folder = None,
    prune: Prune = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also list what is unchanged.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until segments that take in other people are live.")
    ] = False,
) -> None:
    """
    Make what is live equal to the catalog.

    Everything is checked before anything is written, against what is live as well: identity rules keep their kinds
    and their order, and only the roles admin and engineer apply. What a role may not read is left out. A source
    gets the keys that it lists and has not yet; a secret is shown once. Keys of a platform on this machine are also
    kept in .regulars/keys.json. What no file names is left alone, unless --prune. Of journeys the drafts are written:
    nobody enters one before `regulars journey publish`.

    Examples:

        regulars apply

        regulars apply --prune --yes

        regulars apply --wait
    """
    session = session_of(context)
    changes = _changes(session, catalog, prune=prune)
    refuse_forbidden(changes, session.roles, session.place)
    _agree(session, [change for change in changes if change.act == "prune"], yes=yes)
    keys: dict[str, dict[str, str]] = {}
    try:
        for change in changes:
            minted = _make(session, change)
            if verbose or change.act != "unchanged":
                session.output.show(describe(change, done=True))
            for key in minted:
                keys.setdefault(change.id, {})[key["label"]] = key["key"]
                tell(session, change.id, key)
        _sum_up(session, changes, done=True)
        if wait:
            wait_for(session, [one.id for one in changes if one.kind == "segment" and one.act in ("create", "change")])
    finally:  # whatever went wrong later: a secret is told only once
        session.output.data({"changes": [to_data(change) for change in changes], "keys": keys})


def _changes(session: Session, folder: Path | None, *, prune: bool) -> list[Change]:
    wanted = _read(session, folder or session.place.catalog)
    return compare(wanted, _read_live(session), prune=prune)


def _read_live(session: Session) -> dict[Kind, dict[str, Live]]:
    live: dict[Kind, dict[str, Live]] = {}
    refused: AnswerError | None = None
    for kind in KINDS:
        try:
            live[kind] = read_live(session.http, kind)
        except AnswerError as error:
            if error.status != 403:
                raise
            session.output.say(left_out(kind, session.roles), "dim")
            refused = error
    if refused and not live:
        raise refused
    return live


def _read(session: Session, folder: Path) -> Sequence[Definition]:
    definitions, errors = read_catalog(folder)
    for error in errors[:-1]:
        session.output.complain(error)
    if errors:
        raise errors[-1]
    if not definitions:
        raise UserError("holds no definition", where=shown(folder), fix="docs/catalog.md shows how to write one")
    return definitions


def _sum_up(session: Session, changes: Sequence[Change], *, done: bool = False) -> None:
    if note := note_on(changes):
        session.output.show(Text(note, style="dim"))
    counts = Counter(change.act for change in changes)
    words = DONE if done else {}
    summary = ", ".join(f"{counts[act]} {words.get(act, act)}" for act in STYLES if counts[act])
    session.output.show(Text(summary or "nothing is defined", style="bold"))


def _agree(session: Session, pruned: Sequence[Change], *, yes: bool) -> None:
    if not pruned or yes:
        return
    names = ", ".join(title(change.kind, change.id) for change in pruned)
    if not session.is_interactive:
        raise UserError(f"would remove {names}", fix="say --yes to remove without being asked")
    loss = " A removed source's key ends at once." if any(change.kind == "source" for change in pruned) else ""
    if not typer.confirm(f"Remove {names}?{loss}", err=True):
        raise UserError("nothing was changed", fix="leave out --prune to keep them")


def _make(session: Session, change: Change) -> Sequence[Mapping[str, Any]]:
    """Make a change; return the keys that were minted by it."""
    if change.act == "prune" and change.live:
        delete(session.http, change.live)
    elif change.is_one and change.wanted:
        version = change.live.version if change.live else 0
        return put(session.http, change.kind, change.id, change.wanted.content, version=version)
    return ()
