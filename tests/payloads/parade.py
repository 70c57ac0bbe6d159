"""All payloads, in the order of their numbers."""

from tests.payloads.identifiers import IDENTIFIERS
from tests.payloads.injection import INJECTION
from tests.payloads.payload import Payload
from tests.payloads.semantics import SEMANTICS
from tests.payloads.syntax import SYNTAX

PARADE: tuple[Payload, ...] = (*SYNTAX, *IDENTIFIERS, *SEMANTICS, *INJECTION)
