"""Bodies in the emulator's HTTP API: one that is packed is binary, whatever its content type says of what is inside.

The stock emulator reads a gzip body under `application/json` as text, which no function can undo.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway

_packed: ContextVar[bool] = ContextVar("packed", default=False)


def apply() -> None:
    """Put the cure in place."""
    is_text, invoke = apigateway._v2_request_body_is_text, apigateway._invoke_lambda_proxy

    def body_is_text(content_type: str | None) -> bool:
        return not _packed.get() and bool(is_text(content_type))

    async def invoke_lambda_proxy(
        integration: Any,
        api: str,
        stage: str,
        path: str,
        method: str,
        headers: Mapping[str, str],
        *rest: Any,
        **more: Any,
    ) -> Any:
        token = _packed.set("content-encoding" in headers)
        try:
            return await invoke(integration, api, stage, path, method, headers, *rest, **more)
        finally:
            _packed.reset(token)

    apigateway._v2_request_body_is_text = body_is_text
    apigateway._invoke_lambda_proxy = invoke_lambda_proxy
