"""Templates and webhooks from the command line: checked with what sends them, shown to a person, secrets told once."""

import pytest

from regulars.domain.webhooks import secret_print
from tests.cli.conftest import Regulars

LATE = 'channel: sms\ntext: "Hello {{traits.first_name}}, {{entry.order_id}} is late"\n'
MAIL = 'channel: email\nsubject: Hi\ntext: "Hello {{traits.first_name}}"\nhtml: "<p>{{traits.first_name}}</p>"\n'
HOOK = "url: https://api.shop.example/hook\n"
ANN = {"type": "identify", "userId": "ann", "traits": {"first_name": "Ann"}}


@pytest.fixture
def shop(regulars: Regulars) -> Regulars:
    """The command, where two templates are live and somebody is known."""
    regulars.write("catalog/templates/late.yaml", LATE)
    regulars.write("catalog/templates/mail.yaml", MAIL)
    assert regulars("apply").code == 0
    regulars.platform.workspace.send(ANN)
    return regulars


def test_the_templates_of_the_catalog_hold_together(regulars: Regulars) -> None:
    found = regulars.json("template", "check")["templates"]

    assert len(found) == 14
    sms = next(one for one in found if one["id"] == "delivery_delayed")
    assert sms == {"id": "delivery_delayed", "channel": "sms", "needs": "entry.order_id", "parts of an SMS": "1"}


def test_a_journey_that_does_not_give_what_is_needed_is_told_with_its_file(regulars: Regulars) -> None:
    regulars.write("catalog/templates/delivery_delayed.yaml", 'channel: sms\ntext: "{{answers.code}}"\n')
    ended = regulars("template", "check")

    assert ended.code == 1
    assert "delivery_problem.yaml" in ended.err
    assert "no webhook of the journey keeps such an answer" in ended.err


def test_a_wrong_template_is_told_with_its_line(regulars: Regulars) -> None:
    regulars.write("catalog/templates/wrong.yaml", 'channel: sms\n\ntext: "{{{traits.x}}}"\n')
    ended = regulars("plan")

    assert ended.code == 1
    assert "wrong.yaml:3" in ended.err


def test_a_message_is_shown(shop: Regulars) -> None:
    ended = shop("template", "preview", "late", "--profile", "user_id:ann", "--entry", "order_id=o-7")

    assert "Hello Ann, o-7 is late" in ended.out
    assert "GSM-7, 22 signs, 1 parts" in ended.out + ended.err


def test_the_html_is_written_to_a_file(shop: Regulars) -> None:
    assert shop("template", "preview", "mail", "--profile", "user_id:ann", "-o", str(shop.folder / "a.html")).code == 0
    assert (shop.folder / "a.html").read_text() == "<p>Ann</p>"
    assert shop("template", "preview", "late", "--profile", "user_id:ann", "-o", str(shop.folder / "b.html")).code == 1


def test_who_lacks_a_value_gets_no_message(shop: Regulars) -> None:
    shop.platform.workspace.send({"type": "identify", "userId": "bob", "traits": {"plan": "gold"}})

    assert "traits.first_name has no value" in shop("template", "preview", "late", "--profile", "user_id:bob").out


def test_a_pair_is_a_name_and_a_value(shop: Regulars) -> None:
    assert shop("template", "preview", "late", "--profile", "user_id:ann", "--entry", "o-7").code == 2


def test_the_secret_of_a_webhook_is_told_once_and_changed(regulars: Regulars) -> None:
    regulars.write("catalog/webhooks/hook.yaml", HOOK)
    told = regulars("apply").out
    first = next(
        word for line in told.splitlines() if " of hook: " in line for word in line.split() if "whsec_" in word
    )
    second = regulars.json("webhook", "rotate", "hook")["secret"]
    listed = regulars.json("webhook", "secrets", "hook")["secrets"]

    assert "whsec_" not in regulars("apply").out
    assert [one["print"] for one in listed] == [secret_print(second), secret_print(first)]
    assert [bool(one["ends_at"]) for one in listed] == [False, True]
    assert regulars("webhook", "revoke", "hook", secret_print(first)).code == 0
    assert [one["print"] for one in regulars.json("webhook", "secrets", "hook")["secrets"]] == [secret_print(second)]
    assert "hook" in regulars("webhook", "list").out
    assert secret_print(second) in regulars("webhook", "secrets", "hook").out
    assert "whsec_" in regulars("webhook", "rotate", "hook").out
