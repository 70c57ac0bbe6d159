"""A row of the audit trail for what somebody does with the credentials of the account."""

import sys

from cli.recovery.account import Account, in_words
from regulars.adapters.clock import now
from regulars.adapters.pause import pause
from regulars.domain.audit import Deed
from regulars.errors import UnavailableError
from regulars.pipeline.audit import AuditTrail

FUNCTION = "recovery"
ROLE = "aws"


def note(account: Account, what: str, *whom: str) -> None:
    """
    Write down that somebody begins a step.

    A step goes on where the trail takes no row, for the trail may be what is lost; CloudTrail has the credentials.
    """
    with in_words():
        # Behind the colon stands the name of a session, which may be somebody's address.
        who = str(account.client("sts").get_caller_identity()["UserId"]).partition(":")[0]
    trail = AuditTrail(account.database(), now, pause, function=FUNCTION, lane=0)
    try:
        trail.write(Deed(who=who, roles=(ROLE,), kind="changes", what=what, whom=whom, outcome="begun"))
    except UnavailableError as error:
        print(f"the audit trail has no row of this: {error}", file=sys.stderr)
