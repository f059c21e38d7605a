"""A day at a house, at a steady rate: 40 % refresh, 20 % introspection, 15 % code flow, 10 % passwords, 5 % mailed
links, 5 % second factors, 5 % revocation. Everybody knows what they must be told (I1, I4, I5)."""
import collections
import contextlib
import http.client
import json
import threading
import time
from urllib.parse import parse_qs, urlsplit

import jwt
from apps import CALLBACK, request
from factor_visitor import APP, at_factor, enrol, try_code
from guests import OFFLINE, WATCH, add_people, calm, code_for, exchange_form, signed_in
from mailed_links import link_of
from martlet import Mail
from person import Person
from trial import percentile
from wire import Line, cookies_of

WEIGHTS = {"refresh": 40, "introspect": 20, "code": 15, "password": 10, "link": 5, "factor": 5, "revoke": 5}
BY_BROWSER = {"link", "factor"}
KNOWN_BROWSERS, PEOPLE_WITH_FACTORS, PEOPLE_WITH_LINKS = 12, 10, 10


class Mix:
    """`with Mix(…) as mix:` goes on until the block ends. `rate`: operations a second, of one to five requests each."""

    def __init__(self, trial, house, office, rate, guests=24):
        self.house, self.office, self.rate, self.random = house, office, rate, trial.random
        self.lock, self.over, self.faults = threading.Lock(), threading.Event(), []
        # So many at a time come with a browser, that is with a connection, of their own: were it as many as happen to, the
        # server's open files would be theirs to vary.
        self.doors = threading.BoundedSemaphore(4)
        self.done, self.times = collections.Counter(), collections.defaultdict(list)
        self.answers = collections.Counter()
        house.add_person("ada@example.org")
        self.people = add_people(house, KNOWN_BROWSERS, "known")
        self.linked = collections.deque(add_people(house, PEOPLE_WITH_LINKS, "linked", magic_links=True))
        self.held = collections.deque((enrol(house), 0.0) for _ in range(PEOPLE_WITH_FACTORS))
        self.browsers = [self.browser(email) for email in self.people]
        self.guests = [Guest(self, number) for number in range(guests)]
        calm(house)

    def browser(self, email):
        """One that the person has used before: the form before them, and what it keeps."""
        person = signed_in(self.house, email)
        session = cookies_of(person)
        for cookie in list(person.session.cookies):
            if "session" in cookie.name:
                person.session.cookies.clear(cookie.domain, cookie.path, cookie.name)
        fields = person.go(self.house.issuer + "/sign-in").form("/sign-in").fields
        return email, fields, cookies_of(person), session

    def __enter__(self):
        self.begun, self.tickets = time.monotonic(), 0
        self.threads = [threading.Thread(target=guest.work, daemon=True) for guest in self.guests]
        self.threads.append(threading.Thread(target=self.turn, daemon=True))
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=60)
        self.ended = time.monotonic()

    def turn(self):
        """No limit is met, and a code of an app is good again as if half a minute had passed."""
        while not self.over.wait(0.5):
            try:
                self.house.sql("UPDATE factors SET last_step = 1 WHERE kind = 'totp'")
                # The whole table first: row by row in an order of its own it would deadlock with a server.
                lock = "LOCK TABLE throttle_counters IN SHARE ROW EXCLUSIVE MODE; " if self.house.database else ""
                self.house.sql(lock + "DELETE FROM throttle_counters")
            except Exception as fault:
                self.fault("turning time", repr(fault))

    def ticket(self):
        """When the next operation is due."""
        with self.lock:
            self.tickets += 1
            return self.begun + self.tickets / self.rate

    def note(self, operation, answer, late=0.0):
        with self.lock:
            self.answers[answer.status // 100] += 1
            self.times[operation].append(answer.taken + late)

    def fault(self, *what):
        with self.lock:
            self.faults.append(what)

    # What came of it

    @property
    def requests(self):
        return sum(self.answers.values())

    @property
    def failed_share(self):
        """Of all that is not the asker's own fault."""
        counted = self.requests - self.answers[4]
        return (self.answers[5] + self.answers[0]) / counted if counted else 1.0

    def p99(self, *operations):
        return 1000 * percentile([taken for one in operations for taken in self.times[one]], 0.99)


class Guest:
    def __init__(self, mix, number):
        self.mix, self.house, self.random = mix, mix.house, mix.random
        self.line = Line(mix.house.port)
        self.email, self.form, self.browser, self.session = mix.browsers[number % len(mix.browsers)]
        self.waiting, self.late = None, 0.0
        self.family = None

    def work(self):
        names, weights = list(WEIGHTS), list(WEIGHTS.values())
        while not self.mix.over.is_set():
            due = self.mix.ticket()
            if self.mix.over.wait(max(0.0, due - time.monotonic())):
                break
            operation = self.random.choices(names, weights)[0]
            try:
                with self.mix.doors if operation in BY_BROWSER else contextlib.nullcontext():
                    self.late = max(0.0, time.monotonic() - due)
                    if self.family is None:
                        self.code()
                    getattr(self, operation)()
                self.mix.done[operation] += 1
            except (OSError, http.client.HTTPException) as fault:
                with self.mix.lock:
                    self.mix.answers[0] += 1
                self.mix.fault(operation, repr(fault))
                self.family = None
            except Exception as fault:
                self.mix.fault(operation, repr(fault)[:400])
                self.family = None

    def ask(self, operation, method, path, form=None, expected=(200,), **headers):
        answer = self.line.ask(method, path, form, **headers)
        self.mix.note(operation, answer, self.late)
        self.late = 0.0
        if answer.status not in expected:
            self.mix.fault(operation, path.split("?")[0], answer.status, answer.body[:200])
        return answer

    # What there is to do

    def code(self):
        answer = self.ask("code", "GET", request("app", OFFLINE), expected=(303,), Cookie=self.session)
        code = parse_qs(urlsplit(answer.headers["location"][0]).query)["code"][0]
        self.family = json.loads(self.ask("code", "POST", "/token", exchange_form(code)).body)
        self.tells_one_factor(self.family["id_token"])

    def tells_one_factor(self, token):
        """I5: whoever gave a password alone is not said to have given more."""
        claims = jwt.decode(token, options={"verify_signature": False})
        if claims.get("amr", ["pwd"]) != ["pwd"] or claims.get("acr", "urn:martlet:acr:1") != "urn:martlet:acr:1":
            self.mix.fault("claims", claims)

    def refresh(self):
        answer = self.ask("refresh", "POST", "/token", {
            "grant_type": "refresh_token", "client_id": "app", "refresh_token": self.family["refresh_token"]})
        self.family = json.loads(answer.body) if answer.status == 200 else None

    def introspect(self, is_active=True):
        form = {"token": self.family["access_token"]}
        answer = self.ask("introspect", "POST", "/introspect", form, Authorization=WATCH)
        if json.loads(answer.body).get("active") is not is_active:
            self.mix.fault("introspection", is_active, answer.body[:200])

    def revoke(self):
        self.ask("revoke", "POST", "/revoke", {"client_id": "app", "token": self.family["refresh_token"]})
        self.introspect(is_active=False)
        self.family = None

    def password(self):
        answer = self.ask("password", "POST", "/sign-in", self.form | {
            "email": self.email, "password": "kettle orbit lantern mosaic"}, expected=(303,), Cookie=self.browser)
        if not answer.opens_session:
            self.mix.fault("password", "opened no session", answer.status)

    def link(self):
        """Asks, and when the mail has come at some later time, presses."""
        if self.waiting is None:
            with self.mix.lock:
                if not self.mix.linked:
                    return
                email = self.mix.linked.popleft()
            person = Person(email, clients=(CALLBACK,))
            fields = person.go(self.house.issuer + "/magic-link").form("/magic-link").fields
            self.ask("link", "POST", "/magic-link", fields | {"email": email}, (303,), Cookie=cookies_of(person))
            # Nobody keeps a connection until their mail comes; open ones are to be as many at any time.
            person.session.close()
            self.waiting = email, person, len(self.mails(email)), time.monotonic()
            return
        email, person, count, since = self.waiting
        came = self.mails(email)[count:]
        if not came:
            if time.monotonic() - since > 60:
                self.mix.fault("link", "no mail came")
                self.waiting = None
                self.mix.linked.append(email)
            return
        page = person.go(link_of(Mail(came[-1].raw)))
        form = page.form("/magic-link/mml_")
        answer = self.ask("link", "POST", urlsplit(page.url).path, form.fields, (303,), Cookie=cookies_of(person))
        if not answer.opens_session:
            self.mix.fault("link", "opened no session", answer.status)
        person.session.close()
        self.waiting = None
        self.mix.linked.append(email)

    def mails(self, email):
        return [mail for mail in list(self.mix.office.handed_over) if mail.to == email]

    def factor(self):
        with self.mix.lock:
            if not self.mix.held or time.monotonic() - self.mix.held[0][1] < 2:
                return
            held, _ = self.mix.held.popleft()
        person = Person(held.email, clients=(CALLBACK,))
        try:
            page = person.sign_in_on(person.go(self.house.issuer + "/sign-in"))
            if not at_factor(page) or try_code(person, page, held.fresh(), APP).path != "/account":
                self.mix.fault("factor", "was not let in", repr(page))
                return
            # I5, of those who gave two.
            form = exchange_form(code_for(self.house, person))
            token = json.loads(self.ask("code", "POST", "/token", form).body)["id_token"]
            claims = jwt.decode(token, options={"verify_signature": False})
            if claims["acr"] != "urn:martlet:acr:2" or not {"pwd", "otp"} <= set(claims["amr"]):
                self.mix.fault("claims", claims)
        finally:
            person.session.close()
            with self.mix.lock:
                self.mix.held.append((held, time.monotonic()))
