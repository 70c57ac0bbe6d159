"""Lists in the docs are made from what they describe, so none of them can drift."""

import os
from pathlib import Path

from infra.function_table import PAGE, is_current, table
from infra.templates import synthesize


def test_the_table_of_functions_is_the_deployed_one(tmp_path: Path) -> None:
    os.environ["CDK_VALIDATION"] = "false"  # CloudFormation's own validator, which test_rules.py runs

    assert is_current(PAGE.read_text(), table(synthesize(tmp_path))), "cure: make docs"
