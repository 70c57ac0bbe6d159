"""One import from start to end: a few batches under way, and what is confirmed remembered in the order of the file."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from cli.errors import UserError
from cli.importing.batches import Batch, Event, gather, read_rows
from cli.importing.checkpoint import Checkpoint, Counts, Progress
from cli.importing.csv_records import read_csv
from cli.importing.json_records import read_json_lines
from cli.importing.parquet_records import read_parquet
from cli.importing.records import Format, Record, Source, reading
from cli.importing.rejects import RejectedFile
from cli.importing.sender import Receipt
from regulars.domain.mappings import ImportMapping

UNDER_WAY = 3


def records_of(source: Source, format: Format, columns: Sequence[str], encoding: str) -> Iterator[Record]:
    """Read the records of a file. Raises UserError."""
    with reading(source.path):
        match format:
            case "csv":
                yield from read_csv(source, columns, encoding)
            case "jsonl":
                yield from read_json_lines(source, encoding)
            case "parquet":
                yield from read_parquet(source, columns)


def batches_of(
    source: Source, format: Format, mapping: ImportMapping, *, after: int = 0, limit: int | None = None
) -> Iterator[Batch]:
    """Read a file in batches, from below a line."""
    reads = read_rows(mapping, records_of(source, format, mapping.columns, mapping.encoding), source.path.name)
    return gather(reads, after=after, limit=limit)


class Sender(Protocol):
    """Sends what rows became; used by several threads."""

    def send(self, events: Sequence[Event]) -> Receipt:
        """Send; return when each is stored or refused. Raises UserError."""


class Run:
    """Sends batches and keeps the checkpoint; what was under way when it ends is sent again the next time."""

    def __init__(
        self, sender: Sender, checkpoint: Checkpoint, rejected: Path, on_progress: Callable[[Progress], None]
    ) -> None:
        self._sender, self._checkpoint = sender, checkpoint
        self._rejected = RejectedFile(rejected)
        self._on_progress = on_progress
        self.progress = checkpoint.read()
        self._rejected.begin(self.progress.rejected_bytes)

    def __call__(self, batches: Iterable[Batch]) -> Counts:
        """Send all batches; return the counts, those of an earlier attempt included. Raises UserError."""
        waiting: deque[tuple[Batch, Future[Receipt]]] = deque()
        threads = ThreadPoolExecutor(UNDER_WAY)
        try:
            self._send_all(batches, threads, waiting)
        except UserError as error:
            self._settle(waiting)
            if self.progress.line:
                error.fix += f"{'; then r' if error.fix else 'R'}epeat the command: it goes on after line "
                error.fix += f"{self.progress.line:,}"
            raise
        finally:
            threads.shutdown(cancel_futures=True)
        self._checkpoint.clear()
        return self.progress.counts

    def _send_all(
        self, batches: Iterable[Batch], threads: ThreadPoolExecutor, waiting: deque[tuple[Batch, Future[Receipt]]]
    ) -> None:
        for batch in batches:
            if len(waiting) >= UNDER_WAY:
                self._confirm(*waiting.popleft())
            waiting.append((batch, threads.submit(self._sender.send, batch.events)))
        while waiting:
            self._confirm(*waiting.popleft())

    def _settle(self, waiting: deque[tuple[Batch, Future[Receipt]]]) -> None:
        """Remember what of the rest was confirmed, up to the first that was not."""
        while waiting:
            batch, future = waiting.popleft()
            if future.cancel() or future.exception():
                return
            self._confirm(batch, future)

    def _confirm(self, batch: Batch, future: Future[Receipt]) -> None:
        receipt = future.result()
        length = self._rejected.add([*batch.rejects, *receipt.quarantined])
        counts = Counts(
            read=batch.rows,
            blank=batch.blank,
            skipped=batch.skipped,
            rejected=len(batch.rejects),
            sent=len(batch.events),
            accepted=receipt.accepted,
            duplicates=receipt.duplicates,
            deferred=receipt.deferred,
            known=receipt.known,
            quarantined=len(receipt.quarantined),
        )
        self.progress = self.progress.after(batch.last, counts, length)
        self._checkpoint.write(self.progress)
        self._on_progress(self.progress)
