"""One link, one session: a hundred presses at once, two processes at once, and a process that is killed in between (B009,
B085, ML1)."""
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from behind_nginx import TwoBehindNginx
from mailed_links import (
    DEAD, ask, asked, button, force, link_of, newcomer, post, press, serving, sessions, visitor, wiki_app, wiki_of)
from person import Arrival

ROUNDS = 6


@pytest.fixture(scope="module")
def house():
    with serving() as house:
        yield house


@pytest.fixture
def pair():
    house = TwoBehindNginx()
    for one in (house, house.second):
        one.environment |= {"MARTLET_LIMITS_MAILS_PER_NETWORK": "1000"}
    wiki_of(house)
    with house:
        yield house


def all_at_once(person, orders):
    """Posts the forms from one browser, all at the same moment; the answers."""
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.session.cookies)
    start = threading.Barrier(len(orders))

    def send(order):
        address, fields = order
        start.wait()
        return requests.post(address, data=fields, headers={"Cookie": cookies}, allow_redirects=False, timeout=120)

    with ThreadPoolExecutor(len(orders)) as pool:
        return list(pool.map(send, orders))


def one_session(house, email, answers):
    """Every answer leads on or says that the link is used; one of them alone opened a session."""
    for answer in answers:
        assert answer.status_code in (303, 404), (answer.status_code, answer.text)
        assert answer.status_code == 303 or DEAD in answer.text
    assert len({answer.headers["Location"] for answer in answers if answer.status_code == 303}) == 1
    opened = [answer for answer in answers if "martlet-session=" in answer.headers.get("Set-Cookie", "")]
    assert len(opened) == 1 and opened[0].status_code == 303
    assert sessions(house, email) == 1
    return opened[0]


def code_form(waiting, mail):
    return waiting.form("/magic-link/code").fields | {"code": mail.code}


# An address may be tried with ten codes an hour, right ones counted.
@pytest.mark.parametrize("links,codes", [(100, 0), (0, 8), (92, 8)], ids=["link", "code", "both"])
def test_a_hundred_at_once_open_one_session_B009_ML1(house, links, codes):
    wiki = wiki_app(house)
    email, person, waiting, mail = asked(house, wiki)
    _, form = button(person, link_of(mail))
    orders = [(house.issuer + "/magic-link/code", code_form(waiting, mail))] * codes
    orders += [(link_of(mail).split("?")[0], form.fields)] * links
    opened = one_session(house, email, all_at_once(person, orders))
    person.session.cookies.update(opened.cookies)
    place = person.go(house.issuer + opened.headers["Location"])
    assert isinstance(place, Arrival) and wiki.come_back(place)["userinfo"]["amr"] == ["email"]


def test_strangers_with_the_link_open_none_and_spend_nothing_ML2(house):
    email, person, _, mail = asked(house)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: force(house, visitor(), link_of(mail)).status_code, range(8)))
    assert answers == [403] * 8 and sessions(house, email) == 0
    assert press(person, link_of(mail)).path == "/account"


def test_two_processes_race_for_one_link_and_its_code_ML1(pair):
    doors = (pair.own_address, pair.second.own_address)
    wiki = wiki_app(pair)
    for number in range(ROUNDS):
        email, person = newcomer(pair), visitor()
        waiting = ask(person, person.go(wiki.authorization_url()), email)
        [mail] = pair.mails(email)
        path = urlsplit(link_of(mail)).path
        _, form = button(person, link_of(mail))
        orders = []
        for place in range(8):
            door = doors[(place + number) % 2]
            orders.append((door + path, form.fields))
            orders.append((doors[(place + number + 1) % 2] + "/magic-link/code", code_form(waiting, mail)))
        opened = one_session(pair, email, all_at_once(person, orders))
        # Whichever process opened it, either knows it.
        person.session.cookies.update(opened.cookies)
        for door in doors:
            cookie = f"martlet-session={opened.cookies['martlet-session']}"
            browser = "; ".join(f"{one.name}={one.value}" for one in person.session.cookies if one.name == "martlet-browser")
            page = requests.get(door + "/account", headers={"Cookie": f"{cookie}; {browser}"}, timeout=10, allow_redirects=False)
            assert page.status_code == 200, (door, page.headers)


def test_asking_here_and_pressing_there_is_one_sign_in_ML1(pair):
    """nginx sends each request to whichever process; figures of both together count one."""
    wiki = wiki_app(pair)
    email, person = newcomer(pair), visitor()
    ask(person, person.go(wiki.authorization_url()), email)
    [mail] = pair.mails(email)
    place = press(person, link_of(mail))
    assert isinstance(place, Arrival) and wiki.come_back(place) and min(pair.served()) > 1
    assert pair.sql(f"SELECT count(*) FROM mail_proofs WHERE canonical_email = '{email}' AND spent_at IS NOT NULL") == "1"


@pytest.mark.parametrize("way", ["link", "code"])
def test_a_server_killed_between_mail_and_click_keeps_the_link_good_once(house, way):
    wiki = wiki_app(house)
    email, person, waiting, mail = asked(house, wiki)
    page, form = button(person, link_of(mail))
    house.process.kill()
    assert house.process.wait(timeout=10) == -9
    house.start()
    if way == "link":
        place = person.submit(page, form)
    else:
        place = person.submit(waiting, waiting.form("/magic-link/code"), code=mail.code)
    assert isinstance(place, Arrival) and wiki.come_back(place)
    house.process.kill()
    assert house.process.wait(timeout=10) == -9
    house.start()
    assert sessions(house, email) == 1, "what was answered was kept"
    assert force(house, visitor(), link_of(mail)).status_code == 404
    # The same browser may press again for a minute: it is led on, and no second session is opened.
    again = post(person, link_of(mail).split("?")[0], form.fields)
    assert again.status_code == 303 and sessions(house, email) == 1
