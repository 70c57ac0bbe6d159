"""The rooms of journeys over AWS, for the functions that move people."""

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.observability import journal
from regulars.adapters.parallel import Parallel
from regulars.adapters.pause import pause
from regulars.adapters.sealing import sealer
from regulars.pipeline.journey_rooms import JourneyRooms, Ways
from regulars.pipeline.stopping_journeys import Stopping
from regulars.pipeline.telling_journeys import Teller


def journey_rooms() -> JourneyRooms:
    """Put the rooms together."""
    database, machines, wanted = clients.database(), clients.machines(), clients.wanted()
    ways = Ways(
        machines=machines,
        wanted=wanted,
        tell=Teller(database, sealer(), now).tell,
        journal=journal,
        stopping=Stopping(database, machines, wanted).work,
    )
    return JourneyRooms(database, sealer(), Parallel(), ways=ways, clock=now, pause=pause)
