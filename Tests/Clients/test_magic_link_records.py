"""What operators see of sign-in links: figures, log lines and the record for each outcome, an explanation for each page, and
the ways in which a person has signed in (B007, B016, B143, B148)."""
import json
import re

import pytest
import requests
from mailed_links import (
    account, ask_sooner, asked, force, letters, link_of, post, press, serving, token_of_forms, visitor)
from test_explain import explanation
from waiting import eventually

# What it is called, its status, and whether somebody should look at it.
OUTCOMES = {
    "reused": (404, "warning"), "expired": (404, "warning"), "superseded": (404, "warning"), "unknown": (404, "warning"),
    "no_browser": (403, "notice"), "wrong_code": (422, "notice"), "locked": (422, "warning"), "gate": (403, "warning")}


@pytest.fixture(scope="module")
def house():
    with serving() as house:
        yield house


def type_wrong_code(house, person, code="AAAA-AAAA"):
    return post(person, house.issuer + "/magic-link/code", {"csrf": token_of_forms(house, person), "code": code})


@pytest.fixture(scope="module")
def run(house):
    """Each outcome once: the refusals by their names; and what must be found nowhere."""
    answers, secrets = {}, []

    def fresh():
        email, person, waiting, mail = asked(house)
        secrets.extend([mail.code, mail.code.replace("-", ""), link_of(mail).split("?")[0].rsplit("/", 1)[1]])
        return email, person, waiting, mail

    email, person, _, mail = fresh()
    assert press(person, link_of(mail)).path == "/account"
    answers["reused"] = force(house, visitor(), link_of(mail))

    lost, person, _, mail = fresh()
    house.sql(f"UPDATE mail_proofs SET expires_at = created_at - 1 WHERE canonical_email = '{lost}'")
    answers["expired"] = force(house, person, link_of(mail))

    late, person, waiting, mail = fresh()
    ask_sooner(house)
    person.submit(waiting, waiting.form("/magic-link/again"))
    letters(house, late, 2)
    answers["superseded"] = force(house, person, link_of(mail))

    answers["unknown"] = force(house, visitor(), house.issuer + "/magic-link/mml_" + "A" * 43)

    _, person, _, mail = fresh()
    answers["no_browser"] = force(house, visitor(), link_of(mail))
    tries = [type_wrong_code(house, person) for _ in range(6)]
    answers["wrong_code"], answers["locked"] = tries[0], tries[5]
    assert [answer.status_code for answer in tries] == [422] * 6
    # The link goes on working when codes do not (PW9).
    assert press(person, link_of(mail)).path == "/account"

    shut, person, _, mail = fresh()
    house.sql(f"UPDATE account_preferences SET magic_links = 0 WHERE account_id = {account(shut)}")
    answers["gate"] = force(house, person, link_of(mail))
    return email, answers, secrets


def refusals(house):
    lines = [json.loads(line) for line in house.read_log().splitlines() if '"mail_proof_refused"' in line]
    return {line["reference"]: line for line in lines}


def test_each_outcome_has_a_figure_B143(house, run):
    text = requests.get(f"http://127.0.0.1:{house.management}/metrics", timeout=5).text
    told = dict(re.findall(r'^martlet_magic_links_total\{outcome="(\w+)"\} (\S+)$', text, re.M))
    assert set(told) == {"ok", *OUTCOMES}
    counted = {outcome: int(float(number)) for outcome, number in told.items()}
    expected = dict.fromkeys(OUTCOMES, 1) | {"ok": 2, "wrong_code": 5}
    assert counted == expected
    email = run[0]
    assert email not in text and "example.org" not in text


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_outcome_has_a_line_in_the_log_as_loud_as_it_should_be_B016_B148(house, run, outcome):
    status, level = OUTCOMES[outcome]
    answer = run[1][outcome]
    assert answer.status_code == status
    reference = answer.headers["X-Request-Id"]
    line = refusals(house)[reference]
    assert line["level"] == level and line["reason"] == outcome and line["purpose"] == "magic_link", line
    assert line["outcome"] == "refused"
    [event] = eventually(lambda: [
        json.loads(text) for text in house.command(
            "audit", "--json", "--kind", "mail_proof_refused", "--reference", reference).stdout.splitlines()])
    assert event["reason"] == outcome and event["network"]


def test_what_was_asked_for_and_who_came_in_is_on_record_B016(house, run):
    events = eventually(lambda: [json.loads(line) for line in house.command("audit", "--json").stdout.splitlines()])
    asked_for = [event for event in events if event["kind"] == "mail_proof_asked"]
    assert asked_for and all(event["purpose"] == "magic_link" for event in asked_for)
    came = [event for event in events if event["kind"] == "sign_in"]
    assert came and all(event["method"] == "email" for event in came)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_reference_on_the_page_is_explained_CF1(house, run, outcome):
    answer = run[1][outcome]
    reference = answer.headers["X-Request-Id"]
    assert reference in answer.text
    found = explanation(house, reference)
    [failed] = [check for check in found["checks"] if check["outcome"] == "failed"]
    assert failed["check"] == ("policy" if outcome == "gate" else "mail_proof") and found["status"] == answer.status_code
    assert all(failed[part] for part in ("seen", "expected", "repair"))
    shown = house.command("explain", reference).stdout
    assert "FAILED" in shown and not [secret for secret in run[2] if secret in shown]


def test_dead_links_look_alike_on_the_page_and_not_to_the_operator(house, run):
    dead = ("reused", "expired", "superseded", "unknown")
    references = {outcome: run[1][outcome].headers["X-Request-Id"] for outcome in dead}
    pages = {run[1][outcome].text.replace(references[outcome], "…") for outcome in dead}
    assert len(pages) == 1
    seen = set()
    for outcome in dead:
        [failed] = [check for check in explanation(house, references[outcome])["checks"] if check["outcome"] == "failed"]
        seen.add(failed["seen"])
    assert len(seen) == len(dead), seen


def test_nothing_in_the_log_or_the_database_opens_a_door_B016_B021_CF3(house, run):
    kept = house.database_bytes() + (house.folder / "log.txt").read_bytes()
    assert len(run[2]) == 15
    for secret in run[2]:
        assert secret.encode() not in kept and secret.encode().hex().encode() not in kept


def test_ways_to_sign_in_are_kept_once_each_with_their_times_B001_B007(house, run):
    email = run[0]

    def shown():
        return json.loads(house.command("user", "show", email, "--json").stdout)["methods"]

    [first] = shown()
    assert first["method"] == "email"
    house.sql(f"UPDATE sign_in_methods SET first_used_at = 1000, last_used_at = 1000 WHERE account_id = {account(email)}")
    ask_sooner(house)
    _, person, _, _ = asked(house, email=email)
    mail = letters(house, email, 2)[-1]
    assert press(person, link_of(mail)).path == "/account"
    [again] = shown()
    assert again["method"] == "email" and again["first_used_at"] < again["last_used_at"]
    assert re.search(r"^ *email, last .+, first 1970-01-01.*$", house.command("user", "show", email).stdout, re.M)
    assert "Link or code by mail" in person.go(house.issuer + "/account/security").text
    other = visitor(email)
    assert other.sign_in_on(other.go(house.issuer + "/sign-in")).path == "/account"
    assert [use["method"] for use in shown()] in (["email", "pwd"], ["pwd", "email"])
