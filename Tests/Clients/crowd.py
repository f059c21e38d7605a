"""Apps and people that work at a house whose processes are killed, and write down all they hear in a ledger."""
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import jwt as pyjwt
from apps import CALLBACK, EMAIL, GRACE, KEY, SHOPS, VERIFIER, request
from ledger import Lost, Street
from person import Arrival, Person


class Worker(Street):
    """One who does the same again and again. What was under way when an answer was lost is left to `recover`."""

    def __init__(self, run, seed):
        super().__init__(run.doors, seed, run.database_goes)
        self.run, self.ledger = run, run.ledger
        self.person = Person(EMAIL, clients=(CALLBACK,), patience=60)
        self.last = None

    def work(self):
        while not self.run.stop.is_set():
            try:
                self.once()
            except Lost:
                if not self.last:
                    self.ledger.lose("another")
                    time.sleep(0.02)
                self.recover()

    def once(self):
        raise NotImplementedError

    def recover(self):
        """Apps present what they have no answer about, until they hear one."""
        while self.last:
            try:
                self.present(*self.last)
            except Lost:
                time.sleep(0.02)

    # A person

    def is_signed_in(self):
        page = self.anywhere(lambda door: self.person.go(door + "/account"))
        return page.path == "/account"

    def sign_in(self):
        page = self.anywhere(lambda door: self.person.go(door + "/sign-in"))
        page = self.anywhere(lambda door: self.person.sign_in_on(page))
        assert page.path == "/account", page.text
        self.ledger.note("sign-in")

    def authorize(self, client, scope="openid email offline_access"):
        place = self.anywhere(lambda door: self.person.go(door + request(client, scope)))
        if isinstance(place, Arrival):
            self.ledger.note("authorization")
        return place

    # A client

    def present(self, kind, artefact, client):
        """A code, refresh token or assertion. Its tokens, or nothing when it is refused."""
        self.last = (kind, artefact, client)
        with self.ledger.lock:
            self.ledger.live.pop(artefact, None)
        try:
            answer = self.post("/token", client, self.form(kind, artefact))
        except Lost:
            self.ledger.lose(kind)
            raise
        self.last = None
        self.ledger.presented(kind, artefact, client, answer)
        return answer.json() if answer.status_code == 200 else None

    @staticmethod
    def form(kind, artefact):
        if kind == "code":
            return {"grant_type": "authorization_code", "code": artefact, "redirect_uri": CALLBACK,
                    "code_verifier": VERIFIER}
        if kind == "refresh token":
            return {"grant_type": "refresh_token", "refresh_token": artefact}
        return {"grant_type": "client_credentials", "client_assertion": artefact,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}

    def take(self, kind, artefact, client):
        """What was given and acknowledged, and is presented for the first time: it must be good (I1)."""
        tokens = self.present(kind, artefact, client)
        assert tokens, f"a {kind} of {client} was acknowledged, and then refused"
        return tokens

    def fresh(self, client):
        """The first tokens of a new family."""
        tokens = self.take("code", self.authorize(client).parameters["code"], client)
        if client == "patient":
            self.ledger.repeatable.add(tokens["refresh_token"])
        return tokens

    def refresh(self, tokens, client):
        tokens = self.take("refresh token", tokens["refresh_token"], client)
        if client == "patient":
            self.ledger.repeatable.add(tokens["refresh_token"])
        return tokens

    def keep(self, tokens, client):
        with self.ledger.lock:
            self.ledger.live[tokens["refresh_token"]] = client
            self.ledger.active.add((tokens["access_token"], tokens["refresh_token"]))

    def revoke(self, token, client, *others):
        answer = self.post("/revoke", client, {"token": token})
        if answer.status_code != 200:
            return self.ledger.surprise("revocation", answer.status_code, answer.text)
        self.ledger.note("revocation")
        with self.ledger.lock:
            self.ledger.revoked |= {token, *others}


class Chain(Worker):
    """Codes, chains of refresh tokens without a window, and their ends."""

    def once(self):
        family = [self.fresh("app")]
        for _ in range(self.random.randint(1, 4)):
            family.append(self.refresh(family[-1], "app"))
        tokens = family[-1]
        if self.random.random() < 0.4:
            # With the last one goes all that was issued before it (TK12).
            return self.revoke(tokens["refresh_token"], "app", *(one["access_token"] for one in family))
        self.keep(tokens, "app")


