"""Works off a request of a person as the deployed function does, so many seconds later: `python -m tests.e2e.later`."""

import importlib
import os
import sys

from regulars.adapters.clock import now
from regulars.domain.instants import SECOND
from tests.e2e.platform import Platform


class Context:
    """A run that has time enough."""

    aws_request_id = "later"

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""
        return 900_000


def settings_of(platform: Platform) -> dict[str, str]:
    """Read where the deployed function `erase` finds things, and how it asks."""
    found = platform.aws("lambda").list_functions(MaxItems=1_000)["Functions"]
    told = [each["Environment"]["Variables"] for each in found if "Environment" in each]
    (ours,) = [each for each in told if each.get("POWERTOOLS_SERVICE_NAME") == "erase"]
    asking = {
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": str(platform.ready["aws_endpoint"]),
    }
    return {**os.environ, **ours, **asking}


def work(id: str, seconds: int) -> str:
    """Go on with a request, so many seconds from now; say whether it is met, and else how long there is to wait."""
    deployed = importlib.import_module("functions.erase.handler")
    deployed.now = lambda: now() + seconds * SECOND  # type: ignore[attr-defined]  # the clock that it was given
    step = deployed.handler({"id": id}, Context())
    return "done" if step["done"] else str(step["wait"])


if __name__ == "__main__":
    told = work(sys.argv[1], int(sys.argv[2]))
    sys.stdout.write(f"\n{told}")  # behind the metrics of the run
