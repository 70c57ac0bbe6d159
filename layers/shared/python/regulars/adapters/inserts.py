"""Conditional inserts, 25 to a request: what is stored under its key already stays, and is named a duplicate."""

from collections.abc import Callable, Iterator, Sequence
from itertools import batched
