"""The routes that take a profile apart."""

from collections.abc import Sequence

from regulars.adapters.routes import Route
from regulars.adapters.unmerge_api import UnmergeApi

UNMERGE_ROUTES: Sequence[Route[UnmergeApi]] = (
    Route(
        name="unmerge",
        method="POST",
        path="/v1/profiles/{ref}/unmerge",
        scope="profiles:write",
        summary="Split a profile: preview it, then do it",
        description=(
            "With `preview` it says what each side would hold, and which segments each would enter and leave; with "
            "the `version` that a preview told, it splits that very profile, else 409. `edge` cuts what ties two "
            "identifiers together, `identifiers` names who leaves. The side of the profile's founder keeps its id. "
            "What was cut does not tie the sides again, whatever comes, until it is released."
        ),
        answer=UnmergeApi.unmerge,
        body="Unmerge",
        returns="Unmerged",
    ),
    Route(
        name="release",
        method="POST",
        path="/v1/profiles/{ref}/release",
        scope="profiles:write",
        summary="Let two identifiers that were cut apart be tied again",
        description="By what comes from now on, or is rebuilt: nothing is merged by the release itself.",
        answer=UnmergeApi.release,
        body="Release",
        returns="Released",
    ),
    Route(
        name="heal",
        method="POST",
        path="/v1/identity/held/{id}/heal",
        scope="identity:write",
        summary="Undo what a held identifier has tied together",
        description="Twenty edges at a time: ask again until none is `left`. The identifier stays held.",
        answer=UnmergeApi.heal,
        returns="Healed",
    ),
    Route(
        name="let_go",
        method="DELETE",
        path="/v1/identity/held/{id}",
        scope="identity:write",
        summary="Let a held identifier tie people together again",
        description="What comes from now on; it is held again after as many as the first time.",
        answer=UnmergeApi.let_go,
        returns="Released",
    ),
)
