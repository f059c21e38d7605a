"""Captchas: the puzzle as anybody's ALTCHA client would solve it, at one process and at two; and the companies' ones, each
judged by a stand-in that says yes, no, and everything else that a server can say (B025, B046, B089, CF5)."""
import base64
import contextlib
import hashlib
import html
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from captcha_stand_in import CLASSES, FIELDS, SECRET, SITE_KEY, StandIn
from martlet import Martlet
from person import Person

EMAIL = "ada@example.org"
WRONG = "not the password at all"


@contextlib.contextmanager
def serving(**settings):
    house = Martlet(settings=settings)
    house.add_person(EMAIL)
    with house:
        yield house


@pytest.fixture(scope="module")
def asking():
    """Asks at every sign-in, with puzzles of the usual size."""
    with serving(MARTLET_CAPTCHA_PROVIDER="altcha", MARTLET_CAPTCHA_SIGN_IN_AFTER="0") as house:
        yield house


def puzzle(page):
    return json.loads(html.unescape(re.search(r'data-puzzle="([^"]*)"', page.text)[1]))


def solve(puzzle, **changes):
    """As the protocol has it: the number whose decimal figures behind the salt have the digest."""
    salt = puzzle["salt"].encode()
    number = next(number for number in range(puzzle["maxnumber"] + 1)
                  if hashlib.sha256(salt + str(number).encode()).hexdigest() == puzzle["challenge"])
    payload = {name: puzzle[name] for name in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
    return base64.b64encode(json.dumps(payload | changes).encode()).decode()


def send(person, page, password=None, **fields):
    fields = {"email": EMAIL, "password": password or person.password} | fields
    return person.submit(page, page.form("/sign-in"), **fields)


def open_sign_in(house):
    person = Person(EMAIL)
    return person, person.go(house.issuer + "/sign-in")


def figure(house, outcome):
    text = requests.get(f"http://127.0.0.1:{house.management}/metrics", timeout=5).text
    return int(float(re.search(
        rf'^martlet_captcha_answers_total{{form="sign_in",outcome="{outcome}"}} (\S+)$', text, re.M)[1]))


def test_a_solved_puzzle_signs_in_and_is_good_once(asking):
    before = figure(asking, "passed")
    person, page = open_sign_in(asking)
    found = puzzle(page)
    assert found["algorithm"] == "SHA-256" and found["maxnumber"] == 100_000
    assert re.fullmatch(r"[0-9a-f]{24}\?expires=\d{10}&", found["salt"])
    assert 590 <= int(re.search(r"expires=(\d+)", found["salt"])[1]) - time.time() <= 600
    answer = solve(found)
    assert "do not match" in send(person, page, WRONG, captcha=answer).text
    again = send(person, page, captcha=answer)
    assert again.status == 422 and "Please send the form once more" in again.text
    assert send(person, again, captcha=solve(puzzle(again))).path == "/account"
    assert figure(asking, "passed") == before + 2


@pytest.mark.parametrize("change", [
    {"number": 1}, {"number": -1}, {"number": 2 ** 70}, {"number": "1"}, {"signature": "0" * 64}, {"challenge": "0" * 64},
    {"salt": "0" * 24 + "?expires=9999999999&"}, {"algorithm": "SHA-1"}, {"salt": "x" * 3000}])
def test_an_altered_solution_is_refused_and_the_form_kept(asking, change):
    person, page = open_sign_in(asking)
    refused = send(person, page, captcha=solve(puzzle(page), **change))
    assert refused.status == 422 and "could not check that you are not a robot" in refused.text
    assert refused.form("/sign-in").fields["email"] == EMAIL and person.password not in refused.text


@pytest.fixture
def sibling(asking):
    sibling = asking.sibling().start()
    yield sibling
    sibling.stop()


def test_one_solution_sent_many_times_at_once_to_two_processes_passes_once_IN3(asking, sibling):
    person, page = open_sign_in(asking)
    fields = page.form("/sign-in").fields | {"email": EMAIL, "password": WRONG, "captcha": solve(puzzle(page))}
    cookies = person.session.cookies.get_dict()

    def post(number):
        door = (asking, sibling)[number % 2].own_address
        return requests.post(door + "/sign-in", data=fields, cookies=cookies, timeout=30).text

    with ThreadPoolExecutor(8) as crowd:
        texts = list(crowd.map(post, range(8)))
    assert sum("do not match" in text for text in texts) == 1
    assert sum("could not check that you are not a robot" in text for text in texts) == 7


def test_a_puzzle_of_one_process_is_solved_at_the_other(asking, sibling):
    person, page = open_sign_in(asking)
    fields = page.form("/sign-in").fields | {
        "email": EMAIL, "password": person.password, "captcha": solve(puzzle(page))}
    answer = requests.post(sibling.own_address + "/sign-in", data=fields, allow_redirects=False, timeout=30,
                           cookies=person.session.cookies.get_dict())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")


def test_puzzles_that_nobody_solves_leave_no_row(asking):
    rows = asking.sql("SELECT count(*) FROM one_time_artefacts WHERE kind = 'captcha_solution'")
    for _ in range(30):
        open_sign_in(asking)
    assert asking.sql("SELECT count(*) FROM one_time_artefacts WHERE kind = 'captcha_solution'") == rows


def test_without_a_script_a_few_go_through_then_the_page_says_what_to_do(asking):
    statuses = []
    for _ in range(6):
        person, page = open_sign_in(asking)
        assert "<noscript>" in page.text
        page = send(person, page, WRONG)
        statuses.append(page.status)
    assert statuses == [422] * 5 + [429], statuses
    assert "JavaScript is off. Turn it on and load this page again, or wait 1" in page.text
    assert 0 < int(page.response.headers["Retry-After"]) <= 900
    assert figure(asking, "without_script") == 5
    # Events are written a moment later.
    for _ in range(50):
        events = asking.command("audit", "--kind", "captcha_refused", "--json").stdout
        if '"without_script"' in events:
            break
        time.sleep(0.1)
    assert '"form":"sign_in","reason":"without_script"' in events


@pytest.fixture(scope="module")
def stand_in():
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="module", params=list(FIELDS))
def hosted(request, stand_in):
    with serving(**stand_in.settings(request.param)) as house:
        house.provider = request.param
        yield house


