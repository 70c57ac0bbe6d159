"""The pages of preference links: looked at by anybody who has one, and changed by a POST alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs

from regulars.adapters.http import Request, Response, is_opted_out, read
from regulars.adapters.preference_pages import (
    EVERYTHING,
    ONE_CLICK,
    choice_name,
    preferences_page,
    refusal_page,
    unsubscribe_page,
    unsubscribed_page,
)
from regulars.errors import InvalidRequestError, NotFoundError, RequestError, TooLargeError, UnavailableError
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.preferences import Preferences
from regulars.stores.database import Database

MAX_FORM = 20_000
_MOST_FIELDS = 700  # of a form: two for each channel of each purpose, and a few
_AGAIN = "this cannot be saved now: go back and try again in a minute"


@dataclass(frozen=True, slots=True)
class PreferenceApi:
    """Answers with pages, whatever comes."""

    preferences: Preferences

    @classmethod
    def over(cls, database: Database, sealer: Sealer, many: Many, *, clock: Clock, random: Callable[[], str]) -> Self:
        """Answer from a database; `random` names decisions."""
        return cls(Preferences(database, sealer, many, clock, random))

    def serve(self, event: Mapping[str, object], report: Callable[[Exception], None]) -> Response:
        """Answer an event of the gateway with a page."""
        try:
            return self._answer(read(event))
        except RequestError as error:
            if error.status < UnavailableError.status:
                return refusal_page(error.status, str(error))
            report(error)
        except Exception as error:  # noqa: BLE001 (the edge of the process: a person must be told what to do)
            report(error)
        return refusal_page(UnavailableError.status, _AGAIN)

    def _answer(self, request: Request) -> Response:
        match request.method, request.path.rstrip("/").rpartition("/")[2]:
            case "GET", "preferences":
                token = request.query.get("token", "")
                return self._show(token, request)
            case "POST", "preferences":
                return self._save(request)
            case "GET", "unsubscribe":
                token = request.query.get("token", "")
                return unsubscribe_page(self.preferences.open(token), token)
            case "POST", "unsubscribe":
                return self._unsubscribe(request)
        raise NotFoundError("there is no such page: use the link of the letter")

    def _show(self, token: str, request: Request) -> Response:
        """Show the page; a browser that signals an opt-out says so by that, and nothing else decides anything."""
        signals = is_opted_out(request)
        opened = self.preferences.signal(token) if signals else self.preferences.open(token)
        if not opened.ticket.preferences:
            return unsubscribe_page(opened, token)
        return preferences_page(opened, token, signals=signals)

    def _save(self, request: Request) -> Response:
        """Save what was changed on the page: what a box was when it was shown says what its person decided."""
        form = _form(request)
        token = _one(form, "token")
        opened = self.preferences.open(token)
        if not opened.ticket.preferences:
            raise InvalidRequestError("this link unsubscribes, and nothing else")
        if _one(form, "action") == EVERYTHING:
            return preferences_page(self.preferences.withdraw(token), token, saved=True, signals=is_opted_out(request))
        choices = {choice_name(choice): choice for choice in opened.choices}
        named = {
            field: [choices[name] for name in form.get(field, ()) if name in choices] for field in ("granted", "was")
        }
        wishes, were = named["granted"], named["was"]
        decided = self.preferences.decide(token, were=were, wishes=wishes)
        return preferences_page(decided, token, saved=True, signals=is_opted_out(request))

    def _unsubscribe(self, request: Request) -> Response:
        """Withdraw by one click, as RFC 8058 has it: mail programs send the token in the query."""
        name, value = ONE_CLICK
        if len(request.body) > MAX_FORM:
            raise TooLargeError(f"a form has at most {MAX_FORM} bytes")
        if name.encode() not in request.body or value.encode() not in request.body:
            raise InvalidRequestError(f"to unsubscribe, the body says {name}={value}")
        token = request.query.get("token") or _one(_form(request), "token")
        return unsubscribed_page(self.preferences.withdraw(token))


def _form(request: Request) -> Mapping[str, Sequence[str]]:
    if len(request.body) > MAX_FORM:
        raise TooLargeError(f"a form has at most {MAX_FORM} bytes")
    try:
        return parse_qs(request.body.decode(), max_num_fields=_MOST_FIELDS, strict_parsing=False)
    except ValueError:
        raise InvalidRequestError("this form cannot be read: open the link of the letter again") from None


def _one(form: Mapping[str, Sequence[str]], name: str) -> str:
    return form.get(name, [""])[0]
