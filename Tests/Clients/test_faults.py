"""What is in the way of a house that serves: a full disk, a database that stops, freezes or hangs up, a broken client
file. It says so, does nothing by halves, and goes on by itself once the cause is gone (OP1, OP6, CF5)."""
import collections
import contextlib
import json
import os
import sqlite3
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import postgresql
import pytest
import requests
from apps import CALLBACK, EMAIL, furnish
from martlet import Martlet
from person import Person
from refreshing import Customer, furnished

WHAT_NEEDS_NO_DATABASE = ("/.well-known/openid-configuration", "/jwks.json")


def wait(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


def is_unavailable(answer):
    """An app is told to come back, and nothing of what happened (CF5)."""
    body = answer.json()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2"), answer.text
    assert body["error"] == "temporarily_unavailable" and "reference" in body["error_description"]
    assert not any(word in answer.text for word in ("SQL", "sql", "database", "disk", "martlet.db")), answer.text
    return True


def person_is_told(house):
    """Somebody who would sign in gets a page: 503, when to come back, a reference."""
    page = Person(EMAIL).go(house.issuer + "/sign-in")
    if page.status == 200:
        stranger = Person(EMAIL)
        page = stranger.sign_in_on(stranger.go(house.issuer + "/sign-in"))
    assert page.status == 503 and page.response.headers["Retry-After"] == "2", page.text
    assert page.response.headers["X-Request-Id"] in page.text and "text/html" in page.response.headers["Content-Type"]


def works_again(customer, code):
    """Without a restart, and with all that was refused meanwhile: nothing was done by halves (I6)."""
    wait(lambda: customer.health("ready") == 200)
    assert customer.refresh().status_code == 200
    assert customer.exchange(code).status_code == 200
    assert Customer(customer.house).begin().refresh().status_code == 200
    assert customer.revoke().status_code == 200 and customer.userinfo().status_code == 401


@pytest.fixture(scope="module")
def house():
    house = furnished()
    with house:
        yield house


@pytest.fixture
def customer(house):
    return Customer(house).begin()


# A full disk


class SmallDisk(Martlet):
    """Its folder `data` is a file system of its own, of some megabytes, which no other process sees and which is gone
    with it."""

    def __init__(self, size="6m"):
        super().__init__()
        owner = [] if os.geteuid() == 0 else ["-r"]
        self.starter = ["unshare", "-m", *owner, "sh", "-c", f'mount -t tmpfs -o size={size} none data && exec "$@"', "sh"]

    def command(self, *arguments, **options):
        if not self.process:
            return super().command(*arguments, **options)
        done = subprocess.run(
            ["nsenter", "-t", str(self.process.pid), "-m", "-w", self.binary, *arguments], env=self.environment,
            input=options.get("stdin"), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done
        return done

    @property
    def disk(self):
        return f"/proc/{self.process.pid}/root{self.folder}/data"

    def fill(self):
        with open(self.disk + "/filler", "ab", buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError:
                pass

    def make_room(self):
        os.unlink(self.disk + "/filler")


@pytest.mark.sqlite
def test_a_full_disk_is_told_and_all_works_when_there_is_room_I6_OP6():
    house = SmallDisk()
    furnish_files(house)
    with house:
        house.add_person(EMAIL)
        customer = Customer(house).begin()
        other = Customer(house).begin()
        code = customer.code()
        house.fill()
        # What SQLite's log had room for goes on; then nothing is acknowledged any more.
        deadline = time.monotonic() + 60
        while other.refresh().status_code == 200:
            assert time.monotonic() < deadline, "the disk is never full"
        for answer in (customer.refresh(), customer.exchange(code), customer.revoke()):
            assert is_unavailable(answer)
        person_is_told(house)
        wait(lambda: customer.health("ready") == 503)
        assert customer.health("live") == 200
        # Reading needs no room.
        assert customer.userinfo().status_code == 200
        assert all(customer.get(path).status_code == 200 for path in WHAT_NEEDS_NO_DATABASE)
        told = [line for line in house.read_log().splitlines() if "full" in line]
        assert any('"level":"error"' in line and "data/martlet.db" in line and "make room" in line for line in told), told
        house.make_room()
        works_again(customer, code)
        assert other.refresh().status_code == 200
        assert "ok" in house.command("check").stdout.lower()


def furnish_files(house):
    """All but the person, who is in the database."""
    add_person, house.add_person = house.add_person, lambda *_: None
    furnish(house)
    house.add_person = add_person


def test_a_log_that_cannot_be_written_stops_nobody():
    """EX30: standard error goes to a full disk."""
    house = furnished()
    house.starter = ["sh", "-c", 'exec "$@" 2>/dev/full', "sh"]
    with house:
        customer = Customer(house).begin()
        for _ in range(30):
            assert customer.refresh().status_code == 200
        kinds = [json.loads(line)["kind"] for line in house.command("audit", "--json").stdout.splitlines()]
        wait(lambda: house.command("audit", "--json").stdout.count("token_issued") >= 31)
        assert "sign_in" in kinds and house.read_log() == ""


@pytest.mark.sqlite
def test_while_another_program_keeps_the_database_locked_requests_are_told_and_afterwards_all_works_I6(customer):
    """Somebody looks into it with a tool and forgets a transaction there. Readers are not held up."""
    code = customer.code()
    with contextlib.closing(sqlite3.connect(customer.house.folder / "data/martlet.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        asked = (customer.refresh, lambda: customer.exchange(code), customer.revoke)
        with ThreadPoolExecutor(len(asked)) as pool:
            answers = [pool.submit(ask) for ask in asked]
        assert all(is_unavailable(answer.result()) for answer in answers)
        wait(lambda: customer.health("ready") == 503)
        assert customer.userinfo().status_code == 200
        assert "database is locked (" in customer.house.read_log()
        other.rollback()
    works_again(customer, code)


# PostgreSQL


@pytest.mark.postgresql
@pytest.mark.parametrize("gone,back", [("stop", "start"), ("freeze", "thaw")])
def test_while_postgresql_is_away_requests_are_told_and_afterwards_all_works_I6_OP1_OP6(customer, gone, back):
    code, log = customer.code(), len(customer.house.read_log())
    postgresql.order(gone)
    try:
        asked = (customer.refresh, lambda: customer.exchange(code), customer.revoke, customer.userinfo)
        with ThreadPoolExecutor(len(asked)) as pool:
            answers = [pool.submit(ask) for ask in asked]
        assert all(is_unavailable(answer.result()) for answer in answers)
        person_is_told(customer.house)
        wait(lambda: customer.health("ready") == 503)
        # What needs no database does not notice, and is held up by nobody who waits for it.
        for path in WHAT_NEEDS_NO_DATABASE:
            assert requests.get(customer.house.issuer + path, timeout=5).status_code == 200
        assert customer.health("live") == 200
    finally:
        postgresql.order(back)
    told = customer.house.read_log()[log:]
    assert customer.house.database in told and '"level":"error"' in told
    if gone == "stop":
        assert "see that it runs" in told and "database_url" in told
    works_again(customer, code)


@pytest.mark.postgresql
def test_connections_that_are_cut_under_way_fail_no_request_for_good(customer):
    """Everybody tries again when told to, as apps do: at most what was under way is lost, and with the window for lost
    answers not even that."""
    house, stop, failed = customer.house, threading.Event(), []
    statuses = collections.Counter()

    def persist(ask):
        """Until it is done; 503 is the only other answer."""
        for _ in range(200):
            answer = ask()
            statuses[answer.status_code] += 1
            if answer.status_code != 503:
                break
            time.sleep(0.02)
        if answer.status_code != 200:
            failed.append(answer.text)
            stop.set()

    def refresh():
        patient = Customer(house, "patient").begin()
        while not stop.is_set():
            persist(patient.refresh)
            persist(patient.userinfo)

    def machine():
        while not stop.is_set():
            persist(lambda: requests.post(
                house.issuer + "/token", auth=("watch", "watch's secret"), timeout=30,
                data={"grant_type": "client_credentials"}))

    threads = [threading.Thread(target=task) for task in (refresh, refresh, machine, machine)]
    for thread in threads:
        thread.start()
    cut = 0
    try:
        for _ in range(10):
            aim = statuses[200] + 40
            wait(lambda: statuses[200] > aim or failed)  # noqa: B023
            cut += int(postgresql.run(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'martlet' "
                f"AND datname = '{house.database}'"))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    print(f"{cut} connections cut, answers: {dict(statuses)}")
    assert not failed and cut > 40 and set(statuses) <= {200, 503}, (failed, cut, statuses)
    wait(lambda: customer.health("ready") == 200)


# Files


def test_a_broken_client_file_is_told_and_read_when_it_is_mended(house):
    """That the old registration stays is shown by test_wire.py; here the new one comes, with the next SIGHUP."""
    path = house.folder / "Clients/late.json"
    page = Person(EMAIL, clients=(CALLBACK,))
    address = house.issuer + "/authorize?client_id=late&response_type=code&scope=openid&code_challenge_method=S256" \
        f"&code_challenge={'c' * 43}&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&state=s"
    path.write_text('{"client_id": "late",\n "redirect_uris": ["https://app.example/callback"],\n')
    house.reload()
    assert "Clients/late.json:3:1: this is not JSON" in house.read_log() and page.go(address).status == 400
    path.write_text('{"client_id": "late", "redirect_uri": ["https://app.example/callback"],\n'
                    ' "token_endpoint_auth_method": "none"}')
    house.reload()
    assert "Clients/late.json:1:23" in house.read_log() and "did you mean redirect_uris?" in house.read_log()
    assert page.go(address).status == 400
    path.write_text('{"client_id": "late", "redirect_uris": ["https://app.example/callback"],\n'
                    ' "token_endpoint_auth_method": "none"}')
    house.reload()
    assert page.go(address).path == "/sign-in"
    path.unlink()
    house.reload()
    assert page.go(address).status == 400
