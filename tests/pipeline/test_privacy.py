"""Nothing personal stands in clear in any table, wherever in a call it came."""

from typing import Any

from local.world.world import Counts
from regulars.pipeline.resolve import Resolver
from tests.messages import a_track_call, an_identify_call
from tests.pipeline.canaries import found_in
from tests.pipeline.front_door import FrontDoor


class Canaries:
    """Makes texts that occur nowhere else, and remembers them."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def text(self) -> str:
        """A word."""
        self.made.append(f"kanarie{len(self.made):04}vogel")
        return self.made[-1]

    def address(self) -> str:
        """An e-mail address."""
        self.made.append(f"kanarie{len(self.made):04}@vogel.example")
        return self.made[-1]


def personal_calls(new: Canaries) -> list[dict[str, Any]]:
    """Calls with something personal in every place that an SDK or a careless developer fills."""
    user, visitor, address = new.text(), new.text(), new.address()
    who = {"userId": user, "anonymousId": visitor}
    traits = {name: new.text() for name in ("firstName", "last_name", "phone", "birthday", "address", "username")}
    page = {
        "url": f"https://a.example/p?u={new.text()}",
        "search": f"?q={new.text()}",
        "title": new.text(),
        "path": "/",
    }
    context = {
        "ip": new.text(),
        "userAgent": new.text(),
        "page": page | {"referrer": f"https://b.example/?r={new.text()}"},
        "traits": {"email": new.address(), "name": new.text()},
        "device": {"id": new.text(), "token": new.text(), "name": new.text()},
        "location": {"city": new.text()},
        "campaign": {"source": "news", "content": new.address()},
        "externalIds": [{"id": new.text()}],
        new.address(): 1,
    }
    properties = {
        "email": new.address(),
        "query": new.text(),
        "note": new.text(),
        "url": f"https://a.example/?t={new.text()}#x",
        "link": f"https://a.example/unsubscribe/{user}",
        "items": [{"gift_to": new.address()}],
        new.address(): True,
        "seen_by": visitor,
    }
    return [
        an_identify_call(**who, traits={**traits, "email": address, new.address(): 1, "plan": user}, context=context),
        a_track_call(**who, properties=properties, context=context, integrations={"X": {"id": new.text()}}),
        a_track_call(**who, messageId=f"{user}-1"),
        a_track_call(**who, messageId=new.address(), timestamp=new.text()),
        a_track_call(**who, type="page", event=None, messageId="m-5", properties=page, name=new.address()),
        a_track_call(**who, type="group", messageId="m-6", groupId=new.address(), traits={"email": new.address()}),
        {"type": "alias", "userId": user, "previousId": new.address(), "messageId": "m-7"},
        {"type": "alias", "userId": user, "previousId": new.text(), "messageId": "m-8"},
        a_track_call(**who, messageId="m-9", event=f"Wrote {address}"),
        a_track_call(**who, messageId="m-10", event="", properties=properties),
        a_track_call(**who, messageId="m-11", event=f"Met {user}"),
        {"type": new.address(), "userId": new.text(), "messageId": "m-12", "note": new.text()},
        {"type": "track", "event": "A", "userId": {"id": new.text()}, "messageId": new.address()},
        a_track_call(anonymousId="undefined", messageId="m-14", context={"ip": new.text()}),
    ]


def test_no_table_shows_a_person(front_door: FrontDoor) -> None:
    new = Canaries()
    receipt = front_door.batch(*personal_calls(new), sentAt=new.text())
    resolver = Resolver(front_door.database, Counts(), lambda: 0)
    resolver.start_batch()
    for event in front_door.events():
        resolver.apply(event.owner, [event], stored=0)

    assert (receipt.count("accepted"), receipt.count("quarantined")) == (9, 5)
    assert front_door.count("identities") > 0
    assert found_in(front_door.database, new.made) == set()


def test_the_search_for_canaries_finds_them(front_door: FrontDoor) -> None:
    front_door.database.put("vault", {"owner": "a", "wrapped": b"x kanarie0000vogel"})
    front_door.database.put("vault", {"owner": "b", "wrapped": b"kanarie0001vogel".hex()})

    assert found_in(front_door.database, ["kanarie0000vogel", "kanarie0001vogel", "kanarie0002vogel"]) == {
        "kanarie0000vogel",
        "kanarie0001vogel",
    }
