"""Read purposes from `catalog/consent.yaml`, and refuse what does not hold together, saying where."""

from collections.abc import Mapping
from typing import Any, cast

from regulars.domain.consent import GPC
from regulars.domain.decisions import LONGEST, is_purpose
from regulars.domain.definition_reading import only
from regulars.domain.gpp_strings import CATEGORIES as GPP
from regulars.domain.purposes import ASKED, BASES, TOOLS, Basis, Purpose, Purposes
from regulars.errors import DefinitionError

MAX_PURPOSES = 30
MAX_CHANNELS = 10
MAX_CATEGORIES = 100  # of one tool
MAX_NAME = 100
MAX_DESCRIPTION = 1_000
GOOGLE = (
    "ad_personalization",
    "ad_storage",
    "ad_user_data",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
)
_FIELDS = frozenset({"name", "description", "basis", "channels", "unsaid", "devices", "text"})
_TCF = 24
_AN_ID = "is a lower-case letter and then up to 62 of a-z, 0-9 and _"


def parse_purposes(definition: Mapping[str, Any]) -> Purposes:
    """
    Read purposes, and what consent tools call them.

    Raises DefinitionError, with the path of what is wrong.
    """
    only(definition, {"id", "purposes", "categories"}, "")
    raw = _object(definition.get("purposes"), "purposes", "{newsletter: {name: Newsletter, channels: [email]}}")
    if not 0 < len(raw) <= MAX_PURPOSES:
        raise DefinitionError("purposes", f"names 1 to {MAX_PURPOSES} purposes")
    by_id = {str(id): _purpose(id, content, f"purposes.{id}") for id, content in raw.items()}
    tools = _object(definition.get("categories", {}), "categories", "{segment: {C0004: [advertising]}}")
    only(tools, TOOLS, "categories")
    categories: dict[str, tuple[str, ...]] = {}
    for tool, said in tools.items():
        categories |= _categories(str(tool), said, by_id)
    if "gpp" not in tools and GPC in categories:  # what a browser's signal denies is what a string opts out of
        categories |= {f"gpp:{name}": categories[GPC] for name in GPP}
    return Purposes(by_id=by_id, categories=categories)


def _purpose(id: object, raw: object, path: str) -> Purpose:
    if not is_purpose(id):
        raise DefinitionError(path, f"the id of a purpose {_AN_ID}")
    content = _object(raw, path, "{name: Newsletter, basis: consent, channels: [email]}")
    only(content, _FIELDS, path)
    basis = content.get("basis", "consent")
    if basis not in BASES:
        raise DefinitionError(f"{path}.basis", f"is one of {', '.join(BASES)}")
    devices = content.get("devices", False)
    if not isinstance(devices, bool):
        raise DefinitionError(f"{path}.devices", "is true or false")
    return Purpose(
        id=str(id),
        name=_text(content.get("name", id), f"{path}.name", MAX_NAME),
        description=_text(content["description"], f"{path}.description", MAX_DESCRIPTION)
        if "description" in content
        else "",
        basis=cast("Basis", basis),
        channels=_channels(content.get("channels", []), f"{path}.channels"),
        unsaid=_unsaid(content, cast("Basis", basis), path),
        devices=devices,
        text=_text(content["text"], f"{path}.text", MAX_NAME) if "text" in content else "",
    )


def _unsaid(content: Mapping[str, Any], basis: Basis, path: str) -> bool:
    """Silence is never consent; what a contract or a law asks for holds anyway."""
    usual = "denied" if basis in ASKED else "granted"
    unsaid = content.get("unsaid", usual)
    if unsaid not in ("granted", "denied"):
        raise DefinitionError(f"{path}.unsaid", "is granted or denied")
    if basis == "consent" and unsaid == "granted":
        raise DefinitionError(
            f"{path}.unsaid", "is denied where the basis is consent: who says nothing agrees to nothing"
        )
    if basis not in ASKED and unsaid == "denied":
        raise DefinitionError(f"{path}.unsaid", f"is granted where the basis is {basis}: nobody is asked")
    return bool(unsaid == "granted")


def _channels(raw: object, path: str) -> tuple[str, ...]:
    if not isinstance(raw, list) or len(raw) > MAX_CHANNELS or not all(map(is_purpose, raw)) or len({*raw}) < len(raw):
        raise DefinitionError(
            path, f"is a list of up to {MAX_CHANNELS} different names such as email, each of which {_AN_ID}"
        )
    return tuple(raw)


def _categories(tool: str, raw: object, purposes: Mapping[str, Purpose]) -> dict[str, tuple[str, ...]]:
    path = f"categories.{tool}"
    if tool == "gpc":
        return {tool: _named(raw, path, purposes)}
    said = _object(raw, path, "{C0004: [advertising]}")
    if len(said) > MAX_CATEGORIES:
        raise DefinitionError(path, f"names at most {MAX_CATEGORIES} categories")
    return {
        f"{tool}:{_category(tool, name, path)}": _named(ids, f"{path}.{name}", purposes) for name, ids in said.items()
    }


def _category(tool: str, raw: object, path: str) -> str:
    name = _text(raw, f"{path}.{raw}", LONGEST - len("rudderstack:"))
    if tool == "tcf" and not (
        name.isascii() and name.isdecimal() and 1 <= int(name) <= _TCF and name == str(int(name))
    ):
        raise DefinitionError(f"{path}.{name}", f'is the number of a purpose of the TCF, "1" to "{_TCF}"')
    if tool == "gpp" and name not in GPP:
        raise DefinitionError(f"{path}.{name}", f"is one of {', '.join(GPP)}")
    if tool == "google" and name not in GOOGLE:
        raise DefinitionError(f"{path}.{name}", f"is one of {', '.join(GOOGLE)}")
    return name


def _named(raw: object, path: str, purposes: Mapping[str, Purpose]) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw or not all(isinstance(id, str) for id in raw) or len({*raw}) < len(raw):
        raise DefinitionError(path, "is a list of purposes, each once, such as [advertising]")
    for id in raw:
        if id not in purposes:
            raise DefinitionError(path, f"names {id}, which is none of the purposes {', '.join(purposes)}")
        if not purposes[id].is_asked:
            raise DefinitionError(path, f"names {id}, which nobody is asked for: its basis is {purposes[id].basis}")
    return tuple(raw)


def _object(raw: object, path: str, example: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise DefinitionError(path, f"is an object, such as {example}")
    return raw


def _text(raw: object, path: str, most: int) -> str:
    if not isinstance(raw, str) or not 0 < len(raw) <= most or not raw.replace("\n", " ").isprintable():
        raise DefinitionError(path, f"is a text of 1 to {most} printable characters")
    return raw
