"""The database of places (B095): told in mail, read anew at SIGHUP, and refused in words where it cannot be used."""
import signal
import time

import pytest
from martlet import Martlet
from person import Person
from place_file import database

EMAIL = "ada@example.org"
HERE = "192.0.2.7"


@pytest.fixture
def house():
    house = Martlet(settings={"MARTLET_TRUSTED_PROXIES": "127.0.0.1/32"})
    house.places = house.folder / "places.mmdb"
    house.environment["MARTLET_PLACES_DATABASE"] = str(house.places)
    yield house
    house.__exit__(None, None, None)


def place_told(house, count):
    """Signs in from a browser that nobody has seen; the place in the mail that tells of it."""
    person = Person(EMAIL)
    person.session.headers["X-Forwarded-For"] = HERE
    assert person.sign_in_on(person.go(f"{house.issuer}/sign-in")).path == "/account"
    latest = house.mails(EMAIL, count=count)[-1]
    [line] = [line for line in latest.text.splitlines() if line.startswith("Place: ")]
    assert f"Network address: {HERE}" in latest.text
    return line.removeprefix("Place: ")


def hang_up(house, sentence):
    """SIGHUP, and back when the log has one more line with this sentence."""
    before = house.read_log().count(sentence)
    house.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while house.read_log().count(sentence) == before:
        assert time.monotonic() < deadline, f"no line says: {sentence}"
        time.sleep(0.02)


def test_places_are_read_anew_at_sighup_and_a_file_that_cannot_be_used_changes_nothing(house):
    house.places.write_bytes(database({"192.0.2.0/24": "Zürich"}))
    house.add_person(EMAIL)
    house.sql("UPDATE accounts SET created_at = created_at - 86400")
    house.start()
    assert place_told(house, 1) == "Zürich"
    house.places.write_bytes(database({"192.0.2.0/24": "Oslo"}))
    assert place_told(house, 2) == "Zürich", "a new file alone changes nothing"
    hang_up(house, "database of places read again")
    assert place_told(house, 3) == "Oslo"
    for broken in (b"", b"nothing of the kind", database({"192.0.2.0/24": "Rome"})[:-40], None):
        house.places.write_bytes(broken) if broken is not None else house.places.unlink()
        hang_up(house, "places cannot be read again")
    assert place_told(house, 4) == "Oslo", "what was known stays"
    house.places.write_bytes(database({"198.51.100.0/24": "Bergen"}))
    hang_up(house, "database of places read again")
    assert place_told(house, 5) == "Unknown"


@pytest.mark.parametrize("content", [
    None, b"", b"PK\x03\x04 is no database of places", database({"192.0.2.0/24": "Rome"})[:-40],
    database({"192.0.2.0/24": "Rome"}).replace(b"node_count", b"node_cOunt"),
    database({"192.0.2.0/24": "Rome"}).replace(b"record_size\xa1\x18", b"record_size\xa1\x19"),
], ids=["missing", "empty", "another format", "cut off", "without its node count", "of an impossible record size"])
def test_a_file_that_cannot_be_used_is_refused_with_its_name(house, content):
    """CF7"""
    if content is not None:
        house.places.write_bytes(content)
    for command in ("check", "serve"):
        result = house.command(command, check=False)
        assert result.returncode == 1, result.stdout
        told = result.stdout + result.stderr
        assert str(house.places) in told and "places.database" in told, told
        assert "cannot be used as a database of places" in told


def test_a_file_that_can_be_used_is_checked_and_named(house):
    house.places.write_bytes(database({"192.0.2.0/24": "Zürich"}))
    result = house.command("check")
    assert f"from {house.places}" in result.stdout, result.stdout
