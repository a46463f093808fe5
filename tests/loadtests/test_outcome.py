"""What became of accepted writes: lost, doubled, unexpected and unprocessed ones are found."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from loadtests.facts import Accepted, RunFacts
from loadtests.outcome import OutcomeError, check_outcome
from loadtests.settings import LoadUser

RUN = "load1"
OWNERS = (LoadUser("a@x", "token-a"), LoadUser("b@x", "token-b"))


class Store:
    """Applications by owner and documents by application, served in pages of two."""

    def __init__(self):
        self.applications = {user.token: [] for user in OWNERS}
        self.documents = {}
        self.status = 200

    def add(self, owner, identity, marker, state="checked"):
        item = {"id": identity, "state": state, "farm": {"name": f"สวน {marker}"}}
        self.applications[owner.token].append(item)

    def answer(self, path, token):
        address = urlsplit(path)
        if address.path.endswith("/documents"):
            items = self.documents.get(address.path.split("/")[-2], {})
            return {"items": [{"id": i, "state": s} for i, s in items.items()], "nextCursor": None}
        start = int(parse_qs(address.query).get("cursor", ["0"])[0])
        items = self.applications[token]
        more = str(start + 2) if start + 2 < len(items) else None
        return {"items": items[start : start + 2], "nextCursor": more}


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def url(store):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            token = self.headers["Authorization"].removeprefix("Bearer ")
            body = json.dumps(store.answer(self.path, token)).encode()
            self.send_response(store.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def application(identity, marker, owner=OWNERS[0]):
    return Accepted("application", identity, identity, owner.email, marker)


def submission(identity, owner=OWNERS[0]):
    return Accepted("submission", f"j-{identity}", identity, owner.email)


def ask(url, *accepted, uncertain=(), times=None):
    """Ask with a clock that jumps far beyond every deadline, unless `times` are given."""
    ticks = iter(times or [0.0, *[1e6] * 50])
    facts = RunFacts(accepted=list(accepted), uncertain=list(uncertain))
    return check_outcome(
        url, RUN, OWNERS, facts, 2.0, clock=lambda: next(ticks), sleep=lambda _: None
    )


def test_everything_stored_and_processed_is_clean(url, store):
    for number in range(5):  # three pages
        store.add(OWNERS[0], f"a-{number}", f"{RUN}-0-{number}")
    store.documents["a-0"] = {"d-1": "processed"}
    outcome = ask(
        url,
        *(application(f"a-{n}", f"{RUN}-0-{n}") for n in range(5)),
        submission("a-0"),
        Accepted("document", "d-1", "a-0", OWNERS[0].email),
    )
    assert (outcome.lost, outcome.doubled, outcome.unexpected, outcome.unprocessed) == ((),) * 4
    assert outcome.accepted == 7


def test_an_accepted_application_that_is_not_there_is_lost(url):
    assert ask(url, application("a-1", f"{RUN}-0-0")).lost == ("a-1",)


def test_an_accepted_document_that_is_not_there_is_lost(url, store):
    store.documents["a-1"] = {"d-2": "processed"}
    assert ask(url, Accepted("document", "d-1", "a-1", OWNERS[0].email)).lost == ("d-1",)


def test_one_creation_stored_twice_is_doubled(url, store):
    store.add(OWNERS[0], "a-1", f"{RUN}-0-0")
    store.add(OWNERS[0], "a-2", f"{RUN}-0-0")
    assert ask(url, application("a-1", f"{RUN}-0-0")).doubled == (f"{RUN}-0-0",)


def test_a_stored_one_that_nobody_accepted_is_unexpected(url, store):
    store.add(OWNERS[1], "b-1", f"{RUN}-1-0")
    assert ask(url).unexpected == (f"{RUN}-1-0",)


def test_a_creation_without_a_clear_answer_may_be_stored(url, store):
    store.add(OWNERS[1], "b-1", f"{RUN}-1-0")
    assert ask(url, uncertain=[f"{RUN}-1-0"]).unexpected == ()


def test_other_runs_are_not_looked_at(url, store):
    store.add(OWNERS[0], "x-1", "load10-0-0")
    store.add(OWNERS[0], "x-2", "load0-0-0")
    assert ask(url).unexpected == ()


def test_a_submission_that_nobody_works_off_is_unprocessed(url, store):
    store.add(OWNERS[0], "a-1", f"{RUN}-0-0", state="submitted")
    outcome = ask(url, application("a-1", f"{RUN}-0-0"), submission("a-1"))
    assert outcome.unprocessed == ("a-1",)


def test_a_document_that_nobody_works_off_is_unprocessed(url, store):
    store.documents["a-1"] = {"d-1": "received"}
    outcome = ask(url, Accepted("document", "d-1", "a-1", OWNERS[0].email))
    assert outcome.unprocessed == ("d-1",)


def test_a_slow_queue_is_waited_for(url, store):
    store.add(OWNERS[0], "a-1", f"{RUN}-0-0", state="submitted")
    states = iter(["submitted", "submitted", "returned"])
    answer = store.answer

    def advancing(path, token):
        if token == OWNERS[0].token:
            store.applications[token][0]["state"] = next(states, "returned")
        return answer(path, token)

    store.answer = advancing
    outcome = ask(
        url, application("a-1", f"{RUN}-0-0"), submission("a-1"), times=[float(t) for t in range(9)]
    )
    assert outcome.unprocessed == ()
    assert outcome.waited_seconds > 0


def test_a_platform_that_does_not_answer_is_no_outcome(url, store):
    store.status = 503
    with pytest.raises(OutcomeError, match=r"/api/v1/applications.*503"):
        ask(url)
