"""The stack that must survive: tables, buckets, keys and people."""

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from infra.buckets import Buckets
from infra.keys import Keys
from infra.people import People
from infra.stage import Stage
from infra.tables import Tables


class Data(Stack):
    def __init__(self, scope: Construct, id: str, *, stage: Stage, env: Environment) -> None:
        super().__init__(scope, id, env=env, termination_protection=stage.is_kept)
        self.keys = Keys(self, "keys", stage=stage)
        self.tables = Tables(self, "tables", stage=stage, keys=self.keys)
        self.buckets = Buckets(self, "buckets", stage=stage, keys=self.keys)
        self.people = People(self, "people", stage=stage)
        self._publish()
        CfnOutput(self, "UserPoolId", value=self.people.pool.user_pool_id)
        CfnOutput(self, "UserPoolClientId", value=self.people.client.user_pool_client_id)

    def _publish(self) -> None:
        """
        Export the same values whoever uses them.

        An export that came and went with its user could never be withdrawn: the data stack is
        deployed first, while the platform of yesterday still imports it.
        """
        for table in self.tables.all:
            self.export_value(table.table_name)
            self.export_value(table.table_arn)
            if table.has_stream:
                self.export_value(table.table_stream_arn)
        self.export_value(self.buckets.failures.bucket_name)
        for key in (self.keys.events, self.keys.profiles, self.keys.vault, self.keys.audit, self.keys.workspace):
            self.export_value(key.key_arn)
        for bucket in (self.buckets.lake, self.buckets.answers, self.buckets.failures, self.buckets.large):
            self.export_value(bucket.bucket_arn)
        self.export_value(self.buckets.anchors.bucket_arn)
        self.export_value(self.buckets.anchors.bucket_name)
        self.export_value(self.buckets.large.bucket_name)
        self.export_value(self.buckets.lake.bucket_name)
        self.export_value(self.buckets.answers.bucket_name)
        self.export_value(self.people.pool.user_pool_id)
        self.export_value(self.people.pool.user_pool_arn)
        self.export_value(self.people.client.user_pool_client_id)
