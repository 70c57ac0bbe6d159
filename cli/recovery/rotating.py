"""Turning the key of a workspace in an AWS account."""

from typing import Any

from cli.recovery.account import account_of, in_words
from cli.recovery.noting import note
from cli.recovery.steps import Watched
from regulars.adapters.clock import now
from regulars.adapters.parallel import Parallel
from regulars.adapters.rewrapping import Rewrapper
from regulars.domain.instants import to_text
from regulars.pipeline.rotation import Rotation


def rotate(stage: str, watched: Watched, *, turn: bool) -> dict[str, Any]:
    """Do what is due of a rotation, and begin one if there is none and it is wanted. Raises UserError."""
    account = account_of(stage)
    note(account, "rotate_vault")
    with watched("the vault") as told, in_words():
        rotation = Rotation(account.database(), Rewrapper(account.wrapper), now, Parallel())
        done = rotation.work(told)
        turned = turn and done.state in ("whole", "keeping") and rotation.begin()
        if turned:
            done = rotation.work(told)
    return {
        "generation": done.generation,
        "turned": turned,
        "state": done.state,
        "looked": done.looked,
        "rewrapped": done.rewrapped,
        "unreadable": done.unreadable,
        "next": to_text(done.next) if done.next else None,
    }
