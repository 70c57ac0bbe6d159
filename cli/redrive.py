"""`regulars redrive`: what the platform gave up on, and doing it again."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.errors import AnswerError, UserError
from cli.output import counted, table
from cli.session import Session, session_of

LIST, AGAIN = "/_local/on-failure", "/_local/redrive"


def redrive(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List only.")] = False,
) -> None:
    """
    List the records that a function gave up on, and fold their owners anew.

    A record that fails again and again is put aside with its batch. When the cause is mended, this folds everybody it
    touched from the events, which are never lost.

    Examples:

        regulars redrive --dry-run

        regulars redrive
    """
    session = session_of(context)
    if not session.place.is_local:
        fix = "on AWS, look at the on-failure bucket: docs/operations.md"
        raise UserError("redrive works on the platform of this machine only", fix=fix)
    found = _send(session, "GET", LIST).get("objects", [])
    if found:
        session.output.show(table(("given up at", "function", "because", "records"), map(_row, found)))
    done: dict[str, Any] = {}
    if found and not dry_run:
        done = _send(session, "POST", AGAIN)
    session.output.show(counted(len(found), "object") + (", done again" if done else ""))
    session.output.data({"objects": found, "redriven": done or None})


def _row(one: Mapping[str, Any]) -> tuple[str, str, str, str]:
    request, batch = one.get("requestContext", {}), one.get("DDBStreamBatchInfo", {})
    tries = request.get("approximateInvokeCount")
    because = str(request.get("condition", ""))
    because += f" after {counted(tries, 'attempt')}" if tries else ""
    function = str(request.get("functionArn") or one.get("key", "")).rsplit(":", 1)[-1]
    return str(one.get("timestamp", "")), function, because, str(batch.get("batchSize", ""))


def _send(session: Session, method: str, path: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = session.http.send(method, path)
    except AnswerError as error:
        if error.status in (404, 405):
            what = f"this platform cannot do that: it has no {method} {path}"
            raise UserError(what, fix="update the checkout that runs it, and start it again") from error
        raise
    return answer
