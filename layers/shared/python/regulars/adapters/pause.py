"""Waiting between two tries of a write, long enough for those who got in first to be done."""

import random
import time

FIRST = 0.01  # seconds
LONGEST = 0.3


def pause(tries: int) -> None:
    """Sleep a random time below a bound that doubles with each try."""
    time.sleep(random.random() * min(LONGEST, FIRST * 2**tries))  # no secret is made of this randomness
