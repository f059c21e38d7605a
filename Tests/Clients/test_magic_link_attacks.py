"""Who must get nothing out of sign-in links: whoever guesses them, whoever asks whose address is known, and whoever sends
one to somebody else."""
import http.client
import os
import random
import re
import secrets
import statistics
import string
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from mailed_links import (
    DEAD, account, ask_sooner, asked, force, is_signed_in, link_of, newcomer, opt_in, post, press, serving, sessions, settle,
    token_of_forms, visitor, wiki_app)
from martlet import PASSWORD
from person import Arrival, Person

# Most of them are refused before any database is asked: which one it is makes no difference to all ten thousand.
TOKENS = int(os.environ.get(
    "MARTLET_TEST_TOKENS", "1000" if os.environ.get("MARTLET_TEST_ENGINE") == "postgresql" else "10000"))
SIGNS = string.ascii_letters + string.digits + "-_"
# What differs from one answer to the next though nothing is told by it.
OWN = ("Date", "X-Request-Id")


@pytest.fixture(scope="module")
def house():
    with serving() as house:
        yield house


@pytest.fixture
def wiki(house):
    return wiki_app(house)


# Guessing


def mutations(token, count, chance):
    """Different tokens that are nearly this one, each of which could stand in an address."""
    place = lambda: chance.randrange(len(token))  # noqa: E731
    ways = [
        lambda at: token[:at] + chance.choice(SIGNS) + token[at + 1:],
        lambda at: token[:at] + token[at + 1:],
        lambda at: token[:at] + chance.choice(SIGNS) + token[at:],
        lambda at: token[:at + 1],
        lambda at: token[:at] + token[at:].swapcase(),
        lambda at: token[at:] + token[:at],
        lambda at: token + token[:at],
        lambda at: token + chance.choice(["=", "==", ".", "~", "-", "_", "A", "$", "'", ";x", ",", ":", "@", "!", "("]),
        lambda at: chance.choice(["mvl_", "mau_", "mpa_", "mbr_", "mst_", "mac_", "MML_", "mml", "_"]) + token[4:],
        lambda at: token[:4] + "".join(chance.choices(SIGNS, k=43)),
        lambda at: "".join(chance.choices(SIGNS, k=at + 1)),
        lambda at: token * (at + 1),
    ]
    made = set()
    while len(made) < count:
        made.add(chance.choice(ways)(place()))
        # The token itself, and the pages that stand beside it.
        made -= {token, "code", "again"}
    return sorted(made)


def dead_answers(house, method, paths, cookies, body=None):
    """Status and page of each, on one connection, without the reference; and how often which came."""
    connection = http.client.HTTPConnection("localhost", house.port, timeout=30)
    headers = {"Cookie": cookies} | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
    seen = {}
    for path in paths:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        page = answer.read().decode().replace(answer.headers["X-Request-Id"], "…")
        told = tuple(sorted((name, value) for name, value in answer.headers.items() if name not in OWN))
        seen.setdefault((answer.status, page, told), []).append(path)
    connection.close()
    return seen


def test_ten_thousand_mutated_tokens_get_one_answer_and_never_a_fault_B004_B005_B140(house):
    seed = secrets.token_hex(4)
    email, person, _, mail = asked(house)
    link, before = link_of(mail), len(house.read_log())
    token = urlsplit(link).path.rsplit("/", 1)[1]
    fields = "here=1&csrf=" + token_of_forms(house, person)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.session.cookies)
    paths = [f"/magic-link/{found}" for found in mutations(token, TOKENS, random.Random(seed))]
    begun = time.monotonic()

    def work(number):
        own = paths[number::4]
        return dead_answers(house, "GET", own, cookies), dead_answers(house, "POST", own[::5], cookies, fields)

    with ThreadPoolExecutor(4) as pool:
        rounds = list(pool.map(work, range(4)))
    print(f"{TOKENS} looked at and {TOKENS // 5} pressed in {time.monotonic() - begun:.0f} s, seed {seed}")
    for kind in (0, 1):
        answers = {}
        for found in rounds:
            for answer, paths in found[kind].items():
                answers.setdefault(answer, []).extend(paths)
        strays = {answer[0]: paths[:3] for answer, paths in answers.items()}
        assert len(answers) == 1 and [answer[0] for answer in answers] == [404], (strays, seed)
        assert DEAD in next(iter(answers))[1]
    assert '"level":"error"' not in house.read_log()[before:] and '"level":"critical"' not in house.read_log()[before:]
    assert sessions(house, email) == 0
    assert press(person, link).path == "/account", "the one true token is as good as ever"


