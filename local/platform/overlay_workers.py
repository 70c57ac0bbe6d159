"""Lambda workers in the emulator: errors by name, quick answers, layers unpacked once."""

import contextlib
import hashlib
import io
import os
import queue
import time
import zipfile
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.platform.overlay import replaced

END_OF_LOG = "\x1e"  # a worker ends the log of each invocation with this line
LONGEST_LOG_WAIT = 0.05
FAILED = {"statusCode": 500, "body": '{"message":"Internal Server Error"}'}

ANSWER = """            result = handler_fn(event, context)
            _real_stdout.write(json.dumps({"status": "ok", "result": result}) + "\\n")
        except Exception as e:
            _real_stdout.write(json.dumps({"status": "error", "error": str(e), \
"trace": traceback.format_exc()}) + "\\n")
"""
# The worker survives a handler that raises, as on AWS, and names the class of what was raised. An
# answer that JSON cannot hold is the runtime's own error.
BETTER_ANSWER = """            result = handler_fn(event, context)
            try:
                _line = json.dumps({"status": "ok", "result": result})
            except Exception as e:
                _line = json.dumps({"status": "ok", "result": {"__lambda_error__": {
                    "errorMessage": "Unable to marshal response: " + str(e),
                    "errorType": "Runtime.MarshalError", "requestId": context.aws_request_id,
                    "stackTrace": []}}})
        except Exception as e:
            traceback.print_exc(file=sys.stderr)
            _line = json.dumps({"status": "ok", "result": {"__lambda_error__": {
                "errorMessage": str(e), "errorType": type(e).__name__,
                "requestId": context.aws_request_id,
                "stackTrace": traceback.format_tb(e.__traceback__)[1:]}}})
        sys.stderr.write("\\x1e\\n")
        sys.stderr.flush()
        _real_stdout.write(_line + "\\n")
"""


def apply() -> None:
    """Put the cures of the Lambda service in place."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._PYTHON_WORKER_SCRIPT = replaced(script, ANSWER, BETTER_ANSWER)
    lambda_runtime.Worker._drain_stderr_bounded = _log_of_one_invocation
    _unpack_layers_once()
    _name_errors()
    _answer_errors_as_an_http_api()


def _log_of_one_invocation(worker: Any, *_waits: float) -> str:
    """Return the log up to the worker's own end mark, so that a quiet handler costs no wait."""
    lines: list[str] = []
    deadline = time.monotonic() + LONGEST_LOG_WAIT
    while (left := deadline - time.monotonic()) > 0:
        try:
            line = worker._stderr_queue.get(timeout=left)
        except queue.Empty:
            break
        if line == END_OF_LOG:
            break
        lines.append(line)
    return "\n".join(lines)


def _name_errors() -> None:
    """A failed invocation carries the class of its exception, for retries and catches by name."""
    stock = lambda_svc._execute_function_warm

    def execute(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = stock(function, event, request_id)
        body = result.get("body")
        if isinstance(body, dict) and "__lambda_error__" in body:
            result = {"body": body["__lambda_error__"], "error": True, "log": result.get("log", "")}
        elif result.get("error") and isinstance(body, dict):
            _name_import_error(body)
        _write_log(function, result)
        return result

    lambda_svc._execute_function_warm = execute


def _answer_errors_as_an_http_api() -> None:
    """A function that fails is a 500 to the caller of an HTTP API, who learns nothing of it."""
    stock = lambda_svc.lambda_execute_result_to_api_proxy_response

    def answer(result: dict[str, Any]) -> Any:
        failed = bool(result.get("error")) and not result.get("throttle")
        response, *rest = stock(result)
        return (FAILED, *rest) if failed else (response, *rest)

    lambda_svc.lambda_execute_result_to_api_proxy_response = answer


def _name_import_error(body: dict[str, Any]) -> None:
    prefix, message = "Worker init failed: ", str(body.get("errorMessage", ""))
    if message.startswith(prefix):
        body["errorType"] = "Runtime.ImportModuleError"
        body["errorMessage"] = f"Unable to import module: {message.removeprefix(prefix)}"


def _write_log(function: dict[str, Any], result: dict[str, Any]) -> None:
    """Append what the function logged to a file of its own."""
    folder, log = os.environ.get("REGULARS_LOGS"), str(result.get("log", ""))
    if result.get("error"):
        log = "\n".join(filter(None, [log, f"ERROR {result.get('body')}"]))
    if not folder or not log:
        return
    name = (function.get("config") or function).get("FunctionName", "unknown")
    with (Path(folder) / f"{name}.log").open("a") as file:
        file.write(log + "\n")


def _unpack_layers_once() -> None:
    """All workers share one unpacked copy of a layer; stock, each unpacks 25 MB for itself."""
    stock = lambda_runtime.Worker.__init__

    def create(worker: Any, name: str, config: dict[str, Any], code: bytes) -> None:
        folders = [_unpacked(reference) for reference in config.get("Layers", [])]
        environment = dict((config.get("Environment") or {}).get("Variables") or {})
        if folders:
            environment["_LAMBDA_LAYERS_DIRS"] = os.pathsep.join(folders)
        changed = {**config, "Layers": [], "Environment": {"Variables": environment}}
        stock(worker, name, changed, code)

    lambda_runtime.Worker.__init__ = create


def _unpacked(reference: Any) -> str:
    data: bytes | None = lambda_svc._resolve_layer_zip(reference)
    if data is None:
        raise FileNotFoundError(f"the layer {reference} is not there")
    folder = Path(os.environ["TMPDIR"]) / "layers" / hashlib.blake2b(data).hexdigest()[:24]
    if not folder.exists():
        draft = folder.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(draft)
        with contextlib.suppress(OSError):  # another worker was first
            draft.rename(folder)
    return str(folder)
