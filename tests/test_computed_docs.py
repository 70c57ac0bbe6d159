"""Every example of the page on computed traits is taken by parser and schema, and all of the language is shown."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from cli.yaml_files import parse as read_yaml
from regulars.domain.computed_definitions import KINDS, parse_computed
from regulars.domain.computing import Type
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Function
from tests.computed import COMPUTED, TRAITS
from tests.test_catalog import accepts

TEXT = (Path(__file__).parents[1] / "docs" / "computed-traits.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def definition_of(block: str) -> dict[str, Any]:
    """Read an example."""
    content = read_yaml(block)
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_can_be_applied(block: str) -> None:
    definition = definition_of(block)

    if "# catalog/segments" in block:
        assert parse("example", definition, computed=TRAITS).id == "example"
        assert accepts("segment", definition)
    else:
        assert parse_computed("example", definition, COMPUTED).id == "example"
        assert accepts("computed-trait", definition)


@pytest.mark.parametrize("word", [*get_args(Function), *KINDS])
def test_every_word_of_a_definition_is_shown(word: str) -> None:
    assert any(word in definition_of(block) for block in BLOCKS)


@pytest.mark.parametrize("type", get_args(Type))
def test_every_type_of_a_value_is_explained(type: str) -> None:
    assert f"| `{type}` |" in TEXT
