"""The templates of the catalog: all that its journeys send, for who has told everything and who has told nothing."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journeys import Journey, Webhook, every
from regulars.domain.plan_definitions import parse_plan
from regulars.domain.template_needs import check_sends, planned, sends
from regulars.domain.templates import Template, length_of, parse_template, render
from regulars.domain.webhooks import parse_webhook

CATALOG = Path(__file__).parents[1] / "catalog"
LINKS = {"unsubscribe": "https://regulars.example/u?token=a&x=b", "preferences": "https://regulars.example/p?token=a"}
NOTHING: Mapping[str, Any] = {"links": LINKS, "entry": {"order_id": "o-1"}, "answers": {"coupon": "SPRING"}}
ALL = {**NOTHING, "traits": {"first_name": "Zoë <b>"}, "entry": {"order_id": "o-1", "name": "Pot & lid"}}


def read(folder: str) -> dict[str, Any]:
    """Read all definitions of a folder, by id."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted((CATALOG / folder).glob("*.yaml"))}


TEMPLATES: Mapping[str, Template] = {id: parse_template(id, one) for id, one in read("templates").items()}
JOURNEYS: Mapping[str, Journey] = {id: parse_journey(id, one) for id, one in read("journeys").items()}


@pytest.mark.parametrize("id", sorted(JOURNEYS))
def test_a_journey_gives_what_its_templates_need(id: str) -> None:
    plans = [parse_plan(id, one) for id, one in read("tracking-plan").items()]
    check_sends(JOURNEYS[id], TEMPLATES, planned(JOURNEYS[id], plans))


def test_all_that_is_there_is_sent_and_called() -> None:
    webhooks = {id: parse_webhook(id, one) for id, one in read("webhooks").items()}

    assert {send.template for journey in JOURNEYS.values() for send in sends(journey)} == set(TEMPLATES)
    steps = (step for journey in JOURNEYS.values() for step in every(journey.steps))
    assert {step.to for step in steps if isinstance(step, Webhook)} == set(webhooks)


@pytest.mark.parametrize("variables", [NOTHING, ALL], ids=["nothing", "all"])
@pytest.mark.parametrize("id", sorted(TEMPLATES))
def test_a_message_is_whole(id: str, variables: Mapping[str, Any]) -> None:
    message = render(TEMPLATES[id], variables)
    whole = message.subject + message.html + message.text

    assert "{{" not in whole
    assert "<b>" not in message.html
    assert "Hello ," not in whole
    if message.html:
        assert not re.search(r"\w\s+,|>\s*,", message.html)
        assert '<html lang="en">' in message.html
        assert len(message.html) < 20_000
        assert all('role="presentation"' in one for one in re.findall("<table[^>]*>", message.html))
        assert {LINKS["preferences"]} <= set(re.findall(r"https://[^\s]+", message.text))


def test_the_sms_is_one_part() -> None:
    assert length_of(TEMPLATES["delivery_delayed"]).parts == 1
