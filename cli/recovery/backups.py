"""Tables as they were at an instant, by DynamoDB's point-in-time recovery, always under another name."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from cli.errors import UserError
from cli.recovery.account import Account, in_words
from regulars.domain.instants import SECOND, to_text
from regulars.stores.database import TableName


def restored_name(live: str, at: int) -> str:
    """Name the table to which another one is restored: no function may read it."""
    return f"{live}-restored-{datetime.fromtimestamp(at // SECOND, UTC):%Y%m%d%H%M%S}"


class Backups:
    """Restores the tables of a deployment to one instant (microseconds), and says how far that is."""

    def __init__(self, account: Account, at: int) -> None:
        self._account = account
        self._client = account.client("dynamodb")
        self._at = at

    def begin(self, tables: Sequence[TableName]) -> None:
        """Restore tables that are not restored yet. Raises UserError."""
        standing = self.states()
        for table in tables:
            if table not in standing:
                self._begin(table)

    def states(self) -> dict[TableName, str]:
        """Say of each table that is restored, or is being, in which state it is. Raises UserError."""
        found: dict[TableName, str] = {}
        for table, live in self._account.tables.items():
            try:
                with in_words():
                    answer = self._client.describe_table(TableName=restored_name(live, self._at))
            except UserError as error:
                cause = error.__cause__
                if isinstance(cause, ClientError) and cause.response["Error"]["Code"] == "ResourceNotFoundException":
                    continue
                raise
            found[table] = answer["Table"]["TableStatus"]
        return found

    def names(self) -> Mapping[TableName, str]:
        """Name the restored tables. Raises UserError while one of them is not ready."""
        states = self.states()
        if waiting := sorted(table for table, state in states.items() if state != "ACTIVE"):
            raise UserError(f"not restored yet: {', '.join(waiting)}", fix="wait with: regulars recovery restore")
        return {table: restored_name(self._account.tables[table], self._at) for table in states}

    def _begin(self, table: TableName) -> None:
        live = self._account.tables[table]
        with in_words():
            window = self._client.describe_continuous_backups(TableName=live)["ContinuousBackupsDescription"]
            self._check(table, window.get("PointInTimeRecoveryDescription", {}))
            self._client.restore_table_to_point_in_time(
                SourceTableName=live,
                TargetTableName=restored_name(live, self._at),
                RestoreDateTime=datetime.fromtimestamp(self._at / SECOND, UTC),
                GlobalSecondaryIndexOverride=[],  # nobody asks the copy by an index, and it is ready sooner without
                **self._encryption(live),
            )

    def _check(self, table: TableName, window: Mapping[str, Any]) -> None:
        first, last = window.get("EarliestRestorableDateTime"), window.get("LatestRestorableDateTime")
        asked = datetime.fromtimestamp(self._at / SECOND, UTC)
        if first and last and not first <= asked <= last:
            raise UserError(
                f"{table} can be restored from {first.isoformat()} to {last.isoformat()}, not to {to_text(self._at)}",
                fix="name other tables with --table; docs/recovery.md says what can be had without it",
            )

    def _encryption(self, live: str) -> dict[str, Any]:
        """Encrypt the copy by the same key as the table; without a word it might be one of AWS."""
        sealed = self._client.describe_table(TableName=live)["Table"].get("SSEDescription", {})
        if "KMSMasterKeyArn" not in sealed:
            return {}
        return {
            "SSESpecificationOverride": {
                "Enabled": True,
                "SSEType": "KMS",
                "KMSMasterKeyId": sealed["KMSMasterKeyArn"],
            }
        }
