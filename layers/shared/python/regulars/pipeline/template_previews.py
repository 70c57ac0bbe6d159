"""A message as one person would get it: written by the template that stands, with what may be seen of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.domain.sms_lengths import Length, sms_length
from regulars.domain.templates import Rendered, Template, parse_template, render, variables
from regulars.domain.workspace import parse_workspace
from regulars.errors import MissingVariableError, NotFoundError
from regulars.pipeline.opening import Opener
from regulars.pipeline.profiles import ProfileReader
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore

MAX_TRAITS = 10_000
LINKS = {
    "unsubscribe": "https://example.com/v1/unsubscribe?token=preview",
    "preferences": "https://example.com/v1/preferences?token=preview",
}  # a preview makes no link that could decide for somebody


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A message, or the name that it lacks; `masked` says that personal traits in it were not opened."""

    template: Template
    message: Rendered | None = None
    missing: str | None = None
    length: Length | None = None
    masked: bool = False


class TemplatePreviews:
    """Writes messages that nobody gets."""

    def __init__(self, database: Database, reader: ProfileReader) -> None:
        self._store = DefinitionStore(database)
        self._reader = reader

    def template(self, id: str) -> Template:
        """Read a template. Raises NotFoundError."""
        found = self._store.get("template", id)
        if found is None:
            raise NotFoundError("no template has this id")
        return parse_template(id, found.content)

    def of(
        self,
        id: str,
        profile_id: str,
        opener: Opener,
        *,
        entry: Mapping[str, Any],
        answers: Mapping[str, Any],
    ) -> Preview:
        """Write a message to a person; what `entry` and `answers` lack is shown by its name. Raises NotFoundError."""
        template = self.template(id)
        traits = self._reader.traits(profile_id, opener, after=None, limit=MAX_TRAITS)
        names = variables(template)
        given = {
            "traits": {trait.name: trait.shown.value for trait in traits},
            "entry": _named(names, "entry", entry),
            "answers": _named(names, "answers", answers),
            "workspace": self._workspace(),
            "links": LINKS,
        }
        sealed = [f"traits.{trait.name}" for trait in traits if trait.shown.masked]
        masked = any(f"{name}.".startswith(f"{one}.") for one in sealed for name in names)
        try:
            message = render(template, given)
        except MissingVariableError as error:
            return Preview(template=template, missing=error.name, masked=masked)
        length = sms_length(message.text) if template.channel == "sms" else None
        return Preview(template=template, message=message, length=length, masked=masked)

    def _workspace(self) -> Mapping[str, str | None]:
        found = self._store.get("workspace", "settings")
        workspace = parse_workspace(found.content if found else {})
        return {"zone": workspace.zone, "currency": workspace.currency}


def _named(names: frozenset[str], root: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give values for names of a root: what somebody said, else the name itself."""
    begins = f"{root}."
    shown = {name.removeprefix(begins): f"[{name}]" for name in names if name.startswith(begins)}
    return {**{name: text for name, text in shown.items() if name.partition(".")[0] not in given}, **given}
