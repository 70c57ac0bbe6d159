"""Every example of the page on segments is taken by parser and schema, and all of the language is shown."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from cli.yaml_files import parse as read_yaml
from regulars.domain.check_definitions import CHECKS
from regulars.domain.segment_definitions import LEAVES, parse
from regulars.domain.segments import Function
from tests.computed import TRAITS
from tests.test_catalog import accepts

TEXT = (Path(__file__).parents[1] / "docs" / "segments.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def definition_of(block: str) -> dict[str, Any]:
    """Read an example, which is a whole definition or one condition."""
    content = read_yaml(block)
    assert isinstance(content, dict)
    return content if "where" in content and "event" not in content else {"where": content}


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_is_a_segment(block: str) -> None:
    definition = definition_of(block)

    assert parse("example", definition, computed=TRAITS).id == "example"
    assert accepts("segment", definition)


@pytest.mark.parametrize("word", sorted({*get_args(Function), *CHECKS, *LEAVES} - {"equals"}))
def test_every_word_of_the_language_is_explained(word: str) -> None:
    assert f"`{word}`" in TEXT or any(re.search(rf"\b{word}:", block) for block in BLOCKS)