class Patient(Worker):
    """Rotations with a window: what was not heard is asked for again, and so is what was, now and then."""

    def once(self):
        tokens = self.fresh("patient")
        for _ in range(self.random.randint(1, 4)):
            spent, tokens = tokens["refresh_token"], self.refresh(tokens, "patient")
            if self.random.random() < 0.3 and not self.again(spent, tokens, time.monotonic()):
                return
        self.keep(tokens, "patient")

    def again(self, spent, tokens, began):
        """Whether the same answer came once more, to a rotation that was asked for after `began`."""
        while True:
            try:
                is_same = self.present("refresh token", spent, "patient") == tokens
                break
            except Lost:
                time.sleep(0.02)
        if is_same:
            self.ledger.repeated += 1
        elif time.monotonic() - began < GRACE - 2:
            self.ledger.surprise("an answer was not given again")
        return is_same

    def recover(self):
        if not self.last or self.last[0] != "refresh token":
            return super().recover()
        kind, artefact, client = self.last
        began, answers = time.monotonic(), []
        while len(answers) < 2:
            try:
                answers.append(self.present(kind, artefact, client))
            except Lost:
                time.sleep(0.02)
        if None in answers and time.monotonic() - began < GRACE - 2:
            self.ledger.surprise("a lost answer was not given again", answers)


class Waiting(Patient):
    """Rotates, waits until a process has been killed and is back, and asks for the same answer once more."""

    def once(self):
        tokens = self.fresh("patient")
        began, kills = time.monotonic(), self.run.kills
        spent, tokens = tokens["refresh_token"], self.refresh(tokens, "patient")
        while self.run.kills == kills and not self.run.stop.is_set() and time.monotonic() - began < GRACE - 4:
            time.sleep(0.01)
        is_across = self.run.kills > kills
        if self.again(spent, tokens, began):
            self.ledger.repeated_across += is_across
            self.keep(tokens, "patient")


class Race(Worker):
    """One artefact, presented at once by three who know nothing of each other."""

    def __init__(self, run, seed):
        super().__init__(run, seed)
        self.rivals = [Worker(run, f"{seed}.{number}") for number in range(3)]
        self.pool = ThreadPoolExecutor(len(self.rivals))

    def once(self):
        client = self.random.choice(["app", "patient"])
        if self.random.random() < 0.5:
            return self.race("code", self.authorize(client).parameters["code"], client)
        self.race("refresh token", self.fresh(client)["refresh_token"], client)

    def race(self, *artefact):
        start = threading.Barrier(len(self.rivals))

        def run(rival):
            start.wait()
            try:
                rival.present(*artefact)
            except Lost:
                rival.recover()

        list(self.pool.map(run, self.rivals))


class Machine(Worker):
    """Tokens of an app's own, some of them revoked, and assertions, each of which is good for one use."""

    def once(self):
        answer = self.post("/token", "watch", {"grant_type": "client_credentials"})
        if answer.status_code != 200:
            return self.ledger.surprise("client_credentials", answer.status_code, answer.text)
        self.ledger.note("client_credentials")
        token = answer.json()["access_token"]
        if self.random.random() < 0.5:
            self.revoke(token, "watch")
        else:
            self.ledger.active.add((token, None))
        now = int(time.time())
        self.take("assertion", pyjwt.encode(
            {"iss": "robot", "sub": "robot", "aud": self.run.issuer, "exp": now + 3000, "iat": now,
             "jti": str(uuid.uuid4())},
            KEY.export_to_pem(private_key=True, password=None), "ES256", {"kid": "robot"}), None)


class Visitor(Worker):
    """Signs in, allows shops and takes it back, and signs out. `allowed` and `is_in`: what is known of it."""

    def __init__(self, run, seed, email):
        super().__init__(run, seed)
        self.person.email, self.allowed, self.is_in = email, {}, False

    def once(self):
        is_in, known, self.is_in = self.is_signed_in(), self.is_in, None
        if known is not None and known != is_in:
            self.ledger.surprise("session", known, is_in)
        if not is_in:
            self.sign_in()
        self.is_in = True
        for shop in self.random.sample(SHOPS, 2):
            self.decide(shop)
        if self.random.random() < 0.5:
            self.sign_out()

    def decide(self, shop):
        place = self.authorize(shop, "openid email")
        known, self.allowed[shop] = self.allowed.get(shop), None
        if known is not None and known != isinstance(place, Arrival):
            self.ledger.surprise("consent", shop, known, repr(place))
        if isinstance(place, Arrival):
            page = self.anywhere(lambda door: self.person.go(door + "/account/applications"))
            form = next(form for form in page.forms if form.fields.get("application") == shop)
            page = self.anywhere(lambda door: self.person.submit(page, form))
            self.allowed[shop] = False
            return self.ledger.note("consent taken back")
        place = self.anywhere(lambda door: self.person.submit(place, place.form("/consent"), button="allow"))
        if not isinstance(place, Arrival):
            return self.ledger.surprise("consent", shop, place.status, place.text[:300])
        self.allowed[shop] = True
        self.ledger.note("consent")

    def sign_out(self):
        page = self.anywhere(lambda door: self.person.go(door + "/account"))
        cookies = self.person.session.cookies.copy()
        form, self.is_in = page.form("/logout/confirm"), None
        self.anywhere(lambda door: self.person.submit(page, form, button="sign-out"))
        self.is_in = False
        self.ledger.note("sign-out")
        with self.ledger.lock:
            self.ledger.signed_out.append(cookies)

    def recover(self):
        """A person looks at the next page and sees for themselves."""
