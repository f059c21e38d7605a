"""What was asked, what was answered and what was not: the accounts that a run of kills is held to (I1, I2)."""
import collections
import random
import threading
import time

import requests

from person import was_never_sent


class Lost(Exception):
    """No answer came: whether the request did anything is not known."""


class Ledger:
    """Shared by all who work. `taken` has every acknowledged success of a one-time artefact, with what was given."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged, self.refused, self.lost = (collections.Counter() for _ in range(3))
        self.taken = collections.defaultdict(list)
        self.repeatable = set()
        self.live, self.spent, self.revoked, self.active = {}, {}, set(), set()
        self.signed_out = []
        self.repeated = self.repeated_across = 0
        self.surprises = []

    @property
    def size(self):
        with self.lock:
            return sum(self.acknowledged.values())

    def note(self, operation):
        with self.lock:
            self.acknowledged[operation] += 1

    def lose(self, operation):
        with self.lock:
            self.lost[operation] += 1

    def surprise(self, *what):
        with self.lock:
            self.surprises.append(what)

    def presented(self, kind, artefact, client, answer):
        """One presentation of a one-time artefact that was answered."""
        with self.lock:
            if answer.status_code == 200:
                self.acknowledged[kind] += 1
                self.taken[artefact].append(answer.content)
                self.spent[artefact] = (kind, client)
            elif answer.status_code in (400, 401) and answer.json()["error"] in ("invalid_grant", "invalid_client"):
                self.refused[kind] += 1
                self.spent[artefact] = (kind, client)
            else:
                self.surprises.append((kind, answer.status_code, answer.text[:300]))

    def twice(self):
        """Artefacts that were taken more than once; where an answer may be repeated, with more than one answer."""
        return [artefact for artefact, answers in self.taken.items()
                if len(set(answers) if artefact in self.repeatable else answers) > 1]

    def __str__(self):
        def line(counts):
            return ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))

        return (f"{self.size} acknowledged ({line(self.acknowledged)}); refused: {line(self.refused)}; "
                f"no answer: {sum(self.lost.values())} ({line(self.lost)}); taken twice: {len(self.twice())}; "
                f"answers repeated byte for byte: {self.repeated}, {self.repeated_across} of them after a kill")


class Street:
    """The doors of one house. Whoever finds one shut tries another; whoever is cut off has lost an answer."""

    def __init__(self, doors, seed, database_goes=False):
        self.doors, self.random, self.database_goes = doors, random.Random(seed), database_goes
        self.http = requests.Session()
        self.http.trust_env = False

    def anywhere(self, ask):
        """`ask(door)`, at a door that opens. When the database is expected to go away, 503 is no answer either: whether
        a commit that it was lost in was kept, nobody knows."""
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = ask(self.random.choice(self.doors))
                if self.database_goes and 503 in (getattr(answer, name, 0) for name in ("status", "status_code")):
                    raise Lost
                return answer
            except requests.ConnectionError as error:
                if not was_never_sent(error):
                    raise Lost from error
                assert time.monotonic() < deadline, "no door opens"
                time.sleep(0.005)
            except requests.RequestException as error:
                raise Lost from error

    def post(self, path, client, form):
        if client in ("app", "patient"):
            form, auth = form | {"client_id": client}, None
        else:
            auth = (client, f"{client}'s secret") if client else None
        return self.anywhere(lambda door: self.http.post(door + path, data=form, auth=auth, timeout=30))
