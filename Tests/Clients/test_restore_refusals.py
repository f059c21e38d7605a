"""A restore that meets somebody else on its way, and a backup that somebody else has made or wants to read."""
import os
import pty
import re
import shutil
import stat
import subprocess
import time

import pytest
import requests

from martlet import Martlet

EMAIL = "ada@example.org"


@pytest.fixture
def house():
    """Not running, with a person and a backup of it."""
    server = Martlet()
    server.add_person(EMAIL)
    server.command("backup", "one.bak")
    yield server
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


def asked(house, file="one.bak"):
    """A restore that waits for an answer at a terminal: the process, and where to answer."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [house.binary, "restore", "--replace", file], cwd=house.folder, env=house.environment, stdin=its,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.close(its)
    said = b""
    while b"Type yes" not in said:
        chunk = os.read(process.stdout.fileno(), 4096)
        assert chunk, said
        said += chunk
    return process, ours


def test_a_server_that_starts_while_the_restore_waits_for_an_answer_stops_it_OP3(house):
    process, terminal = asked(house)
    house.start()
    os.write(terminal, b"yes\n")
    said = process.communicate(timeout=60)[0].decode()
    os.close(terminal)
    assert process.returncode == 1 and "a process is using the database" in said, said
    assert requests.get(house.issuer + "/jwks.json", timeout=5).ok
    assert house.sql("SELECT count(*) FROM restore_epochs").strip() == "0"
    house.stop()
    process, terminal = asked(house)
    os.write(terminal, b"yes\n")
    said = process.communicate(timeout=60)[0].decode()
    os.close(terminal)
    assert process.returncode == 0 and "Start the servers." in said, said
    assert house.sql("SELECT count(*) FROM restore_epochs").strip() == "1"


def tokens(house, secret):
    return requests.post(
        house.issuer + "/token", data={"grant_type": "client_credentials"}, auth=("robot", secret), timeout=10).status_code


def test_a_client_secret_that_was_retired_is_told_when_a_restore_brings_it_back_TK2(house):
    def secret(*arguments):
        return re.findall(r"[A-Za-z0-9_-]{40,}", house.command("client", *arguments).stdout)[0]

    old = secret("add", "Robot", "--id", "robot", "--in", "database", "--grant", "client_credentials",
                 "--scope", "email")
    house.command("client", "add", "Wiki", "--id", "wiki", "--in", "database", "--redirect-uri", "https://w.example/c")
    house.command("backup", "two.bak")
    new = secret("secret", "robot", "add")
    house.command("client", "secret", "robot", "retire")
    done = house.command("restore", "--replace", "--yes", "two.bak")
    line, = [line for line in done.stdout.splitlines() if line.startswith("Clients that")]
    assert "restore: robot." in line and "martlet client secret" in line, done.stdout
    with house:
        assert (tokens(house, old), tokens(house, new)) == (200, 401), "what README says of it is so"


@pytest.mark.root
def test_a_draft_that_another_user_has_put_there_is_not_written_into_SE8(house, tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    draft = folder / "b.bak.partial"
    draft.touch()
    os.chown(draft, 65534, 65534)
    refused = house.command("backup", str(folder / "b.bak"), check=False)
    assert refused.returncode == 1 and "b.bak.partial is there" in refused.stderr, refused
    assert draft.stat().st_size == 0 and stat.S_IMODE(draft.stat().st_mode) != 0o600
    precious = folder / "precious"
    precious.write_text("precious")
    os.link(precious, folder / "c.bak.partial")
    refused = house.command("backup", str(folder / "c.bak"), check=False)
    assert refused.returncode == 1 and precious.read_text() == "precious", refused
    assert sorted(path.name for path in folder.iterdir()) == ["b.bak.partial", "c.bak.partial", "precious"]


def test_what_a_backup_says_of_itself_reaches_no_terminal_raw_CF4(house):
    """Its checksum made right again, by the rules of ContentDigest."""
    import crafted
    crafted.alter(house.folder / "one.bak", [
        "UPDATE backup_facts SET value = char(27) || ']0;owned' || char(7) WHERE name = 'program'",
        "UPDATE backup_facts SET value = 'https://a.example/' || char(10) || char(27) || '[2J' WHERE name = 'issuer'"])
    done = house.command("restore", "--replace", "--yes", "one.bak")
    assert "\x1b" not in done.stdout + done.stderr and "\x07" not in done.stdout + done.stderr, done
    assert "\\u{1b}]0;owned" in done.stdout


def test_a_table_with_an_endless_name_is_refused_at_once_IN10(house):
    import crafted
    crafted.alter(house.folder / "one.bak", [
        'CREATE TABLE "(with recursive c(a) as (select 1 union all select a+1 from c) select a from c)" (a integer primary key)'])
    began = time.monotonic()
    refused = house.command("restore", "--replace", "--yes", "one.bak", check=False)
    assert refused.returncode == 1 and "which no backup has" in refused.stderr, refused
    assert time.monotonic() - began < 30
