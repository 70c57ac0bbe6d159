"""AWS behind the ports of the inner rooms."""
