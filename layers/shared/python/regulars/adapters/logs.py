"""The one logger; Powertools comes with it, and most runs log nothing, so whoever logs imports it then."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from regulars.adapters.observability import current

FACTS = frozenset(
    "timestamp level service message xray_trace_id error where table sequence message_id code status route count"
    " function_request_id cold_start whom".split()
)


class _FactsOnly(LambdaPowertoolsFormatter):
    def serialize(self, log: Any) -> str:
        """Write the fields that are facts, and no others."""
        return super().serialize({name: value for name, value in {**log, **current}.items() if name in FACTS})


logger = Logger(logger_formatter=_FactsOnly())
