"""People on a journey in a world, whose messages are delivered through channels in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from local.world.memory import Hook
from local.world.post import Post
from local.world.world import START, World
from local.world.wrapping import PlainWrapper
from regulars.adapters.sealing import KmsSealer
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.passages import Message, Passage
from regulars.pipeline.delivering import Answered
from regulars.stores.journeys import JourneyStore, put_passage
from tests.builders import an_event, an_identify

HOUR = 3_600 * SECOND
PURPOSES: dict[str, Any] = {
    "purposes": {
        "newsletter": {"name": "Newsletter", "channels": ["email", "sms", "in_app"]},
        "orders": {"name": "Order letters", "basis": "contract", "channels": ["email", "sms", "in_app"]},
    }
}
SEND = {"id": "hello", "send": {"channel": "email", "template": "hello", "purpose": "newsletter"}}
ENTRY = {"event": "Signed Up"}
JANE = "user_id:u"


class Sending:
    """A world with one journey, whose first step is what is tried; Jane agreed to the newsletter."""

    def __init__(
        self, *steps: Mapping[str, Any], policy: Mapping[str, Any] | None = None, hook: Hook | None = None
    ) -> None:
        self.world = World(hook=hook)
        self.database = self.world.database
        self.sealer = KmsSealer(self.database, PlainWrapper())
        self.post = Post(self.world, self.sealer)
        self.journeys = JourneyStore(self.database)
        self.world.define("consent", "purposes", PURPOSES)
        self.template("hello", "email")
        self.publish("welcome", *(steps or (SEND,)))
        if policy is not None:
            self.world.define("messaging", "policy", policy)
        self._numbers = 0

    def publish(self, id: str, *steps: Mapping[str, Any], state: str = "live", **more: Any) -> None:
        """Write down the first version of a journey."""
        definition = {"name": id, "enter": {"event": "Signed Up"}, "steps": list(steps), **more}
        content = {"definition": definition, "machine": f"machine {id}", "published": START, "state": state}
        self.world.define("journey_version", f"{id}#000001", content)
        self.world.define("workspace", "settings", {})  # everybody reads the catalog again

    def template(self, id: str, channel: str, text: str = "Hello") -> None:
        """Write down a template, whose subject is its text."""
        subject = {} if channel == "sms" else {"subject": f"{id} {text}"}
        self.world.define("template", id, {"channel": channel, "text": text, **subject})

    def meet(self, owner: str = JANE, *, agrees: bool = True, **traits: Any) -> None:
        """Let somebody sign up, and agree to the newsletter."""
        said = {"email": "jane@example.com", "phone": "+49 170 1234567", **traits}
        self.say(an_identify(self._next(), links=(owner,), **said))
        if agrees:
            self.decide(owner, "Consent Given")

    def decide(self, owner: str, name: str, **about: Any) -> None:
        """Let somebody decide on the newsletter."""
        about = {"purpose": "newsletter", **about}
        self.say(an_event(self._next(), links=(owner,), name=name, properties=about, proven=True))

    def tie(self, *owners: str) -> None:
        """Let identifiers turn out to be one person's."""
        self.say(an_identify(self._next(), links=owners))

    def say(self, *events: Event) -> None:
        """Store events, and let all that follows from them happen."""
        self.world.store(*events)
        self.world.settle()

    def enter(self, owner: str = JANE, journey: str = "welcome", **given: Any) -> Passage:
        """Put somebody on a journey."""
        number = self._next()
        values = {
            "number": 1,
            "id": f"passage{number}",
            "key": str(number),
            "at": self.world.clock.now,
            "since": self.world.clock.now,
        }
        passage = Passage(owner=owner, journey=journey, **{**values, **given})
        self.database.transact([put_passage(passage)])
        return replace(passage, version=1)

    def deliver(self, passage: Passage, place: str = "hello") -> Answered:
        """Ask the function `deliver`, as it starts anew."""
        return self.post.deliveries().answer(passage.instance, place)

    def message(self, passage: Passage, place: str = "hello") -> Message:
        """Read the row of the ledger."""
        found = self.journeys.message(passage.owner, passage.id, place)
        assert found is not None
        return found

    def told(self, owner: str = JANE) -> list[tuple[str | None, Any]]:
        """List what was told of messages: the name of each event, and its reason."""
        events = [event for event in self.world.events.of(owner) if event.source == "journeys"]
        return [
            (event.name, event.properties.get("reason"))
            for event in sorted(events, key=lambda event: event.moment)
            if str(event.name).startswith("Message")
        ]

    @property
    def addresses(self) -> Sequence[str]:
        """Where messages went that were taken."""
        return [outgoing.to for outgoing in self.post.channel.taken]

    def claims(self, *owners: str) -> int:
        """Count what is claimed for somebody."""
        return sum(len(self.journeys.claims(owner).sent) for owner in owners or (JANE,))

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers
