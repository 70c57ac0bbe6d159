"""The routes that tell what ties a person together."""

from collections.abc import Sequence

from regulars.adapters import graph_api as answers
from regulars.adapters.profile_api import ProfileApi
from regulars.adapters.routes import Parameter, Route


def _end(name: str) -> Parameter:
    words = "an identifier: its `id` in the graph, or `kind:value`"
    return Parameter(name=name, description=words, schema={"type": "string"}, required=True)


GRAPH_ROUTES: Sequence[Route[ProfileApi]] = (
    Route(
        name="get_graph",
        method="GET",
        path="/v1/profiles/{ref}/graph",
        scope="profiles:read",
        summary="Read what ties the identifiers of a profile together",
        description=(
            "Each edge with the event that made it, the rule and the time; `cuts` are edges that somebody cut, which "
            "do not come back until they are released; `merged` are ids of profiles that went into this one."
        ),
        answer=answers.get_graph,
        audited="reads",
        returns="Graph",
    ),
    Route(
        name="get_why",
        method="GET",
        path="/v1/profiles/{ref}/why",
        scope="profiles:read",
        summary="Explain why two identifiers belong to one profile",
        description="The way from one to the other, edge by edge.",
        answer=answers.get_why,
        audited="reads",
        returns="Why",
        query=(_end("a"), _end("b")),
    ),
    Route(
        name="get_belonging",
        method="GET",
        path="/v1/profiles/{ref}/belonging",
        scope="profiles:read",
        summary="Tell whom an identifier belonged to at an instant",
        description="As the platform knew it then: an event that came later had tied nobody yet.",
        answer=answers.get_belonging,
        audited="reads",
        returns="Belonging",
        query=(
            Parameter(
                name="at",
                description="the instant",
                schema={"type": "string", "format": "date-time"},
                required=True,
            ),
        ),
    ),
)
