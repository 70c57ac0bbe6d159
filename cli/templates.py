"""The commands under `regulars template`: whether templates hold together, and how a message looks to a person."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.definitions import Definition, read_catalog
from cli.errors import UserError
from cli.journeys.files import files_of, read_beside, read_journey
from cli.output import Output, counted, table
from cli.session import session_of
from cli.yaml_files import shown
from regulars.domain.plan_definitions import parse_plan
from regulars.domain.template_needs import check_sends, planned
from regulars.domain.templates import Template, length_of, parse_template, unguarded
from regulars.errors import DefinitionError

template = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Templates of messages: whether they hold together, and how they look to a person.",
)


@template.command("check")
def check(context: typer.Context) -> None:
    """
    Check the templates of the catalog, and that its journeys give what they need.

    Nothing is asked of a platform.

    Examples:

        regulars template check
    """
    session = session_of(context)
    catalog = session.place.catalog
    definitions, errors = read_catalog(catalog)
    templates = {one.id: parse_template(one.id, one.content) for one in definitions if one.kind == "template"}
    errors += [] if errors else list(_unfit(catalog, templates, definitions))
    for wrong in errors[:-1]:
        session.output.complain(wrong)
    if errors:
        raise errors[-1]
    if not templates:
        raise UserError("holds no template", where=shown(catalog), fix="docs/templates.md shows how to write one")
    columns = ("id", "channel", "needs", "parts of an SMS")
    rows = [_row(one) for _, one in sorted(templates.items())]
    session.output.show(table(columns, rows))
    session.output.data({"templates": [dict(zip(columns, row, strict=True)) for row in rows]})
    session.output.say(f"{counted(len(templates), 'template')} hold together with what sends them", "dim")


@template.command("preview")
def preview(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of a template that is live.")],
    profile: Annotated[str, typer.Option("--profile", help="Somebody, such as email:ann@shop.example or p_….")],
    entry: Annotated[
        list[str] | None, typer.Option("--entry", help="A property of the entry, such as order_id=o-7; repeat it.")
    ] = None,
    answer: Annotated[
        list[str] | None, typer.Option("--answer", help="An answer of a webhook, such as coupon=SPRING; repeat it.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the HTML of an e-mail here, to open it in a browser.")
    ] = None,
) -> None:
    """
    Show a message as one person would get it; nothing is sent.

    Traits that you may not see are masked. That you looked stands in the audit trail.

    Examples:

        regulars template preview welcome --profile email:ann@shop.example

        regulars template preview cart_coupon --profile user_id:4711 --answer coupon=SPRING -o coupon.html
    """
    session = session_of(context)
    body = {"profile": profile, "entry": _pairs(entry, "--entry"), "answers": _pairs(answer, "--answer")}
    found = session.http.ask("POST", f"/v1/templates/{id}/preview", json=body)
    session.output.data(found)
    if found["missing"]:
        session.output.show(f"to this person it is not sent: {found['missing']} has no value")
        return
    _show(session.output, found)
    if output is not None:
        if not found["html"]:
            raise UserError("has no HTML to write", where=f"template {id}", fix="leave out -o")
        output.write_text(found["html"], encoding="utf-8")
        session.output.say(f"wrote {shown(output)}", "dim")


def _show(output: Output, found: Mapping[str, Any]) -> None:
    for name in ("subject", "link"):
        if found[name]:
            output.show(f"{name}: {found[name]}")
    output.show(str(found["text"]))
    if found["sms"]:
        output.say("{alphabet}, {signs} signs, {parts} parts".format(**found["sms"]), "dim")
    if found["masked"]:
        output.say("personal traits in it are masked: you may not see them", "dim")


def _unfit(catalog: Path, templates: Mapping[str, Template], definitions: Sequence[Definition]) -> Iterator[UserError]:
    """Complain of journeys that do not give what their templates need."""
    plans = [parse_plan(one.id, one.content) for one in definitions if one.kind == "tracking_plan"]
    beside = read_beside(catalog)
    for path in files_of(catalog):
        journey = read_journey(path, beside)
        try:
            check_sends(journey, templates, planned(journey, plans))
        except DefinitionError as error:
            yield UserError(error.message, where=shown(path), fix="docs/templates.md says what is checked")


def _row(one: Template) -> tuple[str, str, str, str]:
    parts = str(length_of(one).parts) if one.channel == "sms" else ""
    used_by = ", ".join(sorted(name for name in unguarded(one) if not name.startswith("links.")))
    return one.id, one.channel, used_by, parts


def _pairs(said: Sequence[str] | None, option: str) -> dict[str, str]:
    pairs = [one.partition("=") for one in said or ()]
    if not all(name and equals for name, equals, _ in pairs):
        raise UserError(f"{option} is a name and a value", fix=f"write {option} order_id=o-7", code=2)
    return {name: value for name, _, value in pairs}
