"""Answers of providers that come twice, at once, to the wrong door, in the wrong browser or too late: at most one of them
opens a session, and it is that of whoever began (SO6, SO7, SO8, SO10)."""
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import postgresql
import pytest
import requests
from by_provider import (
    Providers, account, answer_of, come_by, enter, events, eventually, failed_check, identities, kept, leave,
    led_away, make, query_of, serving, sign_in_page, somebody, visitor, wiki_app, write)
from martlet import PASSWORD
from person import Arrival
from provider_refusals import is_back

AT_ONCE = 20


@pytest.fixture(scope="module")
def upstream():
    with Providers() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def house(upstream):
    with serving(upstream) as house:
        yield house


@pytest.fixture
def pair(upstream):
    """Two processes, one PostgreSQL."""
    database = postgresql.make_database()
    house = make(upstream, environment={"MARTLET_DATABASE_URL": postgresql.address(database)})
    house.database = database
    second = house.sibling()
    with house:
        second.start()
        try:
            yield house, second
        finally:
            second.stop()


@pytest.fixture(autouse=True)
def nothing_asked_yet(upstream):
    upstream.forget()


def sessions(house, email):
    return int(house.sql(f"SELECT count(*) FROM sessions WHERE subject = {account(email)}"))


def cookies(person):
    return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.session.cookies)}


def all_at_once(calls):
    """Of addresses and headers; the answers themselves."""
    start = threading.Barrier(len(calls))

    def send(call):
        start.wait()
        return requests.get(call[0], headers=call[1], allow_redirects=False, timeout=60)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, calls))


def opened(answers):
    return [answer for answer in answers if "martlet-session=" in answer.headers.get("Set-Cookie", "")]


def back_from(house, person, id, app=None):
    """The address that the provider would lead this browser to."""
    return answer_of(leave(person, sign_in_page(house, person, app), id))


@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
def test_one_answer_twenty_times_at_once_opens_one_session_SO6(house, upstream, known):
    _, email = somebody(upstream, "github")
    if known:
        enter(house, visitor(), "github", email)
    person, app = visitor(), wiki_app(house)
    address, before = back_from(house, person, "github", app), kept(house)
    answers = all_at_once([(address, cookies(person))] * AT_ONCE)
    [one] = opened(answers)
    assert one.status_code == 303
    assert sorted(answer.status_code for answer in answers) == [303] + [400] * (AT_ONCE - 1)
    made = {table: number - before[table] for table, number in kept(house).items()}
    assert made == {"accounts": 0 if known else 1, "sessions": 1, "upstream_identities": 0 if known else 1,
                    "pending_identities": 0}
    assert len(upstream.log("github", "token")) == 1 + known, "a code was sent twice"
    person.session.cookies.update(one.cookies)
    place = person.go(house.issuer + one.headers["Location"])
    assert isinstance(place, Arrival) and app.come_back(place)["userinfo"]["amr"] == ["github"]


def test_one_answer_at_two_processes_opens_one_session_SO6(pair, upstream):
    house, second = pair
    for _ in range(3):
        upstream.forget()
        _, email = somebody(upstream, "discord")
        person = visitor()
        address = back_from(house, person, "discord")
        doors = [address, address.replace(house.issuer, second.own_address)]
        answers = all_at_once([(doors[number % 2], cookies(person)) for number in range(AT_ONCE)])
        assert len(opened(answers)) == 1 and sessions(house, email) == 1
        assert {answer.status_code for answer in answers} == {303, 400}
        assert len(upstream.log("discord", "token")) == 1


@pytest.mark.parametrize("doors", [1, 2])
def test_twenty_browsers_of_one_newcomer_make_one_account(request, house, upstream, doors):
    second = None
    if doors == 2:
        house, second = request.getfixturevalue("pair")
    id, email = somebody(upstream, "github")
    people = [visitor() for _ in range(AT_ONCE)]
    calls = [(back_from(house, person, "github"), cookies(person)) for person in people]
    if second:
        calls = [(address.replace(house.issuer, second.own_address) if number % 2 else address, sent)
                 for number, (address, sent) in enumerate(calls)]
    answers = all_at_once(calls)
    assert {answer.status_code for answer in answers} <= {303, 409}, [answer.status_code for answer in answers]
    assert house.sql(f"SELECT count(*) FROM accounts WHERE canonical_email = '{email}'") == "1"
    assert identities(house, email) == [f"github|{id}"]
    assert sessions(house, email) == len(opened(answers)) >= 1
    # Whoever was too late begins again and is in.
    late = [person for person, answer in zip(people, answers, strict=True) if answer.status_code == 409]
    for person in late[:2]:
        assert come_by(house, person, "github").path == "/account"


def test_an_answer_is_good_once_and_not_for_long_SO6(house, upstream):
    _, email = somebody(upstream, "github")
    person = visitor()
    address = back_from(house, person, "github")
    assert person.go(address).path == "/account"
    replayed = visitor()
    replayed.session.cookies.update({cookie.name: cookie.value for cookie in person.session.cookies
                                     if "session" not in cookie.name})
    is_back(replayed.go(address), (400,))
    old = visitor()
    address = back_from(house, old, "github")
    house.sql("UPDATE upstream_attempts SET expires_at = created_at - 1 WHERE spent_at IS NULL")
    reference = is_back(old.go(address), (400,))
    assert "expired" in failed_check(house, reference)["seen"]
    assert sessions(house, email) == 1


