"""What `make doctor` says of one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: what was found, whether it will do, and the cure."""

    what: str
    found: str
    good: bool
    cure: str
    needed: bool = True

    def line(self) -> str:
        """Return it as a line, and the cure below it where one is called for."""
        mark = "ok  " if self.good else "LACK" if self.needed else "  - "
        return f"{mark}  {self.what:<12} {self.found}" + ("" if self.good else f"\n      cure: {self.cure}")
