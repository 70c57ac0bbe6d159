"""What goes wrong for the person at the terminal: what, where, and what to do about it."""


class UserError(Exception):
    """Ends a command with a sentence instead of a traceback; `code` is the exit code."""

    def __init__(self, what: str, *, where: str = "", fix: str = "", code: int = 1) -> None:
        super().__init__(what)
        self.where, self.fix, self.code = where, fix, code


class AnswerError(UserError):
    """The platform refused a request, with a status and a stable code of its own."""

    def __init__(self, status: int, reason: str, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.status, self.reason = status, reason
