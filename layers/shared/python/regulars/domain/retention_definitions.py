"""Read retention from `catalog/retention.yaml`; the door does so too, hence nothing heavy is imported here."""

from collections.abc import Mapping
from typing import Any, get_args

from regulars.domain.events import EventType
from regulars.domain.instants import DAY
from regulars.domain.retention import ANONYMOUS, DEFAULT, LEAST, LEAST_PERSON, MOST, FieldClass, Retention
from regulars.errors import DefinitionError

MAX_RULES = 500
_FIELDS = ("anonymous", "default", "events", "fields", "id", "profiles", "sources", "types")
_ELSEWHERE = {  # what one may look for here, and why it is refused
    "traits": (
        "has no meaning: the traits of a profile are kept as long as the person. Shorten `profiles`, remove a trait "
        "with PATCH /v1/profiles/{ref}/traits, or say under `fields` how long events keep what they said of traits"
    ),
}
_PARTS = {"day": 48, "month": 1_461, "year": 12 * 1_461}  # 48ths of a day: four years are 1,461 days, 48 months
_EXAMPLE = "is a number and a unit: days, months or years, such as 90 days or 13 months"


def parse_retention(definition: Mapping[str, Any]) -> Retention:
    """
    Read for how long what is kept.

    Raises DefinitionError, with the path of what is wrong.
    """
    for name in sorted(_ELSEWHERE.keys() & definition.keys()):
        raise DefinitionError(name, _ELSEWHERE[name])
    if unknown := sorted(str(key) for key in definition if key not in _FIELDS):
        raise DefinitionError("", f"does not know {', '.join(unknown)}; it takes {', '.join(_FIELDS)}")
    types = _rules(definition.get("types", {}), "types")
    if unknown := sorted(types.keys() - set(get_args(EventType))):
        raise DefinitionError(f"types.{unknown[0]}", f"is none of {', '.join(get_args(EventType))}")
    return Retention(
        default=_length(definition["default"], "default") if "default" in definition else DEFAULT,
        events=_rules(definition.get("events", {}), "events"),
        types=types,
        sources=_rules(definition.get("sources", {}), "sources"),
        anonymous=_of_people(definition, "anonymous", ANONYMOUS),
        profiles=_of_people(definition, "profiles", DEFAULT),
        fields=_fields(definition.get("fields", {})),
    )


def read_days(raw: object) -> int | None:
    """Read a length such as `90 days`, `13 months` or `10 years` in whole days, rounded up; None where it is none."""
    words = raw.split(" ") if isinstance(raw, str) else []
    parts = _PARTS.get(words[1].removesuffix("s")) if len(words) == 2 else None
    if parts is None or not (words[0].isascii() and words[0].isdigit() and len(words[0]) <= 5):
        return None
    return -(-int(words[0]) * parts // 48)


def _of_people(definition: Mapping[str, Any], name: str, otherwise: int) -> int:
    if name not in definition:
        return otherwise
    return _length(definition[name], name, least=LEAST_PERSON)


def _fields(raw: object) -> Mapping[FieldClass, int]:
    lengths, classes = _rules(raw, "fields"), get_args(FieldClass)
    if finer := sorted(lengths.keys() - set(classes)):
        raise DefinitionError(
            f"fields.{finer[0]}",
            f"is none of {', '.join(classes)}: what else is personal in an event is sealed as one, as `context`, and "
            "no part of that can go without its key. Shorten `context`, or the event, its type or its source",
        )
    return {name: lengths[name] for name in get_args(FieldClass) if name in lengths}


def _rules(raw: object, path: str) -> Mapping[str, int]:
    if not isinstance(raw, Mapping) or len(raw) > MAX_RULES:
        raise DefinitionError(path, f"is an object of up to {MAX_RULES} lengths of time by name")
    if not all(isinstance(name, str) and name for name in raw):
        raise DefinitionError(path, "names what each length of time is of")
    return {str(name): _length(length, f"{path}.{name}") for name, length in raw.items()}


def _length(raw: object, path: str, *, least: int = LEAST) -> int:
    days = read_days(raw)
    if days is None:
        raise DefinitionError(path, _EXAMPLE)
    if not least <= days * DAY <= MOST:
        raise DefinitionError(path, f"is from {least // DAY} days to 10 years: nothing is kept for ever")
    return days * DAY
