"""One code, one success: two hundred at once, two processes at once, and across a restart (MF2, MF3, MF4, IN3)."""
import collections
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from behind_nginx import TwoBehindNginx
from factor_house import SETTINGS, account, age, app_of, furnish, later, number, serving
from factor_pages import APP, BACKUP, CODE
from factor_visitor import SESSION_COOKIE, code_form, enrol, half, is_signed_in, try_code
from person import Arrival

AT_ONCE = 200
# As many as are let through by the count of tries (MF4), whatever else is tried at the same time.
TRIES = 10


@pytest.fixture(scope="module")
def house():
    with serving(MARTLET_SECOND_FACTOR_ATTEMPTS=str(TRIES)) as house:
        yield house


@pytest.fixture
def pair():
    house = TwoBehindNginx()
    for one in (house, house.second):
        one.environment |= SETTINGS
    furnish(house)
    with house:
        yield house


def cookies_of(person):
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.session.cookies)


def all_at_once(orders):
    """Posts them all at the same moment: of each an address, its fields, and cookies."""
    start = threading.Barrier(len(orders))

    def send(order):
        address, fields, cookies = order
        start.wait()
        return requests.post(address, data=fields, headers={"Cookie": cookies}, allow_redirects=False, timeout=300)

    with ThreadPoolExecutor(len(orders)) as pool:
        return list(pool.map(send, orders))


def order(person, page, path, code, door):
    _, form = code_form(person, page, path)
    return door + path, form.fields | {CODE: code}, cookies_of(person)


def succeeded(answer):
    return answer.status_code == 303 and bool(answer.cookies.get(SESSION_COOKIE))


def one_success(house, held, answers):
    """One alone is let in; whoever is not is told that the code is wrong, that there were too many, or that the session has
    ended meanwhile, which it has for whoever came second with the same cookie."""
    counts = collections.Counter(answer.status_code for answer in answers)
    print(dict(counts))
    assert sum(map(succeeded, answers)) == 1, counts
    assert set(counts) <= {303, 401, 403, 422, 429}, counts
    assert number(house, f"sessions WHERE is_half = 0 AND factor_at IS NOT NULL AND subject = {account(held.email)}") == 1


def forget_whole(house, held):
    house.sql(f"DELETE FROM sessions WHERE subject = {account(held.email)}")


@pytest.mark.parametrize("path", [APP, BACKUP])
@pytest.mark.parametrize("browsers", [1, 5])
def test_two_hundred_at_once_are_one_success_MF2_MF3(house, path, browsers):
    held = enrol(house)
    forget_whole(house, held)
    doors = [half(house, held.email) for _ in range(browsers)]
    code = held.fresh() if path == APP else held.codes[0]
    orders = [order(person, page, path, code, house.issuer) for person, page in doors]
    one_success(house, held, all_at_once(orders * (AT_ONCE // browsers)))
    spent = number(house, f"backup_codes WHERE spent_at IS NOT NULL AND account_id = {account(held.email)}")
    assert spent == (1 if path == BACKUP else 0)


def test_two_hundred_wrong_ones_at_once_are_no_more_tries_than_one_by_one_MF4(house):
    """Each is counted before it is checked: the right one among them that comes after the count is refused."""
    held = enrol(house)
    person, page = half(house, held.email)
    _, form = code_form(person, page)
    codes = [held.wrong() for _ in range(AT_ONCE)]
    answers = all_at_once([(house.issuer + APP, form.fields | {CODE: code}, cookies_of(person)) for code in codes])
    counts = collections.Counter(answer.status_code for answer in answers)
    print(dict(counts))
    assert set(counts) <= {422, 429} and counts[422] <= TRIES and counts[429] >= AT_ONCE - TRIES, counts
    locked = try_code(person, page, held.fresh())
    assert locked.status == 429 and not is_signed_in(house, person)


@pytest.mark.parametrize("path", [APP, BACKUP])
def test_two_processes_let_one_in_MF2_MF3(pair, path):
    doors = (pair.own_address, pair.second.own_address)
    held = enrol(pair)
    forget_whole(pair, held)
    browsers = [half(pair, held.email) for _ in range(4)]
    code = held.fresh() if path == APP else held.codes[0]
    orders = [order(person, page, path, code, door) for person, page in browsers for door in doors]
    one_success(pair, held, all_at_once(orders))


def test_tries_are_counted_across_processes_MF4(pair):
    doors = (pair.own_address, pair.second.own_address)
    held = enrol(pair)
    person, page = half(pair, held.email)
    statuses = []
    for place in range(7):
        address, fields, cookies = order(person, page, APP, held.wrong(), doors[place % 2])
        statuses.append(requests.post(
            address, data=fields, headers={"Cookie": cookies}, allow_redirects=False, timeout=30).status_code)
    assert statuses.count(422) <= 5 and statuses[-1] == 429, statuses


def test_proven_at_one_process_is_proven_at_the_other(pair):
    wiki = app_of(pair)
    held = enrol(pair)
    person, page = half(pair, held.email, wiki)
    place = try_code(person, page, held.fresh())
    assert isinstance(place, Arrival) and wiki.come_back(place)["userinfo"]["acr"] == "urn:martlet:acr:2"
    assert min(pair.served()) > 1


@pytest.mark.parametrize("path", [APP, BACKUP])
@pytest.mark.parametrize("ending", ["killed", "stopped"])
def test_a_code_that_was_used_is_used_after_a_restart_MF2_MF3(house, path, ending):
    held = enrol(house)
    code = held.fresh() if path == APP else held.codes[0]
    person, page = half(house, held.email)
    other, waiting = half(house, held.email)
    assert try_code(person, page, code, path).path == "/account"
    if ending == "killed":
        house.process.kill()
        assert house.process.wait(timeout=10) == -9
    else:
        house.stop()
    house.start()
    assert is_signed_in(house, person), "what was answered was kept"
    assert try_code(other, waiting, code, path).status == 422
    # Nor is the code of half a minute before it good any more, though its time is not over.
    if path == APP:
        assert try_code(other, waiting, held.code(-1)).status == 422


def test_a_lock_that_fell_in_one_process_ends_by_time_in_both_MF4(pair):
    held = enrol(pair)
    person, page = half(pair, held.email)
    for _ in range(6):
        answer = try_code(person, page, held.wrong())
    assert answer.status == 429
    age(pair, "factor_standings", held.email, 901, "locked_until")
    later(pair, held.email)
    person, page = half(pair, held.email)
    assert try_code(person, page, held.code()).path == "/account"