def answer(house, kind):
    person, page = open_sign_in(house)
    return send(person, page, **{FIELDS[house.provider]: f"{kind}-{time.monotonic_ns()}"})


def test_the_page_shows_the_widget_and_never_the_secret(hosted, stand_in):
    _, page = open_sign_in(hosted)
    assert f'class="{CLASSES[hosted.provider]}" data-sitekey="{SITE_KEY}" data-action="sign_in"' in page.text
    assert f'<script src="{stand_in.origin}/{hosted.provider}/api.js"' in page.text and SECRET not in page.text


def test_a_yes_signs_in_and_is_asked_for_by_post_with_secret_and_answer(hosted, stand_in):
    assert answer(hosted, "good").path == "/account"
    path, headers, form = stand_in.asked[-1]
    assert path == f"/{hosted.provider}/siteverify" and headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert form["secret"] == SECRET and form["sitekey"] == SITE_KEY and set(form) == {"secret", "response", "sitekey"}


@pytest.mark.parametrize("kind", ["bad", "host", "nohost"])
def test_a_no_keeps_the_form(hosted, kind):
    page = answer(hosted, kind)
    assert page.status == 422 and "Please send the form once more" in page.text
    assert page.form("/sign-in").fields["email"] == EMAIL


def test_an_answer_for_another_form_is_refused_where_the_provider_tells(hosted):
    page = answer(hosted, "action")
    assert (page.path == "/account") == (hosted.provider != "turnstile")


@pytest.mark.parametrize("kind", ["broken", "html", "large", "gone", "key"])
def test_what_is_no_answer_lets_nobody_pass(hosted, kind):
    page = answer(hosted, kind)
    assert page.status == 503 and "could not be checked that you are not a robot" in page.text
    assert page.form("/sign-in").fields["email"] == EMAIL


def test_a_provider_that_says_nothing_is_left_after_five_seconds(hosted):
    start = time.monotonic()
    assert answer(hosted, "hang").status == 503
    assert 4.5 < time.monotonic() - start < 15


def test_an_answer_is_good_once(hosted):
    once = {FIELDS[hosted.provider]: f"good-{time.monotonic_ns()}"}
    person, page = open_sign_in(hosted)
    wrong = send(person, page, WRONG, **once)
    assert "do not match" in wrong.text
    assert send(person, wrong, **once).status == 422


def test_nothing_sent_is_refused_without_asking_anybody(hosted, stand_in):
    asked = len(stand_in.asked)
    for fields in ({}, {FIELDS[hosted.provider]: ""}, {"captcha": "x"}):
        person, page = open_sign_in(hosted)
        assert send(person, page, **fields).status == 422
    assert len(stand_in.asked) == asked


def test_neither_secret_nor_answers_are_written_down_CF3(hosted, stand_in):
    answers = {form["response"] for _, _, form in stand_in.asked}
    kept = hosted.read_log() + hosted.command("audit", "--json").stdout
    assert len(answers) > 10 and not [text for text in answers | {SECRET} if text in kept]
    stored = hosted.database_bytes()
    assert SECRET not in (stored if isinstance(stored, str) else stored.decode("latin-1"))


@pytest.mark.parametrize("provider", list(FIELDS))
@pytest.mark.parametrize("missing", ["SITE_KEY", "SECRET_KEY"])
def test_a_start_without_one_of_the_keys_is_refused_B046(stand_in, provider, missing):
    settings = stand_in.settings(provider)
    del settings[f"MARTLET_CAPTCHA_{missing}"]
    house = Martlet(settings=settings)
    try:
        refused = house.command("serve", check=False)
        assert refused.returncode == 1 and refused.stdout == ""
        assert f"captcha.provider is {provider}, which needs captcha.{missing.lower()}" in refused.stderr
        assert SECRET not in refused.stderr and not (house.folder / "data/martlet.db").exists()
    finally:
        house.__exit__()
