"""What can go wrong here: a sentence for a person, a log to read, a cure to try."""

from pathlib import Path

TAIL = 25


class PlatformError(Exception):
    """A step failed; says what, shows the end of its log, and says what to do."""

    def __init__(self, what: str, *, cure: str = "", log: Path | None = None) -> None:
        super().__init__(what)
        self.cure, self.log = cure, log

    def report(self) -> str:
        """Return everything that a person needs, over several lines."""
        lines = [f"failed: {self}"]
        if self.log and self.log.exists():
            tail = self.log.read_text(errors="replace").splitlines()[-TAIL:]
            lines += [f"the end of {self.log}:", *(f"    {line}" for line in tail)]
        if self.cure:
            lines.append(f"what to do: {self.cure}")
        return "\n".join(lines)
