"""What is done to each message at the door, and again on the day on which one of the quarantine is replayed."""

from regulars.domain.calls import Call, Delivery, read
from regulars.errors import InvalidEventError
from regulars.pipeline.ports import Sealer
from regulars.pipeline.sealing import seal_call
from regulars.pipeline.stamping import Stamps
from regulars.stores.database import Item
from regulars.stores.events import to_item


def read_call(raw: object, type: str | None, delivery: Delivery, turn: int = 0) -> Call:
    """Read a message, whatever is in it, at its turn among those of a request. Raises InvalidEventError."""
    try:
        return read(raw, delivery, type, turn)
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
        # Nobody knows what it is, and it must not cost the others of its batch.
        raise InvalidEventError("unreadable", f"the event cannot be read ({error.__class__.__name__})") from error


def lay_out(call: Call, sealer: Sealer, stamps: Stamps) -> Item:
    """
    Seal a call whose owner is prepared, stamp it, and lay it out for the table.

    Raises InvalidEventError, UnavailableError.
    """
    traits, rest = seal_call(call, sealer)
    return to_item(stamps.stamp(call.event), traits=traits, sealed=rest)
