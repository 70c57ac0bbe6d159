"""The rule book of cdk-nag, and CloudFormation's own."""

import os
import subprocess
import sys
from pathlib import Path

from infra.layers import ROOT

PROGRAM = """
import sys
from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks
from infra.app import FLAGS, build

context = {**FLAGS, "local": "1", "aws:cdk:bundling-stacks": []}
app = App(outdir=sys.argv[1], context=context)
Validations.of(app).add_plugins(AwsSolutionsChecks(app))
build(app)
app.synth()
"""


def test_every_rule_is_kept_or_answered(tmp_path: Path) -> None:
    # A folder of its own: the report that stays there would stop a deployment from it.
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    # Without the variable that tests/infra/conftest.py sets, CloudFormation's validator runs too.
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "CDK_VALIDATION"}
