"""How serving ends when something is in its way: who gives 30 seconds before it kills has nobody to kill (OP4)."""
import contextlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time

import postgresql
import pytest
import requests
from martlet import Martlet
from raw import HOST, deaf
from waiting import eventually

DISCOVERY = b"GET /.well-known/openid-configuration HTTP/1.1\r\n" + HOST + b"\r\n"


def served(settings=None):
    house = Martlet(settings=settings)
    house.add_client("machine", "s" * 43, grant_types=["client_credentials"], redirect_uris=[], response_types=[], scope="")
    return house


def ask(house, timeout=5):
    return requests.post(house.issuer + "/token", auth=("machine", "s" * 43), timeout=timeout,
                         data={"grant_type": "client_credentials"}).status_code


@contextlib.contextmanager
def standstill(house):
    """The database is there and does not answer."""
    if house.database:
        postgresql.order("freeze")
        try:
            yield
        finally:
            postgresql.order("thaw")
    else:
        with contextlib.closing(sqlite3.connect(house.folder / "data/martlet.db")) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.rollback()


def time_to_stop(house):
    start = time.monotonic()
    house.process.send_signal(signal.SIGTERM)
    assert house.process.wait(timeout=60) == 0, house.read_log()[-2000:]
    return time.monotonic() - start


def test_neither_a_database_that_stands_still_nor_replies_nobody_reads_hold_up_the_end_OP4_CF5():
    with served() as house:
        assert ask(house) == 200
        with contextlib.closing(deaf(house, DISCOVERY, patience=2)), standstill(house):
            for _ in range(3):  # and what they leave behind to be written down
                with contextlib.suppress(requests.RequestException):
                    ask(house, timeout=0.5)
            assert time_to_stop(house) < 30
        log = house.read_log()
        assert '"event":"server_stopped"' in log
        assert "security events were lost to the database; they stand in the log alone" in log


@pytest.mark.parametrize("patience", ["2s", "20s"])
def test_after_replies_that_nobody_read_all_that_was_recorded_is_written_OP4_CF2(patience):
    with served({"MARTLET_LIMITS_REPLY_TIME": patience}) as house:
        assert ask(house) == 200
        with contextlib.closing(deaf(house, DISCOVERY, patience=2)):
            assert time_to_stop(house) < 30
        assert house.sql("SELECT count(*) FROM audit_events WHERE kind = 'server_stopped'") == "1"
        assert "lost" not in house.read_log()


@pytest.fixture(scope="module")
def last_words(tmp_path_factory):
    """A library that says so when the process takes itself down under threads that may still be at work."""
    folder = tmp_path_factory.mktemp("last-words")
    (folder / "words.c").write_text("""#include <unistd.h>
        __attribute__((destructor)) static void words(void) { (void)!write(2, "taken down\\n", 11); }""")
    compiler = shutil.which("cc") or shutil.which("clang")
    assert compiler, "a C compiler is needed (cc or clang)"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", folder / "words.so", folder / "words.c"], check=True)
    return str(folder / "words.so")


def test_a_thread_left_behind_keeps_what_it_uses_until_the_very_end_OP4(last_words):
    with served({"LD_PRELOAD": last_words}) as house:
        assert ask(house) == 200
        assert "taken down" in subprocess.run(["true"], env=house.environment, capture_output=True, text=True).stderr
        time_to_stop(house)
        log = house.read_log()
    assert '"event":"server_stopped"' in log and "taken down" not in log


def test_what_a_command_says_is_put_out_before_the_process_ends_at_once_OP4(last_words):
    with Martlet(settings={"LD_PRELOAD": last_words}) as house:
        for arguments, code, words in ((["--help"], 0, "SUBCOMMANDS"), (["version"], 0, "martlet "), (["nonsense"], 2, "nonsense")):
            said = house.command(*arguments, check=False)
            assert said.returncode == code and words in said.stdout + said.stderr and "taken down" not in said.stderr


def is_shut(house):
    try:
        socket.create_connection(("127.0.0.1", house.port), timeout=5).close()
    except ConnectionRefusedError:
        return True


def test_a_connection_in_use_has_its_next_request_answered_after_the_door_is_shut_OP4():
    with served() as house:
        place = ("127.0.0.1", house.port)
        with socket.create_connection(place, timeout=5) as silent, socket.create_connection(place, timeout=5) as used:
            # Longer than a connection is waited for.
            time.sleep(3.5)
            used.sendall(DISCOVERY)
            assert b"connection: close" not in used.recv(65536).lower()
            house.process.send_signal(signal.SIGTERM)
            eventually(lambda: is_shut(house))
            assert silent.recv(1) == b"", "who has said nothing for so long is not waited for"
            used.sendall(DISCOVERY)
            last = used.recv(65536)
            assert last.startswith(b"HTTP/1.1 200 ") and b"connection: close" in last.lower()
            while used.recv(65536):
                pass
        assert house.process.wait(timeout=30) == 0


def test_who_comes_just_before_the_door_is_shut_is_answered_OP4():
    with served() as house:
        lost, answered = [], []
        for _ in range(4):
            ended = threading.Event()

            def knock():
                while not ended.is_set():
                    try:
                        knocking = socket.create_connection(("127.0.0.1", house.port), 5)
                    except OSError:
                        continue  # nobody was asked
                    with knocking:
                        try:
                            knocking.sendall(DISCOVERY)
                            answer = knocking.recv(65536)
                        except OSError as fault:
                            answer = repr(fault).encode()
                    (answered if answer.startswith(b"HTTP/1.1 200 ") else lost).append(answer)

            crowd = [threading.Thread(target=knock) for _ in range(16)]
            for each in crowd:
                each.start()
            try:
                time_to_stop(house)
            finally:
                ended.set()
                for each in crowd:
                    each.join()
            house.start()
        assert not lost and len(answered) > 100


def test_a_connection_that_says_no_more_is_let_go_after_a_few_seconds_OP4():
    with served() as house, socket.create_connection(("127.0.0.1", house.port), timeout=5) as used:
        used.sendall(DISCOVERY)
        used.recv(65536)
        assert time_to_stop(house) < 10
