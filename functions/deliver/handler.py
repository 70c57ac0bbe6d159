"""Asked by the state machines of journeys: send a message, or call a webhook, once, and say by which way to go on."""

from collections.abc import Mapping
from functools import cache

from regulars.adapters import clients, settings
from regulars.adapters.clock import now
from regulars.adapters.observability import journal, observed, tamed
from regulars.adapters.parallel import Parallel
from regulars.adapters.pause import pause
from regulars.adapters.sealing import sealer
from regulars.adapters.ses import Ses
from regulars.adapters.sms import Sms
from regulars.adapters.webhooks import Webhooks
from regulars.domain.journey_machines import waits_until
from regulars.pipeline.deliveries import Deliveries, Posts
from regulars.pipeline.telling_journeys import Teller
from regulars.pipeline.webhook_secrets import SigningKeys
from regulars.stores.definitions import DefinitionStore


@observed
@tamed("a place of a message could not be answered")
def handler(event: Mapping[str, str], _context: object) -> dict[str, int | str | None]:
    """Answer a place of a passage."""
    answered = _deliveries().answer(event["instance"], event["place"])
    return {"way": answered.way, "until": None if answered.until is None else waits_until(answered.until, now())}


@cache
def _deliveries() -> Deliveries:
    database = clients.database()
    posts = Posts(
        messengers={
            "email": Ses(clients.ses, sender=settings.sender(), configuration_set=settings.configuration_set()),
            "sms": Sms(clients.sns, sender=settings.sms_sender()),
        },
        callee=Webhooks(
            DefinitionStore(database),
            SigningKeys(database, sealer(), now),
            local=settings.is_local(),
            pause=pause,
        ),
        tell=Teller(database, sealer(), now).tell,
        journal=journal,
        site=settings.site(),
    )
    return Deliveries(database, sealer(), Parallel(), posts=posts, clock=now)
