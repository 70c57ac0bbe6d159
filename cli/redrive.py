"""`regulars redrive`: what the platform gave up on, and doing it again."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.errors import AnswerError, UserError
from cli.output import counted, table
from cli.rebuild import FOUND, in_words, rebuild_one
from cli.session import Session, session_of
from regulars.domain.given_up import refs_of

LIST, AGAIN = "/_local/on-failure", "/_local/redrive"


def redrive(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Objects of the bucket of failures, or folders of them, as downloaded.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List only.")] = False,
) -> None:
    """
    List the records that a function gave up on, and rebuild everybody whom they name.

    A record that fails again and again is put aside with its batch. When the cause is mended, this folds everybody it
    touched from the events, which are never lost, and resolves these again. On the platform of this machine it finds
    the objects by itself, and hands their records to the functions again.

    Examples:

        regulars redrive --dry-run

        regulars redrive given-up/
    """
    session = session_of(context)
    if not files and not session.place.is_local:
        fix = "aws s3 cp --recursive s3://BUCKET/aws/lambda/ given-up/, then: regulars redrive given-up/"
        raise UserError("redrive finds objects by itself on the platform of this machine only", fix=fix)
    found = _read(files) if files else _send(session, "GET", LIST).get("objects", [])
    if found:
        session.output.show(table(("given up at", "function", "because", "records", "people"), map(_row, found)))
    rebuilt: dict[str, Any] = {}
    done: dict[str, Any] = {}
    if found and not dry_run:
        rebuilt = _rebuild(session, {ref for one in found for ref in one.get("refs", ())})
        session.output.show(in_words(rebuilt))
        done = {} if files else _send(session, "POST", AGAIN)
    session.output.show(counted(len(found), "object") + (", done again" if rebuilt else ""))
    session.output.data({"objects": found, "rebuilt": rebuilt or None, "redriven": done or None})
    if rebuilt.get("failed"):
        fix = "look at the log of the function change_profile, and keep the objects"
        raise UserError(f"{counted(rebuilt['failed'], 'person')} could not be rebuilt", fix=fix)


def _rebuild(session: Session, refs: Iterable[str]) -> dict[str, Any]:
    sums: Counter[str] = Counter(dict.fromkeys((*FOUND, "unknown", "failed"), 0))
    for ref in sorted(refs):
        try:
            sums.update({name: number for name, number in rebuild_one(session, ref).items() if name in FOUND})
        except AnswerError as error:
            if error.status not in (404, 503):
                raise
            sums["unknown" if error.status == 404 else "failed"] += 1
    return dict(sums)


def _read(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Read objects as Lambda leaves them. Raises UserError."""
    found = []
    for path in (each for file in files for each in ([file] if not file.is_dir() else sorted(file.rglob("*")))):
        if path.is_dir():
            continue
        try:
            one = json.loads(path.read_text())
            refs = refs_of(json.loads(one["payload"])["Records"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            fix = "download objects of the bucket of failures as they are: each has a payload with Records"
            raise UserError("is no object that a stream function gave up", where=str(path), fix=fix) from error
        found.append({"key": str(path), **{name: one[name] for name in one if name != "payload"}, "refs": refs})
    return found


def _row(one: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    request, batch = one.get("requestContext", {}), one.get("DDBStreamBatchInfo", {})
    tries = request.get("approximateInvokeCount")
    because = str(request.get("condition", ""))
    because += f" after {counted(tries, 'attempt')}" if tries else ""
    function = str(request.get("functionArn") or one.get("key", "")).rsplit(":", 1)[-1]
    return (
        str(one.get("timestamp", "")),
        function,
        because,
        str(batch.get("batchSize", "")),
        str(len(one.get("refs", ()))),
    )


def _send(session: Session, method: str, path: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = session.http.send(method, path)
    except AnswerError as error:
        if error.status in (404, 405):
            what = f"this platform cannot do that: it has no {method} {path}"
            raise UserError(what, fix="update the checkout that runs it, and start it again") from error
        raise
    return answer
