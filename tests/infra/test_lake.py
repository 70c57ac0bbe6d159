"""The lake as it is deployed: what gathers, and what Athena is told is what the library writes."""

import json
from base64 import b64decode
from typing import Any

import pytest

from infra.permissions import identity, paths
from infra.templates import Template, Templates, resources
from regulars.domain.lake import TABLES, Column, Kind
from regulars.domain.lake_files import folder
from regulars.domain.lake_sql import shown, views

GLUE: dict[Kind, str] = {
    "text": "string",
    "texts": "array<string>",
    "number": "bigint",
    "instant": "timestamp",
    "bytes": "binary",
    "sealed": "map<string,binary>",
}
ATHENA: dict[Kind, str] = {
    "text": "varchar",
    "texts": "array(varchar)",
    "number": "bigint",
    "instant": "timestamp(3)",
    "bytes": "varbinary",
    "sealed": "map(varchar, varbinary)",
}


@pytest.fixture
def tables(deployed: Templates) -> dict[str, Template]:
    """What Glue is told of each table and view, by name."""
    found = [each["TableInput"] for each in resources(deployed.platform, "Glue::Table").values()]
    return {each["Name"]: each for each in found}


def columns(table: Template) -> list[tuple[str, str]]:
    return [(each["Name"], each["Type"]) for each in table["StorageDescriptor"]["Columns"]]


def written(each: tuple[Column, ...], types: dict[Kind, str]) -> list[tuple[str, str]]:
    return [(column.name, types[column.kind]) for column in each]


def told(view: Template) -> dict[str, Any]:
    text = view["ViewOriginalText"]
    content: dict[str, Any] = json.loads(b64decode(text.removeprefix("/* Presto View: ").removesuffix(" */")))
    return content


def test_there_is_a_table_of_files_and_a_view_for_each(tables: dict[str, Template]) -> None:
    assert tables.keys() == {table.files for table in TABLES.values()} | views().keys()


@pytest.mark.parametrize("name", TABLES)
def test_glue_knows_the_columns_that_are_written(tables: dict[str, Template], name: str) -> None:
    table = tables[TABLES[name].files]

    assert columns(table) == written(TABLES[name].columns, GLUE)
    assert table["PartitionKeys"] == [{"Name": "day", "Type": "string"}]


@pytest.mark.parametrize("name", TABLES)
def test_days_are_found_where_files_are_written(tables: dict[str, Template], name: str) -> None:
    parameters = tables[TABLES[name].files]["Parameters"]

    assert parameters["projection.enabled"] == "true"
    assert parameters["projection.day.range"] == "2026-01-01,NOW"
    *_, template = parameters["storage.location.template"]["Fn::Join"][1]
    assert template == f"/{folder(TABLES[name], '${day}')}"


@pytest.mark.parametrize("name", views())
def test_athena_reads_the_views_that_duckdb_reads(tables: dict[str, Template], name: str) -> None:
    view = tables[name]
    content = told(view)

    assert view["TableType"] == "VIRTUAL_VIEW"
    assert content["originalSql"] == views()[name]
    assert content["schema"] == "regulars_dev"
    assert columns(view) == written(shown()[name], GLUE)
    assert [(each["name"], each["type"]) for each in content["columns"]] == written(shown()[name], ATHENA)


def test_a_stage_has_a_database_of_its_own(deployed: Templates, in_production: Templates) -> None:
    names = [
        each["DatabaseInput"]["Name"]
        for templates in (deployed, in_production)
        for each in resources(templates.platform, "Glue::Database").values()
    ]

    assert names == ["regulars_dev", "regulars_prod"]


def test_a_query_has_a_limit_and_its_answer_is_encrypted(deployed: Templates) -> None:
    [workgroup] = resources(deployed.platform, "Athena::WorkGroup").values()
    configuration = workgroup["WorkGroupConfiguration"]
    answers = configuration["ResultConfiguration"]
    known = paths(deployed)

    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 10 * 2**30
    assert answers["EncryptionConfiguration"]["EncryptionOption"] == "SSE_KMS"
    assert known[identity(answers["EncryptionConfiguration"]["KmsKey"])] == "keys/events"
    assert known[identity(answers["OutputLocation"]["Fn::Join"][1][1])] == "buckets/answers"


def test_what_is_archived_gathers_so_that_files_are_not_tiny(deployed: Templates) -> None:
    known = paths(deployed)
    gathering = {
        known[identity(each["EventSourceArn"])]: (each["MaximumBatchingWindowInSeconds"], each["BatchSize"])
        for each in resources(deployed.platform, "Lambda::EventSourceMapping").values()
        if "MaximumBatchingWindowInSeconds" in each
    }

    assert gathering == dict.fromkeys(("tables/events", "tables/profiles", "tables/tallies"), (300, 5_000))
