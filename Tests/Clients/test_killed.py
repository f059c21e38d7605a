"""kill -9 of the server under load, with accounting: what was acknowledged is there, and nothing that is good for one
use is taken twice (I1, I2, I3, I6), with one process and with two of them on one database; and with two when it is
PostgreSQL that crashes."""
import os
import random
import secrets
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import postgresql
import pytest
import requests
from apps import EMAIL, furnish, furnish_files
from crowd import Chain, Machine, Patient, Race, Visitor, Waiting
from ledger import Ledger
from martlet import ENGINE, Martlet
from person import Person
from refreshing import Customer

# Who is killed, and how often; `MARTLET_TEST_KILLS=100` makes it experiment 1.
KILLS = {name: int(os.environ.get("MARTLET_TEST_KILLS", kills)) for name, kills in (("one", 4), ("two", 6))}
if ENGINE == "postgresql":
    KILLS["database"] = KILLS["one"]
KINDS = ("authorization", "code", "refresh token", "assertion", "client_credentials", "revocation", "sign-in",
         "sign-out", "consent", "consent taken back")


class Run:
    """A house with one process or two, a crowd, and somebody who kills."""

    def __init__(self, house, victim):
        self.seed, self.database_goes = secrets.token_hex(4), victim == "database"
        self.random, self.house, self.ledger = random.Random(self.seed), house, Ledger()
        self.processes = [house] + [house.sibling() for _ in range(victim != "one")]
        self.issuer = house.issuer
        self.doors = [f"http://localhost:{process.port}" for process in self.processes]
        self.stop, self.kills = threading.Event(), 0

    def go(self, kills):
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
        workers += self.visitors
        with ThreadPoolExecutor(len(workers)) as pool:
            loads = [pool.submit(worker.work) for worker in workers]
            try:
                for number in range(kills):
                    self.grow(100, loads, every=2 if number == kills - 1 else 0)
                    if self.database_goes:
                        self.crash()
                    else:
                        self.kill(last=number == kills - 1, loads=loads)
            finally:
                self.stop.set()
        for load in loads:
            load.result()
        self.workers = workers
        if self.database_goes:
            self.settle()

    def grow(self, count, loads, every=0):
        """Until so much more has been acknowledged, and so much of every kind, and then to no moment in particular."""
        aim, deadline = self.ledger.size + count, time.monotonic() + 60
        while self.ledger.size < aim or min(self.ledger.acknowledged[kind] for kind in KINDS) < every:
            assert not any(load.done() for load in loads), [load.exception() for load in loads if load.done()]
            assert time.monotonic() < deadline, "nothing happens"
            time.sleep(0.001)
        time.sleep(self.random.random() / 50)

    def kill(self, last, loads):
        """One of them, while the other serves; at the last time all at once."""
        victims = self.processes if last else [self.random.choice(self.processes)]
        for victim in victims:
            victim.process.kill()
        for victim in victims:
            assert victim.process.wait(timeout=10) == -9
        if len(victims) < len(self.processes):
            self.grow(20, loads)
        for victim in victims:
            victim.start()
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

    def settle(self):
        """Until every process has found the database again, by its own pauses: one that writes there and reads."""
        deadline = time.monotonic() + 30
        watch = ("watch", "watch's secret")
        for door in self.doors:
            for path, form in (("/token", {"grant_type": "client_credentials"}), ("/introspect", {"token": "any"})):
                while requests.post(door + path, data=form, auth=watch, timeout=30).status_code != 200:
                    assert time.monotonic() < deadline, "the database is back, and nobody sees it"
                    time.sleep(0.05)


@pytest.fixture(scope="module", params=KILLS)
def run(request):
    house = Martlet()
    furnish(house)
    with house:
        run = Run(house, victim=request.param)
        try:
            run.go(KILLS[request.param])
            print(f"seed {run.seed}, {run.kills} kills: {run.ledger}")
            yield run
        finally:
            for process in run.processes[1:]:
                process.process.kill()


