"""Every example of the page on journeys is taken by parser and schema, and all of the language is shown."""

import re
from pathlib import Path
from typing import Any

import pytest

from cli.yaml_files import parse as read_yaml
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import compile_journey
from regulars.domain.journey_steps import KINDS
from regulars.domain.messaging import parse_messaging
from tests.test_catalog import accepts

TEXT = (Path(__file__).parents[1] / "docs" / "journeys.md").read_text()
ALL = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
POLICIES = [block for block in ALL if "messaging.yaml" in block]
BLOCKS = [block for block in ALL if block not in POLICIES]
ENTRIES = [
    each.replace("{…}", "{sku: a}") for each in re.findall(r"\| `(\{(?:event|segment|schedule|api).*?)` \|", TEXT)
]
FIELDS = ("when", "again", "cool_down", "at_once", "goal", "exit", "holdout", "priority", "enrol", "key", "same")


def definition_of(block: str) -> dict[str, Any]:
    """Read an example, which is a whole definition, its steps, or some of its fields."""
    content = read_yaml(block)
    if isinstance(content, list):
        content = {"steps": content}
    assert isinstance(content, dict)
    return {"enter": {"event": "Product Added", "key": "cart_id"}, "steps": [{"wait": "1 day"}], **content}


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_is_a_journey(block: str) -> None:
    definition = definition_of(block)

    assert compile_journey(parse_journey("example", definition)).definition["StartAt"]
    assert accepts("journey", definition)


@pytest.mark.parametrize("block", POLICIES)
def test_every_policy_is_one(block: str) -> None:
    content = read_yaml(block)

    assert isinstance(content, dict)
    assert parse_messaging(content).caps


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_is_one(entry: str) -> None:
    definition = {"enter": read_yaml(entry), "steps": ["exit"]}

    assert parse_journey("example", definition).id == "example"
    assert accepts("journey", definition)


def test_four_entries_are_shown() -> None:
    assert len(ENTRIES) == 4


@pytest.mark.parametrize("word", sorted({*KINDS, *FIELDS}))
def test_every_word_of_the_language_is_explained(word: str) -> None:
    assert f"`{word}`" in TEXT or re.search(rf"(?m)(^|[`{{ ]){word}:", TEXT)
