"""Apps with tokens and people at browsers, ready to be set upon a house."""
import itertools
import json
import secrets
import threading
from collections import deque

from apps import CALLBACK, EMAIL, VERIFIER, request
from martlet import PASSWORD
from person import Person
from refreshing import Customer
from wire import basic, message

OFFLINE = "openid email offline_access"
WATCH = basic("watch", "watch's secret")


def calm(house):
    """As if nobody had tried anything for long: what is measured is not the limits."""
    house.sql("DELETE FROM throttle_counters")


def add_people(house, count, prefix="guest", **preferences):
    """By an import, which takes a moment where a command for each would take minutes; their addresses. They all have
    the same password, hashed once, and are told of no sign-in."""
    first, path = f"{prefix}0@example.org", house.folder / f"{prefix}.jsonl"
    house.command("user", "add", "--email", first, "--name", "Guest", stdin=PASSWORD + "\n")
    house.command("user", "export", str(path), "--with-password-hashes")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    one = next(row for row in rows if row["email"] == first)
    one["preferences"] |= {"sign_in_notices": "none"} | preferences
    copies = [one | {"sub": secrets.token_urlsafe(16), "email": f"{prefix}{number}@example.org"}
              for number in range(1, count)]
    path.write_text("".join(json.dumps(copy) + "\n" for copy in copies))
    if count > 1:
        house.command("user", "import", str(path))
    return [f"{prefix}{number}@example.org" for number in range(1, count)] or [first]


def families(house, count, client="app"):
    """The first tokens of so many grants, all of one person in one session."""
    customer = Customer(house, client).begin()
    found = [customer.tokens]
    while len(found) < count:
        answer = customer.exchange(customer.code())
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
    return found


class Refreshing:
    """Makes requests that refresh one family after the other. `lost`: tokens about which nothing is known."""

    def __init__(self, found, client="app"):
        self.client, self.ready, self.lost, self.faults = client, deque(found), [], []
        self.done = 0

    def make(self):
        tokens = self.ready.popleft()
        form = {"grant_type": "refresh_token", "client_id": self.client, "refresh_token": tokens["refresh_token"]}

        def told(status, seen):
            if status == 200:
                self.done += 1
                self.ready.append(json.loads(seen.partition(b"\r\n\r\n")[2]))
                return
            if status >= 0:
                self.faults.append((status, seen[-300:]))
            if status == 0:
                self.lost.append(tokens)
            else:
                self.ready.append(tokens)

        return message("POST", "/token", form, close=False), told


class Introspecting:
    """Makes requests that ask about live tokens. `wrong`: answers that said otherwise."""

    def __init__(self, tokens):
        self.tokens, self.wrong = itertools.cycle(tokens), []

    def make(self):
        token = next(self.tokens)

        def told(status, seen):
            if status == 200 and b'"active":true' not in seen:
                self.wrong.append(seen[-300:])

        return message("POST", "/introspect", {"token": token}, close=False, Authorization=WATCH), told


def mixed(*makers):
    """One after the other."""
    order, lock = itertools.cycle(makers), threading.Lock()

    def make():
        with lock:
            maker = next(order)
        return maker()

    return make


def machine():
    request_ = message("POST", "/token", {"grant_type": "client_credentials"}, close=False, Authorization=WATCH)
    return request_, None


def signed_in(house, email=EMAIL, clients=(CALLBACK,)):
    person = Person(email, clients=clients)
    page = person.sign_in_on(person.go(house.issuer + "/sign-in"))
    assert page.path == "/account", page.text
    return person


def code_for(house, person, client="app", scope=OFFLINE):
    return person.go(house.issuer + request(client, scope)).parameters["code"]


def exchange_form(code, client="app"):
    return {"grant_type": "authorization_code", "client_id": client, "code": code, "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER}
