"""The definitions of `catalog/`: read from YAML, checked by the same parsers as in the platform."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from cli.errors import UserError
from cli.journey_names import check_named
from cli.rates_files import read_rates
from cli.yaml_files import Document, load, shown
from regulars.domain.computed import ComputedTrait
from regulars.domain.computed_definitions import Contents, parse_computed
from regulars.domain.identity_definitions import check_rules
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import compile_journey
from regulars.domain.lists import parse_list
from regulars.domain.mapping_definitions import parse_mapping
from regulars.domain.messaging import parse_messaging
from regulars.domain.plan_definitions import check_plan, check_together, outline
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.rate_definitions import check_tables, parse_rates
from regulars.domain.retention_definitions import parse_retention
from regulars.domain.segment_definitions import parse as parse_segment
from regulars.domain.sources import parse_source
from regulars.domain.teams import parse_teams
from regulars.domain.templates import parse_template
from regulars.domain.webhooks import parse_webhook
from regulars.domain.workspace import parse_workspace
from regulars.errors import DefinitionError
from regulars.pipeline.definitions import SINGLES

Kind = Literal[
    "workspace",
    "consent",
    "messaging",
    "source",
    "identity",
    "tracking_plan",
    "rates",
    "list",
    "computed_trait",
    "segment",
    "template",
    "webhook",
    "journey",
    "import",
    "teams",
    "retention",
]
KINDS: tuple[Kind, ...] = get_args(Kind)  # in the order in which they are applied
PLURALS: Mapping[Kind, str] = {
    "source": "sources",
    "tracking_plan": "tracking_plans",
    "rates": "rates",
    "list": "lists",
    "computed_trait": "computed_traits",
    "segment": "segments",
    "journey": "journeys",
    "import": "imports",
    "template": "templates",
    "webhook": "webhooks",
}
FOLDERS: Mapping[Kind, str] = {
    **PLURALS,
    "tracking_plan": "tracking-plan",
    "computed_trait": "computed-traits",
}  # also their place in the API
TITLES: Mapping[Kind, str] = {
    "identity": "identity rules",
    "workspace": "workspace settings",
    "teams": "teams",
    "retention": "retention",
    "consent": "purposes",
    "messaging": "policy of messages",
}
_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One definition, as somebody wrote it."""

    kind: Kind
    id: str
    content: Mapping[str, Any]
    document: Document

    @property
    def title(self) -> str:
        """What people call it here."""
        return title(self.kind, self.id)


def title(kind: Kind, id: str) -> str:
    """Name a definition by kind and id."""
    return TITLES.get(kind) or f"{kind.replace('_', ' ')} {id}"


def read_catalog(folder: Path, without: Collection[Kind] = ()) -> tuple[list[Definition], list[UserError]]:
    """Read all definitions of a folder, of some kinds none, and everything that is wrong with them."""
    if not folder.is_dir():
        raise UserError("there is no catalog", where=shown(folder), fix="go to the folder above it, or say --catalog")
    definitions: list[Definition] = []
    errors: list[UserError] = []
    computed = _computed(folder)
    for kind, path in ((kind, path) for kind, path in _files(folder) if kind not in without):
        try:
            definitions.append(read_definition(kind, path, computed))
        except UserError as error:
            errors.append(error)
    definitions += _read_tables(folder, errors)
    definitions.sort(key=lambda one: (KINDS.index(one.kind), turn(one.kind, one.content)))
    errors += _dangling(definitions)
    return definitions, errors + ([] if errors else [*_contradictions(definitions), *check_named(definitions)])


def is_group(kind: Kind, content: Mapping[str, Any]) -> bool:
    """Say whether others of its kind may extend it: it is made before them, and goes after them."""
    return kind == "tracking_plan" and "group" in content


def turn(kind: Kind, content: Mapping[str, Any]) -> int:
    """Say which definitions of a kind are made first: those that others name."""
    if kind == "computed_trait":
        return 2 if "rfm" in content else int("score" in content)
    return int(not is_group(kind, content))


def read_definition(kind: Kind, path: Path, computed: Contents | None = None) -> Definition:
    """Read and check one definition. Raises UserError."""
    id = SINGLES.get(kind) or check_id(path)
    return check_definition(kind, id, load(path), computed)


def check_id(path: Path) -> str:
    """Give the id that a file is named by. Raises UserError."""
    if not _ID.fullmatch(path.stem):
        what = "the name of the file is the id: a lower-case letter and then up to 62 of a-z, 0-9 and _"
        raise UserError(what, where=shown(path), fix="rename the file")
    return path.stem


def check_definition(kind: Kind, id: str, document: Document, computed: Contents | None = None) -> Definition:
    """Check what a document says, which may name `computed` traits. Raises UserError."""
    try:
        if document.content.get("id", id) != id:
            raise DefinitionError("id", f"is not {id}, the name of the file; it may be left out")
        read_content(kind, id, document.content, computed or {})
    except DefinitionError as error:
        raise document.complaint(error) from error
    return Definition(kind=kind, id=id, content=document.content, document=document)


