"""Lists in the docs are made from what they describe, so none of them can drift."""

import os
import re
from pathlib import Path

import pytest

from cli import register
from infra.function_table import PAGE, is_current, table
from infra.layers import ROOT
from infra.permissions import paths
from infra.templates import Templates, resources, synthesize
from regulars.stores.database import KEYS

DOCS = ROOT / "docs"
WORDS = """
    arrival attach catalog count door drawer duplicate event floor fold head identifier instant known ledger link live
    mark membership merge moment owner part profile quarantine redrive sealed segment settle slot source stage state
    tick timer tombstone trait transition verdict version watch workspace
""".split()


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    os.environ["CDK_VALIDATION"] = "false"  # CloudFormation's own validator, which test_rules.py runs
    return synthesize(tmp_path_factory.mktemp("templates"))


def test_the_table_of_functions_is_the_deployed_one(templates: Templates) -> None:
    assert is_current(PAGE.read_text(), table(templates)), "cure: make docs"


def test_the_register_is_the_one_of_the_code() -> None:
    written = register.PAGE.read_text()

    assert register.page(written) == written, "cure: make docs"


def test_the_glossary_has_every_word_of_the_code() -> None:
    glossary = (DOCS / "glossary.md").read_text()
    missing = [word for word in WORDS if f"| {word} |" not in glossary]

    assert missing == []
    assert [name for name in KEYS if name.removesuffix("s") not in glossary and name not in glossary] == []


def test_operations_names_every_alarm_and_no_other(templates: Templates) -> None:
    known = paths(templates)
    alarms = {known[name].removeprefix("alarms/watch/") for name in resources(templates.alarms, "CloudWatch::Alarm")}
    section = (DOCS / "operations.md").read_text().split("\n## Alarms\n")[1].split("\n## ")[0]
    named = re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", section, flags=re.MULTILINE)

    assert sorted(alarms) == sorted(named)


def test_the_cost_of_a_month_counts_what_is_deployed(templates: Templates) -> None:
    deployed = [
        one["Type"]
        for each in (templates.data, templates.platform, templates.alarms)
        for one in each["Resources"].values()
    ]
    text = (DOCS / "cost.md").read_text()

    assert f"| {deployed.count('AWS::KMS::Key')} KMS keys |" in text
    assert f"| {deployed.count('AWS::CloudWatch::Alarm')} alarms |" in text


def test_operations_names_every_metric() -> None:
    page = (DOCS / "operations.md").read_text()
    code = "".join(file.read_text() for file in [*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")])
    counted = set(re.findall(r"""journal\.count\("(\w+)\"""", code))

    assert [name for name in sorted(counted) if f"`{name}`" not in page] == []


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text()
    pages = [str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md") if page.name != "README.md"]

    assert [page for page in sorted(pages) if f"({page})" not in index] == []


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert broken == []
