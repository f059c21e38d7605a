"""Links to sign in with that staff make for somebody who is locked out: once, for ten minutes, on record, told to the
person, and never for whoever administers (B015, B016, B017)."""
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from mailed_links import (
    DEAD, account, is_signed_in, letters, newcomer, post, serving, sessions, token_of_forms, visitor)
from martlet import PASSWORD
from person import Person


@pytest.fixture(scope="module")
def house():
    with serving() as house:
        yield house


def make(house, email, *more):
    made = house.command("user", "link", email, "--reason", "lost the phone", "--json", *more)
    return json.loads(made.stdout)


def enter(person, link):
    page = person.go(link)
    assert page.status == 200, page
    return person.submit(page, page.form("/staff-link/"))


def test_a_link_of_staff_signs_in_once_in_any_browser_and_says_what_it_was_B015(house):
    email = newcomer(house, opted_in=False)
    made = make(house, email)
    link = made["magic_url"]
    assert link.startswith(house.issuer + "/staff-link/mml_") and made["expires_at"] and made["link_id"]
    for method in ("HEAD", "GET", "GET", "HEAD", "GET"):
        assert requests.request(method, link, timeout=10).status_code == 200
    assert sessions(house, email) == 0
    person = visitor()
    page = person.go(link)
    assert email not in page.text and "p…@example.org" in page.text
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert enter(person, link).path == "/account"
    assert house.sql(f"SELECT methods FROM sessions WHERE subject = {account(email)}") == '["staff_link"]'
    used = Person().go(link)
    assert used.status == 404 and used.heading == DEAD
    # The person hears of it, in a mail that opens no door.
    told = letters(house, email)[0]
    assert "mml_" not in told.text + told.html and made["link_id"] not in told.subject


def test_who_made_it_for_whom_and_why_is_on_record_and_the_link_is_not_B016(house):
    email = newcomer(house)
    made = make(house, email)
    token = made["magic_url"].rsplit("/", 1)[1]
    [event] = [
        json.loads(line) for line in house.command("audit", "--json", "--kind", "staff_link_made").stdout.splitlines()
        if made["link_id"] in line]
    assert event["actor"].startswith("operator:") and event["why"] == "lost the phone"
    assert event["link_id"] == made["link_id"] and re.fullmatch("[0-9a-f]{16}", event["link_id"]) and event["subject"]
    kept = house.database_bytes() + (house.folder / "log.txt").read_bytes()
    assert token.encode() not in kept and token.encode().hex().encode() not in kept


def test_it_is_spent_once_whoever_presses_first_ML1(house):
    email = newcomer(house)
    link = make(house, email)["magic_url"]

    def press(_):
        person = visitor()
        return post(person, link, {"csrf": token_of_forms(house, person)}).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(press, range(20)))
    assert sorted(answers) == [303] + [404] * 19 and sessions(house, email) == 1


def test_a_newer_one_and_a_disabled_account_end_it_ML4(house):
    email = newcomer(house)
    first, second = make(house, email)["magic_url"], make(house, email)["magic_url"]
    assert Person().go(first).status == 404
    person = visitor()
    page = person.go(second)
    house.command("user", "disable", email, "--yes", "--reason", "left")
    assert person.submit(page, page.form("/staff-link/")).status == 404 and not is_signed_in(house, person)


def test_there_is_none_for_whom_there_must_be_none_B015_B017(house):
    house.add_person("root@example.org", "Root")
    disabled, unproven = newcomer(house), newcomer(house)
    house.command("user", "disable", disabled, "--yes", "--reason", "left")
    house.sql(f"UPDATE accounts SET email_verified = 0 WHERE canonical_email = '{unproven}'")
    for email in ("root@example.org", disabled, unproven, "nobody@example.org"):
        refused = house.command("user", "link", email, "--reason", "asked", check=False)
        assert refused.returncode == 1 and refused.stderr and "mml_" not in refused.stdout + refused.stderr, email
    for words in ([disabled], [disabled, "--reason", ""], ["--reason", "x"], [disabled, "--reason", "two\nlines"]):
        assert house.command("user", "link", *words, check=False).returncode == 2, words
    assert house.sql("SELECT count(*) FROM mail_proofs WHERE purpose = 'staff_link' AND account_id IN "
                     f"({account('root@example.org')}, {account(disabled)}, {account(unproven)})") == "0"


def test_whoever_becomes_an_administrator_meanwhile_stays_outside_B015(house):
    email = newcomer(house)
    link = make(house, email)["magic_url"]
    person = visitor()
    page = person.go(link)
    house.command("user", "role", email, "--add", "administrator", "--reason", "promoted")
    assert person.submit(page, page.form("/staff-link/")).status in (403, 404)
    assert sessions(house, email) == 0
    home = Person(email)
    assert home.sign_in_on(home.go(house.issuer + "/sign-in"), password=PASSWORD).path == "/account"
