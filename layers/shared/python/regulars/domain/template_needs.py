"""What templates ask of the journeys that send them: properties of the entry, answers of webhooks, a way to leave."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from regulars.domain.journey_names import entered_by
from regulars.domain.journeys import (
    Awaited,
    Branch,
    EventEntry,
    Journey,
    Repeat,
    Send,
    Split,
    Step,
    Turn,
    Webhook,
    every,
    inner,
    signals,
    turns,
)
from regulars.domain.personal_names import personal_properties
from regulars.domain.plan_definitions import PlanDefinition
from regulars.domain.plan_merging import ancestors, merge, mode_of
from regulars.domain.plan_privacy import NOTHING, Declared, declare
from regulars.domain.templates import Template, unguarded, variables
from regulars.errors import DefinitionError

_ENTRY, _ANSWERS, _TRAITS = "entry.", "answers.", "traits."
UNSUBSCRIBE = "links.unsubscribe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """
    What a tracking plan says to messages of a journey.

    `properties` are those of the entry's event, None where it knows none; of them `sealed` are personal, and `secret`
    sensitive. `sensitive` are traits that no message says.
    """

    properties: Collection[str] | None = None
    sealed: Collection[str] = ()
    secret: Collection[str] = ()
    sensitive: Collection[str] = ()


NOTHING_PLANNED = Planned()


def sends(journey: Journey) -> Iterator[Send]:
    """List the messages of a journey."""
    return (step for step in every(journey.steps) if isinstance(step, Send))


def traits_of(template: Template) -> frozenset[str]:
    """
    Name the traits that a template says of people.

    Names of traits may have dots: of `a.b.c` it may be `a.b` or `a.b.c`, and what begins with `a` is seen with that.
    """
    said = (name.split(".") for name in _under(_TRAITS, variables(template)))
    return frozenset(".".join(parts[:end]) for parts in said for end in range(min(len(parts), 2), len(parts) + 1))


def bound_names(journey: Journey, templates: Mapping[str, Template]) -> frozenset[str]:
    """Name the properties of the entry that a passage keeps: what the journey reads of them, and its templates."""
    asked = [templates[send.template] for send in sends(journey) if send.template in templates]
    written = {name.removeprefix(_ENTRY) for one in asked for name in variables(one) if name.startswith(_ENTRY)}
    return frozenset(written | _named(journey))


def check_sends(journey: Journey, templates: Mapping[str, Template], planned: Planned = NOTHING_PLANNED) -> None:
    """
    Make sure that each message of a journey has its template, and that the journey gives what that needs.

    Raises DefinitionError.
    """
    webhooks = [step for step in every(journey.steps) if isinstance(step, Webhook)]
    told = {name for webhook in webhooks for name, _ in webhook.answers}
    for send in sends(journey):
        _check_template(send, templates.get(send.template))
        _check_entry(journey, send, templates[send.template], planned)
        _check_traits(send, templates[send.template], planned.sensitive)
        if unknown := sorted(_under(_ANSWERS, variables(templates[send.template])) - told):
            raise _wrong(send, f"asks for {_ANSWERS}{unknown[0]}, and no webhook of the journey keeps such an answer")
    _Walk(templates).through(journey.steps, frozenset())


def planned(journey: Journey, plans: Sequence[PlanDefinition]) -> Planned:
    """Gather what a tracking plan says to messages of a journey."""
    by = journey.entry.by
    properties = planned_properties(by.selection.event, plans) if isinstance(by, EventEntry) else None
    declared = _declared(entered_by(journey), plans)
    return Planned(
        properties=properties,
        sealed=declared.personal.get("properties", ()),
        secret=declared.sensitive.get("properties", ()),
        sensitive=sensitive_traits(plans),
    )


def sensitive_traits(plans: Sequence[PlanDefinition]) -> frozenset[str]:
    """Name the traits that a tracking plan calls sensitive in any call."""
    lines = (ancestors(plan, plans) for plan in plans if plan.scope != "group")
    declared = (declare(merge(line)) for line in lines if mode_of(line) != "draft")
    return frozenset(name for each in declared for name in each.sensitive.get("traits", ()))


def planned_properties(event: str, plans: Sequence[PlanDefinition]) -> frozenset[str] | None:
    """Name the properties that a tracking plan knows of an event; None where it plans none."""
    plan = next((one for one in plans if one.scope == "event" and one.subject == event and one.mode != "draft"), None)
    if plan is None:
        return None
    known = merge(ancestors(plan, plans)).get("properties", {}).get("properties", {})
    return frozenset(known) or None


def _declared(event: str, plans: Sequence[PlanDefinition]) -> Declared:
    """Gather what a tracking plan says of an event, by name or as of all events, as the door does."""
    own = [one for one in plans if one.scope == "event" and one.subject == event]
    lines = (ancestors(one, plans) for one in [*own, *(one for one in plans if one.scope == "all")])
    line = next((line for line in lines if mode_of(line) != "draft"), None)
    return declare(merge(line)) if line else NOTHING


def _check_template(send: Send, template: Template | None) -> None:
    if template is None:
        raise _wrong(send, f"there is none: write catalog/templates/{send.template}.yaml")
    if template.channel != send.channel:
        raise _wrong(send, f"is a template for {template.channel}, and this is sent by {send.channel}")
    if send.channel == "email" and send.kind == "marketing":
        for part in ("html", "text"):
            if (text := template.parts.get(part)) and UNSUBSCRIBE not in text.needs:
                fix = f"put {{{{{UNSUBSCRIBE}}}}} into its {part}, outside of all sections"
                raise _wrong(send, f"is marketing that nobody could unsubscribe from: {fix}")


def _check_entry(journey: Journey, send: Send, template: Template, planned: Planned) -> None:
    asked = sorted(_under(_ENTRY, variables(template)))
    by_event = isinstance(journey.entry.by, EventEntry)
    if asked and not by_event and not journey.entry.open:
        what = f"asks for {_ENTRY}{asked[0]}, and who enters by a segment or a schedule brings no properties"
        raise _wrong(send, what)
    for name in asked:
        first = name.partition(".")[0]
        if first in planned.secret or name in planned.secret:
            what = f"asks for {_ENTRY}{name}, which the tracking plan calls sensitive, and no message says what is"
            raise _wrong(send, f"{what}: leave it out of the template")
        if personal_properties((name, first)) or {name, first} & set(planned.sealed):
            raise _wrong(send, f"asks for {_ENTRY}{name}, which is personal and kept sealed: ask for a trait instead")
        if by_event and planned.properties is not None and not {name, first} & set(planned.properties):
            known = ", ".join(sorted(planned.properties)[:20])
            raise _wrong(send, f"asks for {_ENTRY}{name}, which the tracking plan does not know; it knows {known}")


def _check_traits(send: Send, template: Template, sensitive: Collection[str]) -> None:
    asked = {name.partition(".")[0] for name in _under(_TRAITS, variables(template))}
    if told := sorted(asked.intersection(sensitive)):
        what = f"asks for {_TRAITS}{told[0]}, which the tracking plan calls sensitive, and no message says what is"
        raise _wrong(send, f"{what}: leave it out of the template")


class _Walk:
    """Goes through a journey by all ways, and knows at each message which answers there are whichever was taken."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self._templates = templates

    def through(self, steps: Turn, given: frozenset[str]) -> frozenset[str] | None:
        """Say which answers there are after some steps; None where nobody comes out."""
        if not isinstance(steps, tuple):
            return None
        for step in steps:
            after = self._step(step, given)
            if after is None:
                return None
            given = after
        return given

    def _step(self, step: Step, given: frozenset[str]) -> frozenset[str] | None:
        if isinstance(step, Send):
            if lacking := sorted(_under(_ANSWERS, unguarded(self._templates[step.template])) - given):
                fix = f"say failed: exit at the webhook, or put it into {{{{#{_ANSWERS}{lacking[0]}}}}}…"
                raise _wrong(step, f"asks for {_ANSWERS}{lacking[0]}, which some come here without: {fix}")
            return given
        if isinstance(step, Webhook):
            return given | {name for name, _ in step.answers} if step.failed == "exit" else given
        ways = self._ways(step)
        left = [after for way in ways if (after := self.through(way, given)) is not None]
        return frozenset.intersection(*left) if left else None

    def _ways(self, step: Step) -> Sequence[Turn]:
        is_whole = isinstance(step, Split) and sum(part.percent for part in step.parts) == 100
        return inner(step) if is_whole or isinstance(step, Repeat) else turns(step)


def _named(journey: Journey) -> set[str]:
    """Name the properties that a journey itself reads of the event that was entered by."""
    by = journey.entry.by
    keys = {by.key} if isinstance(by, EventEntry) and by.key else set[str]()
    same = {own for signal in signals(journey) if isinstance(signal, Awaited) for _, own in signal.same}
    arms = (arm for step in every(journey.steps) if isinstance(step, Branch) for arm in step.arms)
    return keys | same | {where.property for arm in arms for where in arm.entry}


def _under(root: str, names: Collection[str]) -> set[str]:
    return {name.removeprefix(root) for name in names if name.startswith(root)}


def _wrong(send: Send, what: str) -> DefinitionError:
    return DefinitionError("steps", f"send of {send.template}: {what}")
