"""The entry point of `cdk synth` and `cdk deploy`: `-c stage=prod -c region=eu-central-1`."""

from aws_cdk import App, Environment

from infra.data import Data
from infra.platform import Platform
from infra.stage import Stage

FLAGS = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "aws:cdk:enable-path-metadata": True,  # resources keep our names for them, with the CLI and without
}


def build(app: App) -> tuple[Data, Platform]:
    """Draw both stacks: what must survive, and what can be replaced at will."""
    stage = Stage.from_context(app.node)
    # A region and no account: a table with a key of its own must know where it lives.
    where = Environment(region=stage.region)
    data = Data(app, f"regulars-{stage.name}-data", stage=stage, env=where)
    platform = Platform(app, f"regulars-{stage.name}-platform", stage=stage, data=data, env=where)
    return data, platform


if __name__ == "__main__":
    application = App(context=FLAGS)
    build(application)
    application.synth()
