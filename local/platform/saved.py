"""Until when the emulator's state is on disk, and whether that is all there was."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What was saved last: the moment that it shows, and whether the emulator ended with it."""

    at: float
    whole: bool

    def write(self, file: Path) -> None:
        """Note it in one move."""
        draft = file.with_suffix(".tmp")
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(file)


def read(file: Path) -> Saved | None:
    """Return what is noted; None if nothing was ever saved."""
    try:
        return Saved(**json.loads(file.read_text()))
    except FileNotFoundError:
        return None
