"""The route that shows a message as one person would get it."""

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.adapters.bodies import only, read_body
from regulars.adapters.profile_api import Answer, ProfileApi
from regulars.adapters.routes import Call, Route
from regulars.domain.references import profile_id_of
from regulars.domain.template_needs import traits_of
from regulars.errors import InvalidRequestError
from regulars.pipeline.template_previews import Preview


def preview_template(api: ProfileApi, call: Call) -> Answer:
    """Answer with a message as it would be written."""
    body = read_body(call.request)
    only(body, {"profile", "entry", "answers"})
    ref = body.get("profile")
    if not isinstance(ref, str) or not ref:
        raise InvalidRequestError('the body is {"profile": "email:ann@shop.example"}, perhaps with entry and answers')
    profile_id = profile_id_of(ref, api.sealer.hash_key)
    opener = api.opener(call, profile_id)
    call.sight.must_see_traits(traits_of(api.previews.template(call["id"])))
    preview = api.previews.of(
        call["id"], profile_id, opener, entry=_fields(body, "entry"), answers=_fields(body, "answers")
    )
    return _json(preview)


def _fields(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name, {})
    if not isinstance(found, dict):
        raise InvalidRequestError(f'{name} is an object, such as {{"order_id": "o-1"}}')
    return found


def _json(preview: Preview) -> Answer:
    message, length = preview.message, preview.length
    return {
        "channel": preview.template.channel,
        "missing": preview.missing,
        "subject": message.subject if message else None,
        "html": message.html if message else None,
        "text": message.text if message else None,
        "link": message.link if message else None,
        "sms": {"alphabet": length.alphabet, "signs": length.signs, "parts": length.parts} if length else None,
        "masked": preview.masked,
    }


TEMPLATE_PREVIEW_ROUTES: Sequence[Route[ProfileApi]] = (
    Route(
        name="preview_template",
        method="POST",
        path="/v1/templates/{id}/preview",
        scope="templates:read",
        summary="Show a message as one person would get it, without sending it",
        description=(
            "Personal traits are shown to who may see them, else masked. `missing` names what has no value: to this "
            "person the message is not sent. The links in it lead nowhere."
        ),
        answer=preview_template,
        body="TemplatePreviewWish",
        returns="TemplatePreview",
        audited="reads",
    ),
)
