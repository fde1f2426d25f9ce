"""A receiver that fails, hangs and answers twice gets each message at least once, in order and signed."""

from __future__ import annotations

import base64
import hmac
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, get_args, get_type_hints

import orjson
import pytest
from sqlalchemy import text

from policy_service.ledger.delivering import SENDERS, TIMEOUT
from policy_service.ledger.receivers import TYPES, WebhooksError, load_webhooks, strangers
from policy_service.ledger.shapes.messages import CloudEvent
from policy_service.ledger.webhooks import Sent, Webhook, send, sign

SECRET = b"s" * 32


class Receiver:
    """A server whose answers are told beforehand: a status, `hang`, `drip` or `twice`; at the end 204."""

    def __init__(self) -> None:
        self.plan: list[int | str] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.accepted: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                answer = outer.plan.pop(0) if outer.plan else 204
                if answer == "hang":
                    time.sleep(1.5)
                    return
                if answer == "drip":
                    for _ in range(15):
                        self.wfile.write(b"H")
                        time.sleep(0.1)
                    return
                if answer == "accept and fail":
                    outer.accepted.append(orjson.loads(body))
                    answer = 500
                elif answer == 204:
                    outer.accepted.append(orjson.loads(body))
                self.send_response(int(answer))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.webhook = Webhook("shop", f"http://127.0.0.1:{self.server.server_port}/in?x=1", SECRET)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def work(shop: Any, receiver: Receiver, rounds: int = 40) -> None:
    """Works until nothing is pending, moving the clock past every pause."""
    worker = shop.worker(receiver.webhook, timeout=0.4)
    for _ in range(rounds):
        if not worker.once():
            if not shop.get("/v1/events/deliveries", state="pending")["deliveries"]:
                break
            shop.clock.forward(hours=12)
    worker.stop()


