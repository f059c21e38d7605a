"""A house with one process or two and a crowd that works there, while something takes its processes or its database
away."""
import contextlib
import random
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import postgresql
import requests
from crowd import Chain, Machine, Patient, Race, Visitor, Waiting
from ledger import Ledger

KINDS = ("authorization", "code", "refresh token", "assertion", "client_credentials", "revocation", "sign-in",
         "sign-out", "consent", "consent taken back")


class Siege:
    """`victim`: one (the only process), two (of two, one at a time), database (with two), or nothing with two."""

    def __init__(self, house, victim, seed=None, processes=None):
        self.seed, self.database_goes = seed or secrets.token_hex(4), victim == "database"
        self.random, self.house, self.ledger = random.Random(self.seed), house, Ledger()
        count = processes or (1 if victim == "one" else 2)
        self.processes = [house] + [house.sibling() for _ in range(count - 1)]
        self.issuer = house.issuer
        self.doors = [f"http://localhost:{process.port}" for process in self.processes]
        self.stop, self.kills, self.starts = threading.Event(), 0, []

    @contextlib.contextmanager
    def crowd(self):
        """At work until the block ends."""
        for process in self.processes[1:]:
            process.start()
        people = [f"person{number}@example.org" for number in range(2)]
        for email in people:
            self.house.add_person(email)
        kinds = [Chain, Chain, Patient, Patient, Waiting, Race, Machine]
        workers = [kind(self, f"{self.seed}.{number}") for number, kind in enumerate(kinds)]
        for worker in workers:
            worker.sign_in()
        self.visitors = [Visitor(self, f"{self.seed}.{email}", email) for email in people]
        self.workers = workers + self.visitors
        with ThreadPoolExecutor(len(self.workers)) as pool:
            self.loads = [pool.submit(worker.work) for worker in self.workers]
            try:
                yield
            finally:
                self.stop.set()
        for load in self.loads:
            load.result()

    def go(self, kills):
        with self.crowd():
            for number in range(kills):
                self.grow(100, every=2 if number == kills - 1 else 0)
                if self.database_goes:
                    self.crash()
                else:
                    self.kill(last=number == kills - 1)
        if self.database_goes:
            self.settle()

    def grow(self, count, every=0):
        """Until so much more has been acknowledged, and so much of every kind, and then to no moment in particular."""
        aim, deadline = self.ledger.size + count, time.monotonic() + 60
        while self.ledger.size < aim or min(self.ledger.acknowledged[kind] for kind in KINDS) < every:
            self.look()
            assert time.monotonic() < deadline, "nothing happens"
            time.sleep(0.001)
        time.sleep(self.random.random() / 50)

    def look(self):
        assert not any(load.done() for load in self.loads), [
            load.exception() for load in self.loads if load.done()]

    def kill(self, last):
        """One of them, while the other serves; at the last time all at once."""
        victims = self.processes if last else [self.random.choice(self.processes)]
        for victim in victims:
            victim.process.kill()
        for victim in victims:
            assert victim.process.wait(timeout=10) == -9
        if len(victims) < len(self.processes):
            self.grow(20)
        for victim in victims:
            victim.start()
            self.starts.append(victim.ready_after)
        self.kills += 1

    def crash(self):
        """PostgreSQL ends without a farewell, stays away until it is missed, and finds its way from its log."""
        missed = sum(self.ledger.lost.values()) + 5
        postgresql.order("stop")
        try:
            deadline = time.monotonic() + 60
            while sum(self.ledger.lost.values()) < missed:
                assert time.monotonic() < deadline, "nobody misses it"
                time.sleep(0.01)
        finally:
            postgresql.order("start")
        self.kills += 1

    def settle(self, seconds=30):
        """Until every process has found the database again, by its own pauses: one that writes there and reads. How
        long it took."""
        begun = time.monotonic()
        watch = ("watch", "watch's secret")
        for door in self.doors:
            for path, form in (("/token", {"grant_type": "client_credentials"}), ("/introspect", {"token": "any"})):
                while not is_served(door + path, form, watch):
                    assert time.monotonic() < begun + seconds, "the database is back, and nobody sees it"
                    time.sleep(0.05)
        return time.monotonic() - begun

    def end(self):
        """What `with` does not end: everybody but the first."""
        for process in self.processes[1:]:
            if process.process and process.process.poll() is None:
                process.process.kill()
                process.process.wait()


def is_served(address, form, auth):
    try:
        return requests.post(address, data=form, auth=auth, timeout=30).status_code == 200
    except requests.RequestException:
        return False