def test_what_could_never_be_a_token_is_no_fault_either_B005(house):
    paths = ["/magic-link/", "/magic-link//", "/magic-link/%00", "/magic-link/%ff%fe", "/magic-link/%2e%2e/account",
             "/magic-link/%", "/magic-link/%zz", "/magic-link/a/b", "/magic-link/mml_?request=%00&request=x",
             "/magic-link/mml_" + "A" * 20_000, "/magic-link/%F0%9F%94%91", "/magic-link/mml_%0d%0aSet-Cookie:x=y",
             "/magic-link/mml_" + "A" * 43 + "?next=//evil.example", "/magic-link/mml_" + "A" * 43 + "?" + "a=b&" * 3000]
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        for path in paths:
            connection = http.client.HTTPConnection("localhost", house.port, timeout=10)
            connection.request(method, path, headers={"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            assert answer.status < 500, (method, path, answer.status)
            assert answer.status != 200 or method == "OPTIONS", (method, path)
            assert "evil" not in answer.headers.get("Location", "") and "x=y" not in str(answer.headers.get("Set-Cookie"))
            connection.close()


def test_whatever_a_link_died_of_its_page_is_the_same_B004(house):
    def answer(person, link):
        shown = person.go(link.split("?")[0])
        pressed = force(house, person, link)
        return [(reply.status_code, reply.text.replace(reply.headers["X-Request-Id"], "…"))
                for reply in (shown.response, pressed)]

    spent_email, spender, _, spent = asked(house)
    assert press(spender, link_of(spent)).path == "/account"
    _, waiting, _, expired = asked(house)
    house.sql(f"UPDATE mail_proofs SET expires_at = 1 WHERE canonical_email = '{waiting.email}'")
    _, asker, page, overtaken = asked(house)
    ask_sooner(house)
    asker.submit(page, page.form("/magic-link/again"))
    stranger = Person()
    found = {
        "used": answer(stranger, link_of(spent)), "expired": answer(waiting, link_of(expired)),
        "superseded": answer(asker, link_of(overtaken)),
        "never made": answer(stranger, house.issuer + "/magic-link/mml_" + "A" * 43),
        "cut off": answer(stranger, link_of(spent).split("?")[0][:-1]), "garbage": answer(stranger, house.issuer + "/magic-link/x")}
    assert all(answers == found["never made"] for answers in found.values()), found
    assert [status for status, _ in found["used"]] == [404, 404]


# Asking who is known


KINDS = ("known", "guess", "never", "gone-", "barred")


def furnish(house, number):
    """One address of each kind, as long as the others: one that links are for, one that nobody has, one that links are
    not for, one that is deleted and one that is disabled."""
    people = {kind: f"{kind[:5]}{number:04}@example.org" for kind in KINDS}
    for kind, email in people.items():
        if kind == "guess":
            continue
        house.command("user", "add", "--email", email, "--name", "Grace", stdin=PASSWORD + "\n")
        if kind != "never":
            opt_in(house, email)
    house.command("user", "disable", people["barred"], "--yes", "--reason", "left")
    house.command("user", "delete", people["gone-"], "--yes", "--reason", "left")
    return people


def told(person, email, answer):
    """All that an answer says, but for what is this browser's own."""
    text = answer.text
    for own in (re.escape(email), re.escape(answer.headers["X-Request-Id"]), r'(?<=name="csrf" value=")[^"]+'):
        text = re.sub(own, "…", text)
    return answer.status_code, text, sorted((name, value) for name, value in answer.headers.items() if name not in OWN)


def conversation(house, email):
    """Asks, reads on, types wrong codes until that is locked, asks again: every answer of it."""
    person = Person()
    form = person.go(house.issuer + "/magic-link").form("/magic-link")
    answers = [post(person, house.issuer + "/magic-link", form.fields | {"email": email})]
    assert answers[0].status_code == 303, answers[0].text
    waiting = house.issuer + answers[0].headers["Location"]
    answers.append(person.session.get(waiting, timeout=10))
    for code in ("AAAA-AAAA", "", "no code at all", "BBBB-BBBB", "CCCC-CCCC", "DDDD-DDDD", "EEEE-EEEE"):
        answers.append(post(person, house.issuer + "/magic-link/code", form.fields | {"code": code}))
    answers.append(post(person, house.issuer + "/magic-link/again", form.fields))
    answers.append(person.session.get(house.issuer + answers[-1].headers["Location"], timeout=10))
    return [told(person, email, answer) for answer in answers]


def test_the_answers_are_the_same_for_whomever_B013_B136_ML8_PW10(house):
    people = furnish(house, 1)
    settle(house)
    before = len(house.office.handed_over)
    heard = {kind: conversation(house, people[kind]) for kind in reversed(KINDS)}
    for kind, answers in heard.items():
        for number, (own, known) in enumerate(zip(answers, heard["known"], strict=True)):
            assert own == known, f"{kind}, answer {number}"
    statuses = [status for status, _, _ in heard["known"]]
    assert statuses[:3] == [303, 200, 422] and set(statuses[2:9]) == {422}, statuses
    # To the mailbox alone the difference is told, and there only where somebody has it.
    settle(house)
    assert sorted(mail.to for mail in house.office.handed_over[before:]) == sorted([people["known"], people["never"]])


@pytest.mark.alone
def test_nobody_learns_by_the_clock_who_is_known_PW10(house):
    """Medians of requests in turn; the figures are printed for whoever wants to compare. Tests/Load/magic_link_times.py
    measures more of them."""
    people = furnish(house, 2)
    times = {kind: ([], []) for kind in KINDS}
    for number in range(4):
        for kind in sorted(KINDS, key=lambda kind: (KINDS.index(kind) + number) % len(KINDS)):
            person = Person()
            form = person.go(house.issuer + "/magic-link").form("/magic-link")
            for steps, path, more in zip(
                    times[kind], ("/magic-link", "/magic-link/code"), ({"email": people[kind]}, {"code": "AAAA-AAAA"})):
                start = time.perf_counter()
                answer = post(person, house.issuer + path, form.fields | more)
                steps.append(time.perf_counter() - start)
                assert answer.status_code in (303, 422)
    for step, name in enumerate(("asking", "a wrong code")):
        medians = {kind: statistics.median(found[step]) * 1000 for kind, found in times.items()}
        print(name, {kind: f"{median:.1f} ms" for kind, median in medians.items()})
        assert max(medians.values()) < 5 * min(medians.values()) + 20, (name, medians)


# Sending a link to somebody else


def handle(page):
    return parse_qs(urlsplit(page.url).query)["request"][0]


@pytest.mark.parametrize("at_home", [False, True], ids=["signed out", "signed in"])
def test_an_attackers_link_does_not_sign_the_victim_in_as_the_attacker_ML2(house, wiki, at_home):
    _, attacker, waiting, mail = asked(house, wiki)
    victim = visitor(newcomer(house))
    if at_home:
        assert victim.sign_in_on(victim.go(house.issuer + "/sign-in")).path == "/account"
    page = victim.go(link_of(mail))
    assert page.heading == "Go back to where you started" and not [form for form in page.forms if "mml_" in form.action]
    for fields in ({}, {"request": handle(waiting)}):
        assert force(house, victim, link_of(mail), **fields).status_code == 403
    # The code, typed on a page of the victim's own.
    code = post(victim, house.issuer + "/magic-link/code", {
        "csrf": token_of_forms(house, victim), "code": mail.code, "request": handle(waiting)})
    assert code.status_code in (303, 404, 422)
    assert sessions(house, attacker.email) == 0
    assert is_signed_in(house, victim) == at_home
    if at_home:
        assert victim.email in victim.go(house.issuer + "/account").text
    # Nor does the victim finish what the attacker began.
    assert not isinstance(victim.go(f"{house.issuer}/authorize/continue?request={handle(waiting)}"), Arrival)
    assert isinstance(press(attacker, link_of(mail)), Arrival), "nothing was spent"


def test_a_victims_press_does_not_sign_the_attacker_in_who_asked_ML2(house, wiki):
    email = newcomer(house)
    _, attacker, waiting, mail = asked(house, wiki, email)
    victim = visitor(email)
    assert victim.go(link_of(mail)).heading == "Go back to where you started"
    assert force(house, victim, link_of(mail)).status_code == 403
    for path in ("/magic-link/code", f"/authorize/continue?request={handle(waiting)}", "/account"):
        place = attacker.go(house.issuer + path)
        assert not isinstance(place, Arrival) and place.path != "/account", place
    assert sessions(house, email) == 0


def test_a_link_is_good_for_its_own_purpose_alone(house):
    email, person, _, mail = asked(house)
    token = urlsplit(link_of(mail)).path.rsplit("/", 1)[1]
    for path in ("recovery", "verification", "sign-up", "staff-link", "address-change", "confirmation", "invitation", "setup"):
        assert person.go(f"{house.issuer}/{path}/{token}").status >= 400, path
    form = person.go(house.issuer + "/recovery").form("/recovery")
    person.submit(person.go(house.issuer + "/recovery"), form, email=email)
    # Two codes wait now; each opens its own door.
    recovery = person.go(house.issuer + "/recovery/sent")
    assert person.submit(recovery, recovery.form("/recovery"), code=mail.code).status == 422
    assert press(person, link_of(mail)).path == "/account"


def test_only_digests_are_kept_B083_B091_CF3(house):
    email, person, _, mail = asked(house)
    token = urlsplit(link_of(mail)).path.rsplit("/", 1)[1]
    row = house.sql(f"SELECT detail FROM mail_proofs WHERE canonical_email = '{email}'")
    assert "127.0.0.1" in row and "Firefox on Linux" in row, "who asked, as the mail says it"
    assert press(person, link_of(mail)).path == "/account"
    kept = house.database_bytes() + (house.folder / "log.txt").read_bytes()
    for secret in (token, token[4:], mail.code, mail.code.replace("-", "")):
        assert secret.encode() not in kept and secret.encode().hex().encode() not in kept
    assert b"/magic-link/" in (house.folder / "log.txt").read_bytes()
    assert house.sql(f"SELECT count(*) FROM accounts WHERE id = {account(email)}") == "1"
