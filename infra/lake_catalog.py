"""The lake for Athena: a database of tables over the files, the views that are read, and a workgroup with a limit."""

import json
from base64 import b64encode

from aws_cdk import Aws
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from constructs import Construct

from infra.buckets import Buckets
from infra.lake_schema import DAY, FILES, VIEWS, Columns, View
from infra.stage import Stage

_FIRST_DAY = "2026-01-01"  # nothing was archived before
_MOST_SCANNED = 10 * 2**30  # bytes a query may read: five cents
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


class LakeCatalog(Construct):
    def __init__(self, scope: Construct, id: str, *, stage: Stage, buckets: Buckets) -> None:
        super().__init__(scope, id)
        # Names of our own: they stand in people's queries.
        self._name = f"regulars_{stage.name.replace('-', '_')}"
        self._database = glue.CfnDatabase(
            self,
            "database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(name=self._name),
        )
        files = [self._files(table, columns, buckets) for table, columns in FILES.items()]
        for name, view in VIEWS.items():
            made = self._view(name, view)
            for table in files:
                made.add_resource_dependency(table)
        self.workgroup = _workgroup(self, stage, buckets)

    def _files(self, table: str, columns: Columns, buckets: Buckets) -> glue.CfnTable:
        """Draw a table over files; its days follow from their names, so that nobody has to look for new ones."""
        place = f"s3://{buckets.lake.bucket_name}/{table}/"
        return self._table(
            f"{table}_files",
            glue.CfnTable.TableInputProperty(
                name=f"{table}_files",
                description="files as they lie there, copies of rows and all: read the view instead",
                table_type="EXTERNAL_TABLE",
                partition_keys=_columns(DAY),
                parameters={
                    "EXTERNAL": "TRUE",
                    "classification": "parquet",
                    "projection.enabled": "true",
                    "projection.day.type": "date",
                    "projection.day.format": "yyyy-MM-dd",
                    "projection.day.range": f"{_FIRST_DAY},NOW",
                    "projection.day.interval": "1",
                    "projection.day.interval.unit": "DAYS",
                    "storage.location.template": f"{place}day=${{day}}/",
                },
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    location=place,
                    columns=_columns(columns),
                    input_format=f"{_PARQUET}.MapredParquetInputFormat",
                    output_format=f"{_PARQUET}.MapredParquetOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library=f"{_PARQUET}.serde.ParquetHiveSerDe"
                    ),
                ),
            ),
        )

    def _view(self, name: str, view: View) -> glue.CfnTable:
        """Draw a view as Athena keeps its own."""
        columns = [{"name": column, "type": athenas} for column, (_, athenas) in view.columns.items()]
        content = {"originalSql": view.sql, "catalog": "awsdatacatalog", "schema": self._name, "columns": columns}
        told = b64encode(json.dumps(content).encode()).decode()
        return self._table(
            name,
            glue.CfnTable.TableInputProperty(
                name=name,
                table_type="VIRTUAL_VIEW",
                parameters={"presto_view": "true", "comment": "Presto View"},
                view_original_text=f"/* Presto View: {told} */",
                view_expanded_text="/* Presto View */",
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=_columns(view.columns),
                    serde_info=glue.CfnTable.SerdeInfoProperty(name="-", serialization_library="-"),
                ),
            ),
        )

    def _table(self, id: str, content: glue.CfnTable.TableInputProperty) -> glue.CfnTable:
        table = glue.CfnTable(self, id, catalog_id=Aws.ACCOUNT_ID, database_name=self._name, table_input=content)
        table.add_resource_dependency(self._database)
        return table


def _columns(columns: Columns) -> list[glue.CfnTable.ColumnProperty]:
    return [glue.CfnTable.ColumnProperty(name=name, type=glues) for name, (glues, _) in columns.items()]


def _workgroup(scope: Construct, stage: Stage, buckets: Buckets) -> athena.CfnWorkGroup:
    """Draw where queries run: answers are encrypted and soon gone, and no query reads more than the limit."""
    answers = buckets.answers
    assert answers.encryption_key
    return athena.CfnWorkGroup(
        scope,
        "workgroup",
        name=f"regulars-{stage.name}",
        recursive_delete_option=not stage.is_kept,
        work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
            enforce_work_group_configuration=True,
            publish_cloud_watch_metrics_enabled=True,
            bytes_scanned_cutoff_per_query=_MOST_SCANNED,
            engine_version=athena.CfnWorkGroup.EngineVersionProperty(selected_engine_version="Athena engine version 3"),
            result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                output_location=f"s3://{answers.bucket_name}/",
                encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                    encryption_option="SSE_KMS", kms_key=answers.encryption_key.key_arn
                ),
            ),
        ),
    )
