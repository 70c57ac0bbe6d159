"""`regulars list`: lists of people that somebody uploads."""

from itertools import islice
from typing import Annotated

import typer

from cli.errors import UserError
from cli.lists.uploading import upload
from cli.output import instant, table
from cli.session import session_of
from regulars.domain.lists import lists_named

Id = Annotated[str, typer.Argument(help="The id of a list.")]
lists = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Lists of people by upload: create and fill them, see who is in one.",
)
lists.command("upload")(upload)


@lists.command("create")
def create(
    context: typer.Context,
    id: Id,
    name: Annotated[str | None, typer.Option("--name", help="What people call it; default: the id.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="What it is for.")] = None,
) -> None:
    """
    Create a list that nobody is in.

    Examples:

        regulars list create vip --name "Very important people"
    """
    session = session_of(context)
    definition = {"name": name or id} | ({"description": description} if description else {})
    body = {"definition": definition, "version": 0}
    session.output.data(session.http.ask("PUT", f"/v1/lists/{id}", json=body))
    session.output.show(f"created: {id}; fill it: regulars list upload {id} FILE")


@lists.command("show")
def show(
    context: typer.Context, id: Annotated[str | None, typer.Argument(help="The id of a list; all without one.")] = None
) -> None:
    """
    Show all lists, or the uploads of one, newest first.

    Examples:

        regulars list show

        regulars list show vip
    """
    session = session_of(context)
    if id is None:
        found = list(session.http.pages("/v1/lists", "lists"))
        session.output.data({"lists": found})
        rows = ((one["id"], one["definition"].get("name", ""), instant(one["changed_at"])) for one in found)
        session.output.show(table(("id", "name", "changed"), rows))
        return
    definition = session.http.ask("GET", f"/v1/lists/{id}")
    uploads = list(islice(session.http.pages(f"/v1/lists/{id}/uploads", "uploads", limit=100), 100))
    session.output.data({**definition, "uploads": uploads})
    session.output.show(definition["definition"].get("name", id))
    cells = (
        (one["id"], one["mode"], one["kind"], one["state"], instant(one["begun_at"]), one["by"]) for one in uploads
    )
    session.output.show(table(("upload", "mode", "by", "state", "begun", "by whom"), cells))


@lists.command("members")
def members(
    context: typer.Context,
    id: Id,
    most: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = 20,
) -> None:
    """
    List who is in a list: identifiers, masked unless your role may read personal fields.

    Examples:

        regulars list members vip --limit 100
    """
    session = session_of(context)
    pages = session.http.pages(f"/v1/lists/{id}/members", "members", limit=min(most + 1, 1_000))
    found = list(islice(pages, most + 1))
    session.output.data({"members": found[:most], "more": len(found) > most})
    rows = ((one["kind"], one["value"], instant(one["since"]), one["profile_id"]) for one in found[:most])
    session.output.show(table(("kind", "identifier", "since", "profile"), rows))
    if len(found) > most:
        session.output.show(f"the first {most:,}; there are more: --limit {most * 10}")


@lists.command("delete")
def delete(
    context: typer.Context,
    id: Id,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete without asking.")] = False,
) -> None:
    """
    Let everybody leave a list, and delete it. What a segment reads is not deleted.

    Examples:

        regulars list delete vip --yes
    """
    session = session_of(context)
    if not yes and not session.is_interactive:
        raise UserError(f"would delete {id}", fix="say --yes to delete without being asked")
    if not yes and not typer.confirm(f"Let everybody leave {id}, and delete it?", err=True):
        raise UserError("nothing was changed", fix="`regulars list show` says which lists there are")
    for one in session.http.pages("/v1/segments", "segments"):
        if id in lists_named(one["definition"].get("where")):
            raise UserError(f"the segment {one['id']} reads it", fix="change or delete that segment first")
    begun = session.http.ask("POST", f"/v1/lists/{id}/uploads", json={"mode": "replace", "kind": "user_id"})
    left = sum(page["left"] for page in session.http.posts(f"/v1/lists/{id}/uploads/{begun['id']}/end", {}, {}))
    session.output.data({**session.http.ask("DELETE", f"/v1/lists/{id}"), "left": left})
    session.output.show(f"deleted: {id}; {left:,} left")
