"""What is in the way of a house that serves: a full disk, a database that stops, freezes or hangs up, a broken client
file. It says so, does nothing by halves, and goes on by itself once the cause is gone (OP1, OP6, CF5)."""
import collections
import contextlib
import json
import os
import random
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import postgresql
import pytest
import requests
from apps import CALLBACK, EMAIL, furnish_files
from person import Person
from refreshing import Customer, furnished
from small_disk import SmallDisk

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
        told = [line for line in house.read_log().splitlines() if "not ready" in line]
        assert len(told) == 1 and '"level":"error"' in told[0], told
        assert f"the disk of {house.folder}/data/martlet.db is full; make room there" in told[0]
        house.make_room()
        works_again(customer, code)
        assert other.refresh().status_code == 200
        wait(lambda: "ready again" in house.read_log())
        assert house.command("check").returncode == 0


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
def test_a_database_that_is_damaged_under_way_is_no_success_and_no_promise_that_waiting_helps_OP6():
    """Its pages are overwritten while it is served. What is left is to restore a backup, and the log says so."""
    house = furnished()
    with house:
        customer = Customer(house).begin()
        code = customer.code()
        for name, start in (("martlet.db", 4096), ("martlet.db-wal", 32)):
            with open(house.folder / "data" / name, "r+b") as file:
                file.seek(0, os.SEEK_END)
                rest = file.tell() - start
                file.seek(start)
                file.write(random.Random(1).randbytes(rest))
        wait(lambda: customer.health("ready") == 503)
        for answer in (customer.refresh(), customer.exchange(code), customer.userinfo(), customer.revoke()):
            assert answer.status_code == 500 and "Retry-After" not in answer.headers, answer.text
            assert answer.json()["error"] == "server_error" and "malformed" not in answer.text
        told = [line for line in house.read_log().splitlines() if "not ready" in line]
        assert len(told) == 1 and "the database is damaged" in told[0] and "restore a backup" in told[0], told
        assert f"{house.folder}/data/martlet.db" in told[0]
        assert all(customer.get(path).status_code == 200 for path in WHAT_NEEDS_NO_DATABASE)
        assert customer.health("live") == 200


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