def read_content(kind: Kind, id: str, content: Mapping[str, Any], computed: Contents) -> object:
    """Read what a definition says, which may name `computed` traits. Raises DefinitionError."""
    match kind:
        case "computed_trait":
            return parse_computed(id, content, {**computed, id: content})
        case "segment":
            named = {each: computed[each] for each in _named(content) if each in computed}
            return parse_segment(id, content, computed=traits_of(named, computed))
        case "journey":
            named = {each: computed[each] for each in _named(content) if each in computed}
            journey = parse_journey(id, content, computed=traits_of(named, computed))
            compile_journey(journey)  # refuses what is too large; how long and by which template it does not hold
            return journey
        case _:
            return CHECKS[kind](id, content)


def traits_of(named: Collection[str], computed: Contents) -> dict[str, ComputedTrait]:
    """Read some of all computed traits. Raises DefinitionError."""
    try:
        return {id: parse_computed(id, computed[id], computed) for id in named}
    except DefinitionError as error:
        raise DefinitionError("where", f"reads a computed trait that is wrong: {error}") from None


def _named(content: object) -> Iterator[str]:
    """Name the computed traits that a segment reads."""
    if isinstance(content, list):
        for each in content:
            yield from _named(each)
    if isinstance(content, dict):
        if isinstance(content.get("computed"), str):
            yield content["computed"]
        for each in content.values():
            yield from _named(each)


def _computed(folder: Path) -> Contents:
    """Read all computed traits of a folder, as they are written; what is wrong with one is told of itself."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in folder.glob(f"{FOLDERS['computed_trait']}/*.y*ml"):
        with suppress(UserError):
            found[path.stem] = load(path).content
    return found


def _read_tables(folder: Path, errors: list[UserError]) -> Iterator[Definition]:
    """Read tables of rates that are CSV, as banks publish them: a definition a year."""
    named = {path.stem for path in folder.glob(f"{FOLDERS['rates']}/*.y*ml")}
    for path in sorted(folder.glob(f"{FOLDERS['rates']}/*.csv")):
        try:
            for id, document in read_rates(path):
                if id in named:
                    raise UserError(f"tells of {id}, as {id}.yaml does", where=shown(path), fix="remove one of them")
                yield check_definition("rates", id, document)
        except UserError as error:
            errors.append(error)


def _files(folder: Path) -> Iterator[tuple[Kind, Path]]:
    for kind in KINDS:
        found = folder.glob(f"{kind}.y*ml" if kind in SINGLES else f"{FOLDERS[kind]}/*.y*ml")
        for path in sorted(found):
            yield kind, path


def _dangling(definitions: list[Definition]) -> list[UserError]:
    sources = {one.id for one in definitions if one.kind == "source"}
    return [
        UserError(
            f"source: there is no source {one.content['source']}",
            where=one.document.at("source"),
            fix=f"write catalog/sources/{one.content['source']}.yaml, or name one of {', '.join(sorted(sources))}",
        )
        for one in definitions
        if one.kind == "import" and one.content["source"] not in sources
    ]


def _contradictions(definitions: list[Definition]) -> list[UserError]:
    plans = {one.id: one for one in definitions if one.kind == "tracking_plan"}
    tables = {one.id: one for one in definitions if one.kind == "rates"}
    try:
        of = plans
        check_together([outline(id, one.content) for id, one in sorted(plans.items())])
        of = tables
        check_tables({id: one.content for id, one in sorted(tables.items())})
    except DefinitionError as error:
        id, _, path = error.path.partition(".")
        return [of[id].document.complaint(DefinitionError(path, error.message))]
    return _unused(list(tables.values()))


def _unused(tables: list[Definition]) -> list[UserError]:
    """Complain of rates into no currency: nothing would be converted."""
    if not tables or any("currency" in one.content for one in tables):
        return []
    fix = "say `currency: EUR` in one of catalog/rates/*.yaml, as docs/orders.md shows"
    return [
        UserError("no table of rates says the currency of the workspace", where=shown(tables[0].document.path), fix=fix)
    ]


CHECKS: Mapping[Kind, Callable[[str, Mapping[str, Any]], object]] = {
    "workspace": lambda _, content: parse_workspace(content),
    "teams": lambda _, content: parse_teams(content),
    "retention": lambda _, content: parse_retention(content),
    "consent": lambda _, content: parse_purposes(content),
    "messaging": lambda _, content: parse_messaging(content),
    "source": parse_source,
    "identity": lambda _, content: check_rules(content),
    "tracking_plan": check_plan,
    "rates": parse_rates,
    "list": parse_list,
    "import": parse_mapping,
    "template": parse_template,
    "webhook": parse_webhook,
}