def test_a_message_is_signed_as_standard_webhooks_says(shop: Any, receiver: Receiver) -> None:
    shop.decide()
    work(shop, receiver)
    [(headers, body)] = receiver.got
    signed = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    expected = base64.b64encode(hmac.new(SECRET, signed, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["content-type"] == "application/cloudevents+json"
    assert orjson.loads(body) == shop.messages()[0]
    assert headers["webhook-id"] == shop.messages()[0]["id"]


def test_the_signature_is_that_of_the_published_example() -> None:
    # https://github.com/standard-webhooks/standard-webhooks, libraries: one test vector for all of them
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert (
        sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_receiver_that_fails_hangs_and_forgets_gets_everything_in_order(shop: Any, receiver: Receiver) -> None:
    receiver.plan = [500, "hang", 302, "accept and fail", 204, 503, "drip", 404, 204, "hang"]
    for number in range(4):
        shop.decide(case=f"RMA-{number}", tier="gold")
        shop.event(f"RMA-{number}", "received")
    work(shop, receiver)
    sent = [message["id"] for message in shop.messages()]
    assert len(sent) == 12
    assert {event["id"] for event in receiver.accepted} == set(sent)
    assert len(receiver.accepted) > len(sent)
    for number in range(4):
        first = list(
            dict.fromkeys(each["id"] for each in receiver.accepted if each["subject"] == f"cases/RMA-{number}")
        )
        assert first == [each["id"] for each in shop.messages() if each["subject"] == f"cases/RMA-{number}"]


def test_what_is_given_up_is_visible_lets_the_next_pass_and_can_be_sent_again(shop: Any, receiver: Receiver) -> None:
    receiver.plan = [500] * 9
    shop.decide()
    shop.event("RMA-1", "received")
    work(shop, receiver)
    [dead] = shop.get("/v1/events/deliveries", state="dead")["deliveries"]
    assert (dead["id"], dead["attempts"], dead["last_error"]) == (shop.messages()[0]["id"], 9, "HTTP 500")
    assert [event["id"] for event in receiver.accepted] == [each["id"] for each in shop.messages()[1:]]
    assert shop.post("/v1/events/redeliver", {}) == {"queued": 1}
    work(shop, receiver)
    assert {event["id"] for event in receiver.accepted} == {each["id"] for each in shop.messages()}
    assert shop.get("/v1/events/deliveries", state="dead")["deliveries"] == []


def test_pages_of_deliveries_follow_each_other(shop: Any, receiver: Receiver) -> None:
    for number in range(3):
        shop.decide(case=f"RMA-{number}")
    work(shop, receiver)
    first = shop.get("/v1/events/deliveries", limit=2)
    rest = shop.get("/v1/events/deliveries", limit=2, cursor=first["next"])
    assert [each["case_id"] for each in first["deliveries"] + rest["deliveries"]] == ["RMA-0", "RMA-1", "RMA-2"]
    assert rest["next"] is None


def test_a_webhook_gets_only_what_it_wants(shop: Any, receiver: Receiver) -> None:
    receiver.webhook = Webhook("shop", receiver.webhook.url, SECRET, types=frozenset({"returns.entitlement"}))
    shop.decide(tier="gold")
    work(shop, receiver)
    assert [event["type"] for event in receiver.accepted] == ["returns.entitlement"]


class Dripper:
    """A receiver that says how it begins, and goes on with a byte now and then."""

    def __init__(self, begin: bytes, drop: bytes) -> None:
        self.begin, self.drop = begin, drop
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.said_all = False
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        with suppress(OSError), self.server.accept()[0] as caller:
            caller.recv(65536)
            caller.sendall(self.begin)
            for _ in range(600):
                time.sleep(0.05)
                caller.sendall(self.drop)
            self.said_all = True


@pytest.mark.parametrize(
    ("scheme", "begin", "drop"),
    [
        ("http", b"", b"H"),
        ("http", b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        ("http", b"HTTP/1.1 500 No\r\nX: ", b"y"),
        ("https", b"\x16\x03\x03\x40\x00", b"\0"),
    ],
    ids=["status", "headers", "headers of a failure", "TLS"],
)
@pytest.mark.parametrize("slow", [False, True], ids=["", "after an address that is silent"])
def test_a_receiver_that_drips_is_left_before_it_has_said_all(
    scheme: str, begin: bytes, drop: bytes, slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dripper = Dripper(begin, drop)
    with socket.socket() as silent, socket.socket() as caller:
        if slow:  # one caller that is not accepted fills its queue, and the next one waits
            silent.bind(("127.0.0.1", 0))
            silent.listen(0)
            caller.connect(silent.getsockname())
            found = [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", each)
                for each in (silent.getsockname(), ("127.0.0.1", dripper.port))
            ]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        row = {"id": "1", "type": "t", "merchant": "m", "case_id": "c", "seq": 1, "time": 0, "data": b"{}"}
        sent = send(Webhook("shop", f"{scheme}://127.0.0.1:{dripper.port}/", SECRET), row, 0, 0.5)
    dripper.server.close()
    assert not dripper.said_all
    # How far a busy machine comes in half a second is not ours to say.
    assert sent.status in ({200, 500, None} if begin.startswith(b"HTTP") else {None})
    assert sent.error == (None if sent.ok else "HTTP 500" if sent.status else "TimeoutError")


def test_what_a_worker_takes_is_sent_before_another_may_take_it(
    shop: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        shop.decide(case=f"RMA-{number}")
    taken: list[int] = []

    def slow(*_: object) -> Sent:
        with shop.ledger.database.reading() as connection:
            leases = (
                connection.execute(text("SELECT leased_until FROM deliveries WHERE leased_until > 0")).scalars().all()
            )
        turns = -(-len(leases) // SENDERS)
        assert min(leases) > shop.ledger.now() + turns * TIMEOUT * 1_000_000
        taken.append(len(leases))
        return Sent(204, None)

    monkeypatch.setattr("policy_service.ledger.delivering.send", slow)
    worker = shop.worker(receiver.webhook)
    while worker.once():
        pass
    worker.stop()
    assert len(taken) == 40


def test_nobody_at_the_other_end_is_tried_again(shop: Any, receiver: Receiver) -> None:
    shop.decide()
    lost = Webhook("shop", "http://127.0.0.1:9/", SECRET)
    shop.worker(lost, timeout=0.3).once()
    [waiting] = shop.get("/v1/events/deliveries")["deliveries"]
    assert (waiting["state"], waiting["attempts"], waiting["last_error"]) == ("pending", 1, "ConnectionRefusedError")


WHOLE = """\
webhooks:
  - name: shop
    url: https://shop.example/returns
    secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
    types: [returns.notification]
    merchants: [dg-home]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (WHOLE, "webhooks: 3", " needs a list of `webhooks`, each with `name`, `url` and `secret`"),
        (WHOLE, "webhooks: [", " is neither YAML nor JSON"),
        (
            "    secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
            "",
            ", line 2: the webhook has no `secret`\nit needs `name`, `url` and `secret`",
        ),
        ("url:", "urll:", ", line 3: a webhook has no `urll`\ndid you mean `url`?"),
        ("https", "file", ", line 3: `url` begins with `https://` or `http://` and names a host"),
        ("MfKQ9r8GKYqrTw", "", ", line 4: `secret` is `whsec_` and 24 to 64 random bytes in base64"),
        (
            "returns.notification",
            "returns.notifcation",
            ", line 5: no message has the type `returns.notifcation`\ndid you mean `returns.notification`?",
        ),
        ("[dg-home]", "dg-home", ", line 6: `merchants` is a list of names"),
        ("    types", "    name: again\n    types", ", line 5: the key `name` stands here a second time"),
    ],
)
def test_a_file_of_webhooks_that_does_not_fit_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "webhooks.yaml"
    file.write_text(WHOLE.replace(old, new), encoding="utf-8")
    with pytest.raises(WebhooksError) as refused:
        load_webhooks(file)
    assert str(refused.value) == f"`{file}`{said}"


def test_two_webhooks_have_names_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "webhooks.yaml"
    file.write_text(WHOLE + WHOLE.partition("\n")[2], encoding="utf-8")
    with pytest.raises(WebhooksError, match="line 7: two webhooks are named `shop`"):
        load_webhooks(file)


def test_a_merchant_without_a_policy_is_told(tmp_path: Path) -> None:
    file = tmp_path / "webhooks.yaml"
    file.write_text(WHOLE.replace("dg-home", "dg-hom"), encoding="utf-8")
    assert list(strangers(load_webhooks(file), ["dg-home", "dg-toys"])) == [
        "the webhook `shop` is for `dg-hom`, which has no policy; did you mean `dg-home`?"
    ]
    assert not list(strangers(load_webhooks(file), ["dg-hom"]))


def test_every_type_that_a_message_has_can_be_asked_for() -> None:
    forms = get_args(get_args(CloudEvent.__value__)[0])
    assert set(TYPES) == {name for form in forms for name in get_args(get_type_hints(form)["type"])}


def test_a_file_of_webhooks_is_read(tmp_path: Path) -> None:
    file = tmp_path / "webhooks.yaml"
    secret = "whsec_" + base64.b64encode(SECRET).decode()
    file.write_text(
        f"webhooks: [{{name: a, url: 'https://x/y', secret: {secret}, merchants: [shop]}}]", encoding="utf-8"
    )
    assert load_webhooks(file) == (Webhook("a", "https://x/y", SECRET, None, frozenset({"shop"})),)
