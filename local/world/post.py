"""Channels in memory: they keep what they are given, and may be told to fail; and deliveries over them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.world.world import World
from regulars.domain.journeys import Channel
from regulars.domain.messaging import CHANNELS
from regulars.pipeline.deliveries import Deliveries, Posts
from regulars.pipeline.ports import Many, Outgoing, Sealer
from regulars.pipeline.telling_journeys import Teller


@dataclass(slots=True)
class MemoryChannel:
    """
    Takes messages: `asked` are all that it was given, `taken` those that it took.

    `before` is called with each message and may raise in place of taking it, `after` once it is taken.
    """

    asked: list[Outgoing] = field(default_factory=list)
    taken: list[Outgoing] = field(default_factory=list)
    before: Callable[[Outgoing], None] = lambda _outgoing: None
    after: Callable[[Outgoing], None] = lambda _outgoing: None

    def send(self, outgoing: Outgoing) -> str:
        """Take a message."""
        self.asked.append(outgoing)
        self.before(outgoing)
        self.taken.append(outgoing)
        self.after(outgoing)
        return f"taken-{len(self.taken)}"


@dataclass(slots=True)
class MemoryCallee:
    """Answers webhooks with what it was told; `before` may raise in place of answering."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    called: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    before: Callable[[str], None] = lambda _webhook: None

    def call(self, webhook: str, id: str, at: int, content: Mapping[str, Any]) -> Any:
        """Answer a webhook."""
        del at
        self.called.append((webhook, id, content))
        self.before(webhook)
        return self.answers.get(webhook, {})


@dataclass(slots=True)
class Post:
    """The deliveries of a world, and the channels that they go through."""

    world: World
    sealer: Sealer
    many: Many = map
    channel: MemoryChannel = field(default_factory=MemoryChannel)
    callee: MemoryCallee = field(default_factory=MemoryCallee)

    def deliveries(self) -> Deliveries:
        """Start the function `deliver`, with nothing held in memory."""
        channels: dict[Channel, MemoryChannel] = dict.fromkeys(CHANNELS, self.channel)
        database, clock = self.world.database, self.world.clock
        posts = Posts(
            messengers=channels,
            callee=self.callee,
            tell=Teller(database, self.sealer, clock).tell,
            journal=self.world.journal,
            site="https://api.example.com",
        )
        return Deliveries(database, self.sealer, self.many, posts=posts, clock=clock)
