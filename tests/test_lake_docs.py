"""The page about the lake describes the tables that are written."""

import re

from infra.layers import ROOT
from regulars.domain.lake import VERSION
from regulars.domain.lake_files import LATEST
from regulars.domain.lake_sql import TYPES, shown

PAGE = (ROOT / "docs" / "lake.md").read_text()


def test_the_page_has_every_table_with_all_its_columns() -> None:
    found = {
        section.split("`")[1]: re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", section, flags=re.MULTILINE)
        for section in PAGE.split("\n### ")[1:]
    }

    assert found == {
        name: [(column.name, TYPES[column.kind], column.means) for column in columns]
        for name, columns in shown().items()
    }


def test_the_page_tells_the_version_and_how_late_a_file_may_come() -> None:
    assert f"Version {VERSION} of the schema" in PAGE
    assert f"late files of the last {LATEST} days" in PAGE
