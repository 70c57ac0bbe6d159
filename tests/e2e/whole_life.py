"""A person of whom the platform is told everything, in every way that there is; each value is another canary."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from local.platform.saved import read
from tests.e2e.desk import Desk
from tests.e2e.later import settings_of
from tests.e2e.place import ROOT
from tests.e2e.platform import Platform
from tests.e2e.publishing import publish, write_template
from tests.e2e.shopping import RUN, wait_for

MINUTE = 60
HOUR = 60 * MINUTE
# What is sealed: no form of it may stand anywhere, at any time.
SEALED = {
    "user id": f"Erased-User-{RUN}",
    "anonymous id": f"erased-visitor-{RUN}",
    "second device": f"erased-tablet-{RUN}",
    "device cut off": f"erased-library-pc-{RUN}",
    "e-mail": f"Erased.Vogel-{RUN}@Erased-Canary.example",
    "external id": f"erased-crm-{RUN}",
    "first name": "Erasmine",
    "last name": "Weggelöscht",
    "phone": "+49 171 5550199",
    "street": "Löschallee 4712c",
    "birthday": "1971-03-29",
    "IBAN": "DE02120300000000202099",
    "IP": "203.0.113.199",
    "user agent": "ErasedBrowser/48.12 (Quill; Roost 7)",
    "page title": "Erased Birdhouse Title",
    "query of a URL": "erased_token_7281",
    "referrer": "https://erased-referrer.example/?who=erased",
    "message": "My erased Tweety-94 moults too early",
    "search": "erasable feather polish",
    "device id": "ERASED-IDFV-93814",
    "name of a city": "Erasedingen-am-Kanal",
    "refused": "erased refused property text",
    "reason of a correction": "by her erased letter of May",
    "corrected name": "Erasmine-Amended",
    "proof of consent": "erased-signature-on-paper",
    "answer of a webhook": f"erased-coupon-{RUN}",
}
# What is kept in clear of a person, for it tells nobody by itself: it has to be gone with them.
CLEAR = {
    "trait": f"erased-plan-{RUN}",
    "property": f"erased-sku-{RUN}",
    "event": f"Erased Thing Done {RUN}",
    "path of a page": f"/erased/path/{RUN}",
    "campaign": f"erased-campaign-{RUN}",
    "key of an entry": f"erased-cart-{RUN}",
}
JOURNEY: dict[str, Any] = {
    "enter": {"event": "Cart Shown", "key": "cart_id"},
    "purpose": "orders",
    "steps": [
        {"webhook": {"to": "erased", "answers": {"coupon": "code"}, "failed": "exit"}},
        {"send": {"channel": "email", "template": "erased_letter", "class": "transactional"}},
        {"send": {"channel": "sms", "template": "erased_text", "class": "transactional"}},
        {"send": {"channel": "in_app", "template": "erased_note", "class": "transactional"}},
        {"wait": "3 days"},
    ],
}


@dataclass(slots=True)
class Life:
    """What became of the person on a platform."""

    platform: Platform
    folder: Path
    owners: list[str] = field(default_factory=list)
    request: str = ""
    answers: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: object = None, role: str = "service") -> Any:
        """Ask the API something; fail unless it is done."""
        headers = {"authorization": f"Bearer {self.platform.ready['tokens'][role]}"}
        answer = httpx.request(method, self.platform.url + path, headers=headers, json=body, timeout=35)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def command(self, *words: str, role: str = "privacy") -> str:
        """Run a command of ours beside the platform."""
        command = [str(Path(sys.executable).with_name("regulars")), *words, "--role", role]
        done = subprocess.run(command, cwd=self.platform.home.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def live(self) -> None:
        """Be seen, sign in, buy, be merged, taken apart, uploaded, corrected, asked, looked at and refused."""
        self._be_seen()
        self.platform.settle()
        self._be_taken_apart()
        self._be_refused()
        self._be_known_to_others()
        self._be_given_up()
        self._be_on_a_journey()
        self._be_looked_at()
        self.platform.settle()
        self.owners = self._owners()

    def _be_seen(self) -> None:
        said, send = SEALED, self.platform.send
        context = {
            "ip": said["IP"],
            "userAgent": said["user agent"],
            "locale": "de-DE",
            "device": {"id": said["device id"], "model": "Quill 7"},
            "campaign": {"name": CLEAR["campaign"]},
            "page": {
                "title": said["page title"],
                "path": CLEAR["path of a page"],
                "url": f"https://shop.example{CLEAR['path of a page']}?t={said['query of a URL']}",
                "search": f"?t={said['query of a URL']}",
                "referrer": said["referrer"],
            },
            "externalIds": [{"id": said["external id"], "type": "crm_id", "collection": "users", "encoding": "none"}],
        }
        user, visitor = said["user id"], said["anonymous id"]
        send("page", anonymousId=visitor, name="Shop", properties=context["page"], context=context)
        properties = {"sku": CLEAR["property"], "message": said["message"], "query": said["search"]}
        send("track", anonymousId=visitor, event=CLEAR["event"], properties=properties, context=context)
        traits = {
            "email": said["e-mail"],
            "firstName": said["first name"],
            "lastName": said["last name"],
            "phone": said["phone"],
            "birthday": said["birthday"],
            "iban": said["IBAN"],
            "address": {"street": said["street"], "city": said["name of a city"]},
            "plan": CLEAR["trait"],
        }
        send("identify", userId=user, anonymousId=visitor, traits=traits, context=context)
        order = {"order_id": f"erased-order-{RUN}", "revenue": 90, "currency": "EUR", "email": said["e-mail"]}
        tablet = said["second device"]
        send("track", userId=user, anonymousId=tablet, event="Order Completed", context=context, properties=order)
        send("track", userId=user, anonymousId=said["device cut off"], event=CLEAR["event"], properties=properties)
        send("group", userId=user, groupId=f"erased-company-{RUN}", traits={"name": said["last name"]})
        send("alias", previousId=visitor, userId=user)

    def _be_taken_apart(self) -> None:
        path = f"/v1/profiles/user_id:{SEALED['user id']}/unmerge"
        leaving = {"identifiers": [f"anonymous_id:{SEALED['device cut off']}"]}
        looked = self.ask("POST", path, {**leaving, "preview": True})
        self.ask("POST", path, {**leaving, "version": looked["version"]})

    def _be_refused(self) -> None:
        send, said = self.platform.send, SEALED
        note = {"note": said["refused"]}
        send("batch", batch=[{"type": "what", "userId": said["user id"], "properties": note}, {"type": "what", **note}])
        send("track", userId=said["user id"], event="Not Dated", timestamp=said["refused"])
        send("track", userId={"not": said["e-mail"]}, event="No Id", properties={"note": said["refused"]})
        send("track", event=said["message"])
        httpx.get(f"{self.platform.url}/v1/profiles/email:{said['e-mail']}", timeout=35)
        httpx.get(f"{self.platform.url}/v1/nothing/{said['user id']}", params={"q": said["e-mail"]}, timeout=35)
        httpx.post(f"{self.platform.url}/v1/track", content=json.dumps(said)[:-1], timeout=35)

    def _be_given_up(self) -> None:
        """Have a row for a while that no function can read, so that its stream gives it up."""
        dynamodb = self.platform.aws("dynamodb")
        (table,) = [name for name in dynamodb.list_tables()["TableNames"] if "tablesevents" in name]
        pages = dynamodb.get_paginator("scan").paginate(TableName=table)
        named = (row for page in pages for row in page["Items"] if row.get("name", {}).get("S") == CLEAR["event"])
        row = next(named)
        moment = {"S": f"{row['moment']['S']}-unreadable"}
        dynamodb.put_item(TableName=table, Item={**row, "moment": moment, "clear": {"B": b"\xff"}})
        self.platform.settle(120)
        assert self._given_up() > 0
        dynamodb.delete_item(TableName=table, Key={"owner": row["owner"], "moment": moment})

    def _given_up(self) -> int:
        return len(httpx.get(f"{self.platform.url}/_local/on-failure", timeout=35).json()["objects"])

    def _be_known_to_others(self) -> None:
        said, profile = SEALED, f"/v1/profiles/user_id:{SEALED['user id']}"
        upload = self.ask("POST", "/v1/lists/vip/uploads", {"mode": "add", "kind": "email"})["id"]
        self.ask("POST", f"/v1/lists/vip/uploads/{upload}/rows", {"rows": [said["e-mail"]]})
        self.ask("POST", f"/v1/lists/vip/uploads/{upload}/end", {})
        corrected = {"traits": {"firstName": said["corrected name"]}, "reason": said["reason of a correction"]}
        self.ask("PATCH", f"{profile}/traits", corrected)
        decided = {"purpose": "newsletter", "state": "granted", "proof": said["proof of consent"]}
        decided = {"purpose": "newsletter", "state": "granted", "proof": said["proof of consent"], "text": "2026-01"}
        self.ask("POST", f"{profile}/consent", {**decided, "reason": said["proof of consent"]})
        links = self.ask("POST", f"{profile}/preference-link", {"purpose": "newsletter"})
        for link in filter(None, links.values()):
            if isinstance(link, str) and "?" in link:
                parts = urlsplit(link)
                httpx.get(f"{self.platform.url}{parts.path}?{parts.query}", timeout=35).raise_for_status()

    def _be_on_a_journey(self) -> None:
        """Be told by each channel what is known of them, and then wait: they are on their way when they are erased."""
        words = "{{traits.firstName}} {{traits.lastName}}, {{traits.plan}}, {{entry.cart_id}}: {{answers.coupon}}"
        write_template(self.ask, "erased_letter", "email", words, subject="For {{traits.firstName}}")
        write_template(self.ask, "erased_text", "sms", words)
        write_template(self.ask, "erased_note", "in_app", words, subject="For {{traits.firstName}}")
        with Desk(code=SEALED["answer of a webhook"]) as desk:
            self.ask("PUT", "/v1/webhooks/erased", {"definition": {"url": desk.url}}, role="admin")
            publish(self.ask, "erased", JOURNEY)
            properties = {"cart_id": CLEAR["key of an entry"]}
            self.platform.send("track", userId=SEALED["user id"], event="Cart Shown", properties=properties)
            told = wait_for(self._told, lambda found: len(found) == 3, MINUTE)
            assert [call.path for call in desk.calls] == ["/"]
        assert told == {"email", "sms", "in_app"}

    def _told(self) -> set[str]:
        """Name the channels by which they were told something."""
        events = self.platform.events("user_id", SEALED["user id"])
        return {event["properties"]["channel"] for event in events if event["event"] == "Message Sent"}

    def _be_looked_at(self) -> None:
        user = SEALED["user id"]
        for role in ("service", "analyst", "privacy"):
            for rest in ("", "/events", "/traits", "/identifiers", "/graph", "/consent", "/computed", "/journeys"):
                self.ask("GET", f"/v1/profiles/user_id:{user}{rest}", role=role)
        self.ask("POST", "/v1/profiles/lookup", {"kind": "email", "value": SEALED["e-mail"]})
        self.ask("POST", "/v1/segments/preview", {"definition": {"where": {"event": CLEAR["event"]}}}, role="analyst")
        asked = {"kind": "access", "identifiers": [f"user_id:{user}"], "reference": f"access-{RUN}"}
        taken = self.ask("POST", "/v1/privacy/requests", asked, role="privacy")["id"]
        self.ask("POST", f"/v1/privacy/requests/{taken}/verify", {"how": "signed_in"}, role="privacy")
        self.command("privacy", "export", taken, "--to", str(self.folder / "access"))
        self.ask("POST", f"/v1/privacy/requests/{taken}/complete", role="privacy")
        self.command("query", f"SELECT count(*) FROM events WHERE name = '{CLEAR['event']}'")

    def look_again(self) -> None:
        """Ask the lake again, here and where it is previewed: what it has no more, they forget."""
        self.command("query", "SELECT count(*) FROM events e JOIN people p ON true")
        self.ask("POST", "/v1/segments/preview", {"definition": {"where": {"event": "x"}}}, role="analyst")

    def wait_until_saved(self) -> None:
        """Wait until the emulator has written over what it had saved of its tables."""
        now = time.time()
        deadline = time.monotonic() + 3 * MINUTE
        while (saved := read(self.platform.home / "saved")) is None or saved.at <= now:
            assert time.monotonic() < deadline, "the emulator has not saved its state"
            # It saves what changed: somebody else does something.
            self.platform.send("track", anonymousId=f"somebody-else-{RUN}", event="Thing Done")
            time.sleep(5)

    def _owners(self) -> list[str]:
        found = []
        for kind, name in (("user_id", "user id"), ("anonymous_id", "device cut off")):
            graph = self.ask("GET", f"/v1/profiles/{kind}:{SEALED[name]}/graph", role="analyst")
            found += [str(each["id"]).removeprefix("p_") for each in graph["identifiers"]]
        return found

    def be_erased(self) -> dict[str, Any]:
        """
        Ask for the erasure of all of them, have it verified, let the hours pass; give the certificate.

        Meanwhile they go on: for a minute a process may still know their keys, and what it takes goes in a later round.
        """
        named = [f"email:{SEALED['e-mail']}", f"anonymous_id:{SEALED['device cut off']}"]
        asked = {"kind": "erasure", "identifiers": named, "reference": f"erasure-{RUN}"}
        self.request = self.ask("POST", "/v1/privacy/requests", asked, role="privacy")["id"]
        path = f"/v1/privacy/requests/{self.request}"
        self.ask("POST", f"{path}/verify", {"how": "document"}, role="privacy")
        known = time.monotonic() + MINUTE + 5
        while self.ask("GET", path, role="privacy")["round"] < 1 or time.monotonic() < known:
            assert time.monotonic() < known + 2 * MINUTE, "the state machine has not ended the first round"
            self.platform.send("track", userId=SEALED["user id"], event=CLEAR["event"], properties=dict(CLEAR))
            time.sleep(2)
        for seconds in (17 * MINUTE, 8 * HOUR, 9 * HOUR, 10 * HOUR):
            self.platform.settle()
            if self._work(seconds) == "done":
                break
        certificate: dict[str, Any] = self.ask("GET", f"{path}/certificate", role="privacy")
        return certificate

    def _work(self, seconds: int) -> str:
        """Do what the state machine does later, for it waits as it would on AWS."""
        worker = [sys.executable, "-m", "tests.e2e.later", self.request, str(seconds)]
        done = subprocess.run(
            worker, cwd=ROOT, env=settings_of(self.platform), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.rpartition("\n")[2]