def test_much_was_under_way_and_nothing_was_odd(run):
    ledger = run.ledger
    assert ledger.size > 400 and sum(ledger.lost.values()) and run.kills >= 4, str(ledger)
    assert min(ledger.acknowledged[kind] for kind in KINDS) >= 2, str(ledger)
    assert not ledger.surprises, ledger.surprises


def test_every_spent_row_has_what_was_given_for_it_I3_I6(run):
    """A rotation leaves one token spent and one live, a code its first tokens: never one without the other."""
    assert int(run.house.sql("SELECT count(DISTINCT grant_id) FROM refresh_tokens")) > 20
    assert run.house.sql(
        "SELECT grant_id FROM refresh_tokens GROUP BY grant_id HAVING count(*) <> count(spent_at) + 1") == ""
    assert run.house.sql(
        "SELECT c.grant_id FROM authorization_codes c JOIN grants g ON g.id = c.grant_id WHERE g.is_offline = 1 AND "
        "(c.spent_at IS NULL) = (EXISTS (SELECT t.digest FROM refresh_tokens t WHERE t.grant_id = g.id))") == ""


def test_what_was_acknowledged_is_there_I1_I4(run):
    ledger, worker = run.ledger, run.workers[0]
    assert len(ledger.active) > 10 and len(ledger.revoked) > 10 and ledger.signed_out and len(ledger.live) > 5
    for token, _ in ledger.active:
        assert is_active(worker, token)
    for token in ledger.revoked:
        assert not is_active(worker, token)
    for cookies in ledger.signed_out:
        stranger = Person(EMAIL)
        stranger.session.cookies = cookies
        assert stranger.go(worker.doors[0] + "/account").path == "/sign-in"
    for worker in run.workers:
        if worker in run.visitors:
            worker.once()
        else:
            assert worker.is_signed_in()
    for token, client in list(ledger.live.items()):
        worker.take("refresh token", token, client)
    assert not ledger.surprises, ledger.surprises


def test_nothing_is_taken_twice_I2(run):
    ledger, worker = run.ledger, run.workers[0]
    artefacts = dict(ledger.spent)
    assert len(artefacts) > 100
    for artefact, (kind, client) in artefacts.items():
        answer = worker.present(kind, artefact, client)
        assert answer is None or artefact in ledger.repeatable, kind
    assert ledger.twice() == []
    assert not ledger.surprises, ledger.surprises


def test_an_answer_that_was_lost_is_given_again_byte_for_byte_after_a_kill_TK8(run):
    """D3: the window outlives the process, for the answer is kept, sealed, in the database."""
    assert run.ledger.repeated > 2 and run.ledger.repeated_across > 0, str(run.ledger)
    assert all(len(set(run.ledger.taken[artefact])) <= 1 for artefact in run.ledger.repeatable)


def is_active(worker, token):
    answer = worker.post("/introspect", "watch", {"token": token})
    assert answer.status_code == 200, answer.text
    return answer.json()["active"]


def test_a_first_start_that_is_killed_is_finished_by_the_next(tmp_path):
    """Wherever it was: at the tables, the master key, the signing keys, the link for the first administrator."""
    house = Martlet()
    furnish_files(house)
    chance = random.Random(secrets.token_bytes(8))
    for step in range(12):
        process = subprocess.Popen(
            [house.binary, "serve"], cwd=house.folder, env=house.environment, stdout=subprocess.DEVNULL,
            stderr=open(tmp_path / "log.txt", "a"))
        time.sleep(chance.uniform(0, 0.08) * step)
        assert process.poll() is None, (tmp_path / "log.txt").read_text()
        process.kill()
        process.wait()
    with house:
        assert house.command("check").returncode == 0
        assert sorted(path.name for path in (house.folder / "Keys").iterdir()) == ["master.key"]
        keys = requests.get(house.issuer + "/jwks.json", timeout=10).json()["keys"]
        assert sorted(key["alg"] for key in keys) == ["ES256", "EdDSA", "PS256", "RS256"]
        house.add_person(EMAIL)
        assert Customer(house).begin().refresh().status_code == 200
