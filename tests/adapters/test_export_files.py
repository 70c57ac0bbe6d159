"""Addresses of files of exports: what S3 is asked, for how long, and that nothing else opens the bucket."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests

from regulars.adapters import export_files as module
from regulars.adapters.export_files import ExportFiles, export_files
from tests.tables import create_bucket

KEY = "files/1-x1/whole-ab"


@pytest.fixture
def files(aws: None) -> ExportFiles:
    del aws
    create_bucket("exports")
    module.export_files.cache_clear()
    made = export_files()
    made.put(KEY, b"rows")
    return made


def test_a_link_leads_to_the_file_as_something_to_save(files: ExportFiles) -> None:
    url = files.link(KEY, name="buyers-x1.csv", seconds=900)

    answer = requests.get(url, timeout=5)
    assert answer.content == b"rows"
    assert answer.headers["content-disposition"] == 'attachment; filename="buyers-x1.csv"'
    assert answer.headers["content-type"].startswith("text/csv")


def test_a_link_is_signed_anew_as_kms_asks_and_ends(files: ExportFiles) -> None:
    url = files.link(KEY, name="buyers-x1.jsonl", seconds=900)

    asked = parse_qs(urlsplit(url).query)
    # S3 sends who asks the address of all regions elsewhere, and the signature holds for one host.
    assert url.startswith("https://exports.s3.eu-west-1.amazonaws.com/files/")
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-Expires"] == ["900"]
    assert asked["X-Amz-Date"][0][:8] == f"{datetime.now(UTC):%Y%m%d}"
    assert asked["response-content-type"] == ["application/x-ndjson"]


def test_a_file_that_was_removed_is_not_there_for_any_link(files: ExportFiles) -> None:
    url = files.link(KEY, name="buyers-x1.csv", seconds=900)
    files.delete(KEY)

    assert requests.get(url, timeout=5).status_code in (403, 404)
    assert boto3.client("s3").list_objects_v2(Bucket="exports")["KeyCount"] == 0
