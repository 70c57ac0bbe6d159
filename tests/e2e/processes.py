"""Which processes descend from one, so that a test can tell whether any outlived it."""

import os
from pathlib import Path


def descendants(pid: int) -> dict[int, str]:
    """Name a process's living descendants: pid, and when it started, since pids are used again."""
    parents: dict[int, int] = {}
    started: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _fields(int(folder.name))):
            parents[int(folder.name)] = int(fields[1])
            started[int(folder.name)] = fields[19]
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {child: started[child] for child in found - {pid}}


def still_alive(processes: dict[int, str]) -> dict[int, str]:
    """Tell which of these are still the processes that they were, by their command lines."""
    return {
        pid: Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        for pid, start in processes.items()
        if (fields := _fields(pid)) and fields[19] == start and fields[0] != "Z"
    }


def _fields(pid: int) -> list[str]:
    """Read `/proc/<pid>/stat` after the name, which may hold anything: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def find(parent: int, name: str) -> list[int]:
    """Name the descendants of a process whose command line or environment holds a word."""
    return [pid for pid in descendants(parent) if name in _text(pid, "cmdline") or name in _text(pid, "environ")]


def _text(pid: int, of: str) -> str:
    try:
        return Path(f"/proc/{pid}/{of}").read_text(errors="replace")
    except OSError:
        return ""


def kill(pid: int, signal: int) -> None:
    """Send a signal to a process of this test's own."""
    os.kill(pid, signal)
