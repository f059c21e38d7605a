"""What a command says arrives whole, or the command says that it did not: readers that go away, a full disk. Never a
trap, never an answer that is lost in silence."""
import json
import os
import subprocess

import pytest

from martlet import PASSWORD, Martlet

PEOPLE = 450


@pytest.fixture(scope="module")
def house():
    server = Martlet()
    (server.folder / "people.json").write_text(json.dumps([
        {"model": "x.user", "pk": number, "fields": {"email": f"p{number}@example.org", "password": "!"}}
        for number in range(PEOPLE)]))
    server.command("user", "import", "people.json")
    server.add_client("wiki", redirect_uris=["http://127.0.0.1:9901/callback"], token_endpoint_auth_method="none")
    with server:
        yield server


def into(house, output, *arguments, stdin=""):
    """The command with another standard output: its exit code, and its complaint."""
    done = subprocess.run(
        [house.binary, *arguments], cwd=house.folder, env=house.environment, input=stdin, stdout=output,
        stderr=subprocess.PIPE, text=True, timeout=60)
    return done.returncode, done.stderr


@pytest.fixture
def gone():
    """A pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.fixture
def full():
    with open("/dev/full", "w") as device:
        yield device


SAYING = [
    ["version"], ["--help"], ["user", "export"], ["user", "list"], ["user", "list", "--json"],
    ["user", "show", "p1@example.org"], ["client", "list"], ["client", "show", "wiki"], ["key", "list"], ["check"],
    ["check", "--settings-table"], ["audit"], ["migrate"], ["explain"], ["accounts", "purge", "--dry-run"],
    ["user", "import", "people.json"], ["user", "import", "people.json", "--json"],
    ["user", "role", "p1@example.org", "--add", "staff", "--reason", "x"],
    ["admin", "create", "--email", "new@example.org"]]


@pytest.mark.parametrize("arguments", SAYING, ids=" ".join)
def test_what_a_full_disk_does_not_take_is_said_and_ends_with_1(house, full, arguments):
    code, complaint = into(house, full, *arguments, stdin=PASSWORD + "\n")
    assert code == 1, (code, complaint)
    if arguments != ["explain"]:
        assert "standard output takes no more" in complaint


@pytest.mark.parametrize("arguments", SAYING[:5], ids=" ".join)
def test_a_reader_who_has_gone_away_is_noticed_and_traps_nothing(house, gone, arguments):
    code, complaint = into(house, gone, *arguments)
    assert code == 1 and "Broken pipe" in complaint, (code, complaint)


def test_an_export_that_is_cut_off_is_on_record_before_and_after(house):
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as stream:
        process = subprocess.Popen(
            [house.binary, "user", "export"], cwd=house.folder, env=house.environment, stdout=writer,
            stderr=subprocess.PIPE, text=True)
        os.close(writer)
        assert stream.read(1) == b"{"
    assert process.wait(timeout=60) == 1 and "Broken pipe" in process.stderr.read()
    begun, cut = exports(house)[-2:]
    assert (begun["method"], begun["hashes"], begun["stage"]) == ("command", "no", "begun")
    assert cut["stage"] == "cut" and 0 < int(cut["count"]) <= PEOPLE


def test_an_export_that_is_killed_is_on_record(house):
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [house.binary, "user", "export", "--with-password-hashes"], cwd=house.folder, env=house.environment,
        stdout=writer, stderr=subprocess.DEVNULL)
    os.close(writer)
    # Its first bytes are here, and the pipe holds not even all of them: it waits.
    assert os.read(reader, 1) == b"{"
    process.kill()
    process.wait(timeout=60)
    os.close(reader)
    last = exports(house)[-1]
    assert last["stage"] == "begun" and last["hashes"] == "yes"


def test_a_whole_export_is_on_record_with_its_count(house):
    lines = house.command("user", "export").stdout.splitlines()
    begun, ended = exports(house)[-2:]
    assert begun["stage"] == "begun"
    assert ended["stage"] == "ended" and int(ended["count"]) == len(lines) >= PEOPLE


def test_an_export_to_a_full_disk_leaves_no_file_and_is_on_record(house):
    refused = house.command("user", "export", "/dev/full/people", check=False)
    assert refused.returncode == 1 and "cannot be written" in refused.stderr
    before = len(exports(house))
    assert into(house, subprocess.DEVNULL, "user", "export", "people.json")[0] == 1
    # What is refused before anything is read is no export.
    assert len(exports(house)) == before


def test_an_import_that_cannot_be_heard_stops_and_counts_what_it_did(house, full):
    (house.folder / "others.json").write_text(json.dumps([
        {"model": "x.user", "pk": 1000 + number, "fields": {"email": f"q{number}@example.org", "password": "!"}}
        for number in range(PEOPLE)]))
    code, complaint = into(house, full, "user", "import", "others.json", "--json")
    assert code == 1 and "takes no more" in complaint
    came = int(house.sql("SELECT count(*) FROM accounts WHERE canonical_email LIKE 'q%'"))
    assert came == 200
    event = json.loads(house.command("audit", "--json", "--kind", "people_imported").stdout.splitlines()[-1])
    assert event["created"] == str(came)


def test_a_server_whose_output_nobody_takes_serves_and_says_so():
    house = Martlet()
    house.starter = ["sh", "-c", 'exec "$@" >/dev/full', "sh"]
    with house:
        assert house.process.poll() is None
        house.stop()
        assert "nobody can read where the server is" in house.read_log()


def exports(house):
    told = house.command("audit", "--json", "--kind", "people_exported", "--limit", "1000").stdout
    return [json.loads(line) for line in told.splitlines()]