def test_an_answer_at_the_door_of_another_provider_is_refused_SO7(house, upstream):
    """Mix-up: neither with the state of the one, nor with the code of the other; and nothing is spent by it."""
    for kind in ("github", "discord"):
        somebody(upstream, kind)
    person, before = visitor(), kept(house)
    mine, other = back_from(house, person, "github"), back_from(house, person, "discord")
    reference = is_back(person.go(mine.replace("/upstream/github/", "/upstream/discord/")), (400,))
    assert "other provider" in failed_check(house, reference)["seen"]
    mixed = urlencode(query_of(other) | {"code": query_of(mine)["code"]})
    is_back(person.go(f"{house.issuer}/upstream/discord/callback?{mixed}"), (502,))
    assert kept(house) == before
    # What was meant for GitHub is as good as it was.
    assert person.go(mine).path == "/account"


def test_an_attackers_answer_in_the_browser_of_a_victim_signs_nobody_in_SO6(house, upstream):
    """Login CSRF, before the victim signs in and after; the attacker's own answer is not spent by it."""
    _, evil = somebody(upstream, "github")
    attacker = visitor()
    address, before = back_from(house, attacker, "github"), kept(house)
    victim = visitor()
    sign_in_page(house, victim)
    for browser in (victim, visitor()):
        reference = is_back(browser.go(address), (400,))
        assert "other browser" in failed_check(house, reference)["seen"]
        assert browser.go(house.issuer + "/account").path == "/sign-in"
    assert kept(house) == before
    _, email = somebody(upstream, "discord")
    enter(house, victim, "discord", email)
    victim.go(address)
    assert email in victim.go(house.issuer + "/account").text and sessions(house, evil) == 0
    assert attacker.go(address).path == "/account" and sessions(house, evil) == 1


def test_what_somebody_left_in_wait_for_the_owner_of_an_address_is_gone_ML9(house, upstream):
    """Pre-hijacking: an account nobody has proven, with a password and a session; then its owner comes by a provider."""
    _, email = somebody(upstream, "google")
    house.command("user", "add", "--email", email, "--name", "Not Grace", stdin=PASSWORD + "\n")
    squatter = visitor(email)
    assert squatter.sign_in_on(sign_in_page(house, squatter)).path == "/account"
    house.sql(f"UPDATE accounts SET email_verified = 0 WHERE canonical_email = '{email}'")
    owner = visitor(email)
    assert come_by(house, owner, "google").path == "/account"
    assert squatter.go(house.issuer + "/account").path == "/sign-in"
    again = visitor(email)
    assert again.sign_in_on(sign_in_page(house, again)).status == 422
    assert sessions(house, email) == 1 and len(identities(house, email)) == 1


def test_whoever_is_disabled_meanwhile_is_refused_SO10(house, upstream):
    _, email = somebody(upstream, "github")
    enter(house, visitor(), "github", email)
    person = visitor()
    address = back_from(house, person, "github")
    house.command("user", "disable", email, "--yes", "--reason", "left")
    before = kept(house)
    place = person.go(address)
    is_back(place, (403,))
    assert "cannot sign in here" in place.text and kept(house) == before


def test_a_provider_that_is_switched_off_meanwhile_is_refused_SO10(upstream):
    with serving(upstream, [("github", "github"), ("discord", "discord")]) as house:
        somebody(upstream, "github")
        person = visitor()
        address = back_from(house, person, "github")
        house.stop()
        write(house, [("discord", {"client_id": upstream.client_id, "client_secret": upstream.client_secret,
                                   "base_url": upstream.base("discord")})])
        house.start()
        is_back(person.go(address), (403, 404))
        assert set(kept(house).values()) == {0} and not upstream.log("github", "token")


def test_a_way_to_connect_ends_with_the_session_that_began_it_SO8(house, upstream):
    _, email = somebody(upstream, "github")
    person = visitor()
    enter(house, person, "github", email)
    id, _ = somebody(upstream, "discord")

    def begin():
        page = person.go(house.issuer + "/account/security")
        [form] = [form for form in page.forms if form.fields.get("provider") == "discord"]
        return answer_of(led_away(person.submit(page, form)))
    address = begin()
    house.command("user", "end-sessions", email, "--yes", "--reason", "lost a phone")
    person.go(address)
    assert identities(house, email) == [row for row in identities(house, email) if row.startswith("github")]
    # A new session in the same browser is not the one that began.
    assert come_by(house, person, "github").path == "/account"
    address = begin()
    house.command("user", "end-sessions", email, "--yes", "--reason", "lost a phone")
    come_by(house, person, "github")
    place = person.go(address)
    assert place.status >= 400 and len(identities(house, email)) == 1, place
    # In the session that began, it is.
    done = person.go(begin())
    assert done.path == "/account/security" and f"discord|{id}" in identities(house, email), done
    eventually(lambda: [event for event in events(house, "identity_linked") if event["how"] == "person"])
