"""What a caller sees, by the teams of the workspace as they are now."""

from regulars.domain.roles import Caller
from regulars.domain.teams import EVERYTHING, Sight, is_limited, parse_teams
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore


class Sights:
    """Reads the teams for those whom they limit, each time: who is taken out of one sees no more at once."""

    def __init__(self, database: Database) -> None:
        self._definitions = DefinitionStore(database)

    def of(self, caller: Caller) -> Sight:
        """Say what a caller sees."""
        if not caller.roles or not is_limited(caller.roles):
            return EVERYTHING
        definition = self._definitions.get("teams", "teams")
        return parse_teams(definition.content).sight(caller.roles, caller.teams) if definition else EVERYTHING
