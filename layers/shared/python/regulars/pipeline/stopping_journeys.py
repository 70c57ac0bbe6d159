"""Stop a version of a journey: everybody on the way ends where they are, a page at a time."""

from collections.abc import Mapping
from typing import Any

from regulars.pipeline.ports import Machines, Wanted
from regulars.stores.database import Database
from regulars.stores.journey_versions import VersionStore

CAUSE = "stopped"  # of executions that end so


class Stopping:
    """
    Works off messages `{"stop": …}`, until nobody is on the way any more.

    Who is stopped makes a page that was asked for before hold others: so when the last page is done, the first is asked
    for again, until it is empty. Whoever was about to enter, or to go on, is ended by the step that they come to.
    """

    def __init__(self, database: Database, machines: Machines, wanted: Wanted) -> None:
        self._versions = VersionStore(database)
        self._machines = machines
        self._wanted = wanted

    def work(self, stop: Mapping[str, Any]) -> int:
        """
        Stop those of one page, and have the next page worked off; say how many were told to stop.

        A version that is not stopped, or is archived since, is left alone. Raises UnavailableError.
        """
        version = self._versions.get(stop["journey"], stop["version"])
        if version is None or version.state != "stopped" or not version.machine:
            return 0
        after = stop.get("after")
        running, next = self._machines.running(version.machine, after=after)
        for name in running:
            self._machines.stop(version.machine, name, CAUSE)
        has_stopped = bool(running) or bool(stop.get("some"))
        if next is not None:
            self._wanted.send([stop_message(version.journey, version.number, after=next, some=has_stopped)])
        elif has_stopped:
            self._wanted.send([stop_message(version.journey, version.number)], delay=_REST)
        return len(running)


_REST = 5  # seconds, in which those who were told to stop have


def stop_message(journey: str, number: int, *, after: str | None = None, some: bool = False) -> Mapping[str, Any]:
    """What is sent to have a version stopped: from which page on, and whether a page before had somebody on it."""
    said: dict[str, Any] = {"journey": journey, "version": number}
    if after is not None:
        said |= {"after": after, "some": some}
    return {"stop": said}
