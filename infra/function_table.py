"""
The table of functions in docs/architecture.md, made from the templates.

`python -m infra.function_table` writes it, `--check` only says whether it is up to date.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.layers import ROOT
from infra.permissions import Permission, functions, identity, paths, permissions
from infra.templates import Templates, resources, synthesize

PAGE = ROOT / "docs" / "architecture.md"
START = "<!-- functions: made by `make docs` -->"
END = "<!-- end of functions -->"
DEFAULT = ("ANY", "$default")
_READS = {"GetItem", "GetObject", "Query", "Scan"}
_WRITES = {"DeleteItem", "DeleteObject", "PartiQLInsert", "PutItem", "PutObject"}


def table(templates: Templates) -> str:
    """Return the rows: what wakes each function, what it reads, writes and sends."""
    allowed = permissions(templates)
    awake = _wakers(templates)
    head = ["| function | woken by | reads | writes | sends to |", "|---|---|---|---|---|"]
    rows = [_row(name, awake[name], allowed[name]) for name in functions(templates)]
    return "\n".join([*head, *rows])


def is_current(page: str, rows: str) -> bool:
    """Say whether a page holds these rows."""
    return f"{START}\n{rows}\n{END}" in page


def _row(name: str, wakers: list[str], allowed: set[Permission]) -> str:
    cells = [
        f"`{name}`",
        "; ".join(wakers),
        _places(allowed, _READS),
        _places(allowed, _WRITES),
        _names(
            each.thing
            for each in allowed
            if each.action in {"sqs:SendMessage", "events:PutEvents", "states:StartExecution"}
        ),
    ]
    return f"| {' | '.join(cells)} |"


def _places(allowed: set[Permission], actions: set[str]) -> str:
    """Name tables and buckets; what a stream function gives up, Lambda writes."""
    used = (each.thing for each in allowed if each.action.partition(":")[2] in actions)
    return _names(thing for thing in used if not thing.startswith("buckets/failures"))


def _names(things: Iterable[str]) -> str:
    found = {thing.split("/")[1] if "/" in thing else _MACHINES for thing in things if not thing.endswith("_dead")}
    return ", ".join(f"`{name}`" for name in sorted(found)) or "none"


_MACHINES = "machines of journeys"  # by the beginning of their names
_JOURNEYS = "the state machines of journeys"  # made while the platform runs, and in no template


def _wakers(templates: Templates) -> dict[str, list[str]]:
    """Return what wakes each function, in words."""
    names = {identity(logical): name for name, logical in _logical_ids(templates).items()}
    awake: dict[str, list[str]] = {name: [] for name in names.values()}
    known = paths(templates)
    for mapping in resources(templates.platform, "Lambda::EventSourceMapping").values():
        source = known[identity(mapping["EventSourceArn"])].split("/")[1]
        kind = "stream" if "StartingPosition" in mapping else "queue"
        only = ", INSERT only" if "FilterCriteria" in mapping else ""
        awake[names[identity(mapping["FunctionName"])]].append(f"`{source}` {kind}{only}")
    for logical, schedule in _woken_by_the_clock(templates):
        if logical in names:  # else it is a queue, and wakes who works it off
            awake[names[logical]].append(schedule)
    awake |= {name: [_JOURNEYS] for name in ("journey_step", "deliver") if name in awake}
    for machine in resources(templates.platform, "StepFunctions::StateMachine").values():
        called = [name for logical, name in names.items() if logical in json.dumps(machine["DefinitionString"])]
        for name in called:
            awake[name].append("its state machine")
    for name in _asked_by_the_sign_in(templates):
        awake[names[name]].append("the sign-in, for each token")
    for function, routes in _routes(templates).items():
        awake[names[function]].append(routes)
    return awake


def _woken_by_the_clock(templates: Templates) -> list[tuple[str, str]]:
    """Return the logical ids of targets of rules, each with its schedule."""
    rules = resources(templates.platform, "Events::Rule").values()
    return [
        (identity(target["Arn"]), rule.get("ScheduleExpression", "")) for rule in rules for target in rule["Targets"]
    ]


def _asked_by_the_sign_in(templates: Templates) -> list[str]:
    """Return the logical ids of functions that Cognito may call."""
    found = resources(templates.platform, "Lambda::Permission").values()
    return [identity(each["FunctionName"]) for each in found if each["Principal"] == "cognito-idp.amazonaws.com"]


def _logical_ids(templates: Templates) -> dict[str, str]:
    found = resources(templates.platform, "Lambda::Function").items()
    return {each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: name for name, each in found}


def _routes(templates: Templates) -> dict[str, str]:
    """Return the routes of each function; `…` says that everything below a path is led there too."""
    integrations = resources(templates.platform, "ApiGatewayV2::Integration")
    methods: dict[tuple[str, str], list[str]] = {}
    for route in resources(templates.platform, "ApiGatewayV2::Route").values():
        method, path = DEFAULT if route["RouteKey"] == "$default" else route["RouteKey"].split(" ")
        integration = integrations[identity(route["Target"]["Fn::Join"][1][1])]
        function = identity(integration["IntegrationUri"])
        methods.setdefault((function, path.replace("{proxy+}", "…")), []).append(method)
    found: dict[str, list[str]] = {}
    for (function, path), each in methods.items():
        if (function, f"{path}/…") not in methods:
            found.setdefault(function, []).append(f"{' '.join(each)} `{path}`")
    return {function: ", ".join(each) for function, each in found.items()}


def main() -> int:
    """Write the table into the page, or check it."""
    with TemporaryDirectory() as folder:
        rows = table(synthesize(Path(folder)))
    page = PAGE.read_text()
    if is_current(page, rows):
        return 0
    if "--check" in sys.argv:
        print("docs/architecture.md has an old table of functions; cure: make docs", file=sys.stderr)
        return 1
    before, _, rest = page.partition(START)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{START}\n{rows}\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
