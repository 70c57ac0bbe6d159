"""`regulars quarantine repair`: mend one row by hand, or all of a kind by one rule, tried before it is done."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from cli.errors import UserError
from cli.output import counted, table, visible
from cli.quarantine.bar import bar
from cli.quarantine.listing import Code, Day, SourceName
from cli.quarantine.places import Choice, Place, open_places
from cli.session import Session, session_of
from cli.yaml_files import load, parse
from regulars.domain.repairs import parse_repair
from regulars.errors import DefinitionError

AT_ONCE = 100


def repair(
    context: typer.Context,
    id: Annotated[str | None, typer.Argument(help="The id of one row; else say --rule.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Set a field; the value is YAML.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="The whole message, edited: JSON.")] = None,
    rule: Annotated[Path | None, typer.Option("--rule", help="A repair for many rows: YAML.")] = None,
    source: SourceName = None,
    day: Day = None,
    code: Code = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Mend many rows without asking.")] = False,
) -> None:
    """
    Mend a row, or by a rule all open rows of a source, day and code; then `replay` them.

    A rule drops, renames, converts and sets fields, in this order (docs/quarantine.md). Before many rows are mended
    it is tried on all of them, and what it would make acceptable is counted.

    Examples:

        regulars quarantine repair ID --set event="Product Viewed" --set properties.price=9.5

        regulars quarantine repair ID --file mended.json

        regulars quarantine repair --rule prices.yaml --source web --code plan_violation
    """
    session = session_of(context)
    if id and not rule:
        _one(session, id, _edit(set_ or [], file), dry_run=dry_run)
    elif rule and not id and not set_ and not file:
        _many(session, _read_rule(rule), Choice(source=source, day=day, code=code), dry_run=dry_run, yes=yes)
    else:
        raise UserError("say either the id of a row with --set or --file, or --rule for many rows")


def _one(session: Session, id: str, edit: Mapping[str, Any], *, dry_run: bool) -> None:
    asked = {"dry_run": "true" if dry_run else "false"}
    done = session.http.ask("PUT", f"/v1/quarantine/{id}", json=edit, params=asked)
    session.output.data(done)
    word = "would be accepted" if done["acceptable"] else f"would still be refused, {done['code']}: {done['reason']}"
    change = ("would change" if dry_run else "mended") if done["changed"] else "nothing to change"
    session.output.show(visible(f"{change}; a replay {word}"))
    if done["acceptable"] and not dry_run:
        session.output.say(f"now: regulars quarantine replay {id}", "dim")


def _edit(settings: Sequence[str], file: Path | None) -> Mapping[str, Any]:
    if file and not settings:
        return {"message": _read_message(file)}
    if settings and not file:
        return {"repair": {"set": dict(_setting(one) for one in settings)}}
    raise UserError("say what to mend: --set PATH=VALUE, or --file with the whole message")


def _read_message(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise UserError("is no JSON that can be read", where=str(path), fix="mend the file") from error
    if not isinstance(content, dict):
        raise UserError("is no message: that is an object", where=str(path), fix="mend the file")
    return content


def _setting(text: str) -> tuple[str, Any]:
    path, sign, value = text.partition("=")
    try:
        content = parse(value) if sign else None
        json.dumps(content, allow_nan=False)
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise UserError(f"the value of {path} is no YAML that JSON can hold", fix="put texts in quotes") from error
    if not sign or not path:
        raise UserError(f"{text} sets nothing", fix="say --set PATH=VALUE, such as --set properties.price=9.5")
    return path, content


def _read_rule(path: Path) -> Mapping[str, Any]:
    document = load(path)
    try:
        parse_repair(document.content)
    except DefinitionError as error:
        raise UserError(str(error), where=document.at(error.path), fix="docs/quarantine.md shows the form") from error
    return document.content


def _many(session: Session, rule: Mapping[str, Any], choice: Choice, *, dry_run: bool, yes: bool) -> None:
    chosen = open_places(session, choice)
    if not chosen:
        session.output.data({"tried": None, "repaired": None})
        session.output.show("nothing waits to be mended there")
        return
    tried = _run(session, rule, chosen, dry_run=True)
    session.output.show(table(("rows", "changed", "would be accepted", "would be refused as"), [_told(tried)]))
    repaired = None
    if not dry_run and tried["changed"] and _agree(session, tried["changed"], yes=yes):
        repaired = _run(session, rule, chosen, dry_run=False)
        session.output.show(f"{counted(repaired['changed'], 'row')} mended")
        session.output.say("now: regulars quarantine replay, with the same --source, --day and --code", "dim")
    session.output.data({"tried": tried, "repaired": repaired})


def _run(session: Session, rule: Mapping[str, Any], chosen: Sequence[Place], *, dry_run: bool) -> dict[str, Any]:
    sums: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    with bar(session.output, "try" if dry_run else "mend", sum(place.open for place in chosen)) as move:
        for place in chosen:
            body = {"source": place.source, "day": place.day, "code": place.code, "repair": rule}
            asked = {"dry_run": "true" if dry_run else "false", "limit": AT_ONCE}
            for page in session.http.posts("/v1/quarantine/repair", body, asked):
                sums += Counter({name: page[name] for name in ("read", "changed", "acceptable", "gone")})
                refused += Counter(page["refused"])
                move(page["read"])
    return {**{name: sums[name] for name in ("read", "changed", "acceptable", "gone")}, "refused": dict(refused)}


def _told(tried: Mapping[str, Any]) -> tuple[object, ...]:
    refused = ", ".join(f"{code} ({number:,})" for code, number in sorted(tried["refused"].items()))
    return f"{tried['read']:,}", f"{tried['changed']:,}", f"{tried['acceptable']:,}", refused


def _agree(session: Session, number: int, *, yes: bool) -> bool:
    if yes:
        return True
    if not session.is_interactive:
        raise UserError(f"would mend {counted(number, 'row')}", fix="say --yes to mend without being asked")
    return typer.confirm(f"Mend {counted(number, 'row')}?", err=True)
