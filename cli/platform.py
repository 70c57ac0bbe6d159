"""`regulars dev` and `regulars doctor`: the platform on this machine."""

import importlib

import typer

from cli.errors import UserError


def dev() -> None:
    """
    Run the whole platform on this machine until Ctrl-C.

    Examples:

        regulars dev

        FRESH=1 PORT=8080 regulars dev
    """
    raise typer.Exit(_run("local.platform.dev"))


def doctor() -> None:
    """
    Say what is wrong with this machine or the running platform.

    Examples:

        regulars doctor
    """
    raise typer.Exit(_run("local.platform.doctor"))


def _run(module: str) -> int:
    try:
        main = importlib.import_module(module).main
    except ModuleNotFoundError as error:
        what = f"this needs {error.name}, which is not installed"
        raise UserError(what, fix="run it in a checkout after `make install`") from error
    return int(main() or 0)
