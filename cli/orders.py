"""What orders come to, in a line."""

from collections.abc import Mapping
from typing import Any

from cli.output import counted


def worth(orders: Mapping[str, Any]) -> str:
    """Write how many orders stand, what they come to, and what could not be added up."""
    currency = f" {orders['currency']}" if orders["currency"] else ""
    said = f"{counted(orders['count'], 'order')}, {orders['revenue']:,.2f}{currency} net"
    if left_out := orders["unconverted"]:
        number = counted(sum(left_out.values()), "order")
        said += f"; left out for want of a rate of {', '.join(left_out)}: {number}"
    if orders["mixed"]:
        said += f"; added as if {', '.join(orders['mixed'])} were one currency"
    return said
