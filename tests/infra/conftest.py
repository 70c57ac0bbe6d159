"""Both stacks, synthesized once for all tests."""

import os

import pytest

from infra.templates import Templates, synthesize

# CloudFormation's own validator takes longer than the synthesis; test_rules.py leaves it on.
os.environ["CDK_VALIDATION"] = "false"


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The stage `dev`."""
    return synthesize(tmp_path_factory.mktemp("dev"))


@pytest.fixture(scope="session")
def in_production(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The stage `prod`."""
    return synthesize(tmp_path_factory.mktemp("prod"), stage="prod")
