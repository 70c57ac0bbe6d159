"""A fake AWS for every test that asks for it; no test ever reaches the real one."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings
from moto import mock_aws

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_ACCOUNT_ID_ENDPOINT_MODE="disabled",  # else moto's streams have no endpoint
    POWERTOOLS_TRACE_DISABLED="1",
    JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION="20",
)
# The same examples each time, and no deadline: machines are shared. HYPOTHESIS_PROFILE=wide looks for new ones,
# and first stops at the first that fails, without looking for a smaller one.
settings.register_profile("same", max_examples=60, derandomize=True, deadline=None, print_blob=True)
settings.register_profile("wide", max_examples=2_000, deadline=None, print_blob=True)
settings.register_profile("first", derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

LONG = (
    "test_mutation.py",
    "test_season.py",
    "test_chaos.py",
    "test_cdnow.py",
    "test_rules.py",
    "test_erased.py",
    "test_kills.py",
    "test_dev.py",
    "test_journeys.py",
)  # minutes each, among files of seconds

for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "COLUMNS"):  # whoever runs the tests has theirs
    os.environ.pop(name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture
def aws() -> Iterator[None]:
    """An empty AWS account in memory."""
    from tests import moto_shim  # a second to import, which the inner rooms' tests need not wait for

    moto_shim.mend()
    with mock_aws():
        yield


@pytest.fixture
def tables(aws: None) -> None:
    """The eleven tables and the bucket for large things, empty, in the fake AWS."""
    from tests.tables import create_bucket, create_tables

    del aws
    create_tables()
    create_bucket("large")
