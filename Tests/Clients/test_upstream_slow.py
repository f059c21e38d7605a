"""Providers that never answer, answer byte by byte, or too late: nobody waits for them longer than five seconds, and nobody
else waits at all (SO9)."""
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from by_provider import (
    CALLS, KINDS, Providers, account, answer_of, events, eventually, failed_check, kept, leave, make, prefix, press,
    settings_of, sign_in_page, somebody, visitor, wiki_app, write)
from martlet import PASSWORD
from person import Arrival
from provider_refusals import is_back

pytestmark = pytest.mark.once

MODES = ("hang", "drip", "slow")
# Of one provider and one place there is one stand-in for each place, so that no other call meets the fault.
PLACES = ("discovery", "token", "jwks", "userinfo", "emails", "debug_token")
HANGING = 50


@pytest.fixture(scope="module")
def stand_ins():
    with contextlib.ExitStack() as stack:
        yield {place: stack.enter_context(Providers(signing=("gitlab", "openid") if place == "userinfo" else ())) for place in PLACES}


@pytest.fixture(scope="module")
def house(stand_ins):
    house = make(stand_ins["token"], [])
    house.ids = {(mode, kind, place): f"{kind}-{place}-{mode}"
                 for mode in MODES for kind in KINDS for place in CALLS[kind]}
    providers = [(id, settings_of(kind, stand_ins[place], house.folder)) for (_, kind, place), id in house.ids.items()]
    # Each breaks off after five failures: there are enough for fifty people.
    more = [(f"hanging-{number}", settings_of("github", stand_ins["token"], house.folder)) for number in range(HANGING // 5)]
    write(house, providers + more)
    house.add_person("ada@example.org")
    house.add_client("machine", "m" * 43, grant_types=["client_credentials"], redirect_uris=[], response_types=[], scope="")
    with house:
        yield house


def all_at_once(work, orders):
    with ThreadPoolExecutor(len(orders)) as pool:
        return list(pool.map(work, orders))


def break_all(stand_ins, mode, **more):
    for place, stand_in in stand_ins.items():
        stand_in.renew()
        for kind in KINDS:
            if place in CALLS[kind]:
                somebody(stand_in, kind)
                stand_in.fault(prefix(kind), mode, place, times=0, **more)


@pytest.mark.parametrize("mode", MODES)
def test_nobody_waits_longer_than_the_server_does_SO9(house, stand_ins, mode):
    """All providers at once, each at every place where it is asked something."""
    break_all(stand_ins, mode, **({"ms": 6500} if mode == "slow" else {}))
    cases = [case for case in house.ids if case[0] == mode]
    before = kept(house)

    def suffer(case):
        app, person = wiki_app(house), visitor()
        page = sign_in_page(house, person, app)
        begun = time.monotonic()
        place = press(person, page, house.ids[case])
        return app, person, place, time.monotonic() - begun

    ended = all_at_once(suffer, cases)
    assert kept(house) == before
    for case, (_, _, place, taken) in zip(cases, ended, strict=True):
        is_back(place, (503,))
        assert taken <= 7, f"{case}: {taken:.1f} s"

    def refused():
        return [event for event in events(house, "upstream_refused") if event["provider"].endswith("-" + mode)]

    # Events are written beside the answers, some at a time.
    eventually(lambda: len(refused()) >= len(cases))
    seen = refused()
    assert sorted(event["provider"] for event in seen) == sorted(house.ids[case] for case in cases)
    assert {event["reason"] for event in seen} == {"unavailable"}
    assert failed_check(house, ended[0][2].response.headers["X-Request-Id"])["check"] == "upstream"
    # What they came for waits for them still; the first of each place.
    for app, person, place, _ in ended[:3]:
        assert isinstance(person.sign_in_on(place, "ada@example.org"), Arrival)


def test_a_provider_that_is_late_is_waited_for_SO9(house, stand_ins):
    stand_ins["token"].renew()
    _, email = somebody(stand_ins["token"], "github")
    stand_ins["token"].fault("github", "slow", "token", ms=700)
    person = visitor()
    assert press(person, sign_in_page(house, person), "hanging-0").path == "/account"
    assert house.sql(f"SELECT count(*) FROM sessions WHERE subject = {account(email)}") == "1"


def test_fifty_that_hang_hold_up_nobody_else_SO9(house, stand_ins):
    """Counted, not timed: passwords and tokens are dealt with while every one of them is still waiting."""
    stand_ins["token"].renew()
    stand_ins["token"].fault("github", "hang", "token", times=0)
    people = [visitor() for _ in range(HANGING)]
    answers = []
    for number, person in enumerate(people):
        away = leave(person, sign_in_page(house, person), f"hanging-{number // 5}")
        answers.append((person, answer_of(away)))
    counts = {"password": 0, "token": 0}
    with ThreadPoolExecutor(HANGING) as pool:
        waiting = [pool.submit(person.go, address) for person, address in answers]
        eventually(lambda: len(stand_ins["token"].log("github", "token")) > 4)
        while not any(one.done() for one in waiting):
            if counts["password"] < 2:
                ada = visitor("ada@example.org")
                assert ada.sign_in_on(ada.go(house.issuer + "/sign-in"), password=PASSWORD).path == "/account"
                counts["password"] += not any(one.done() for one in waiting)
            answer = requests.post(house.issuer + "/token", auth=("machine", "m" * 43), timeout=10,
                                   data={"grant_type": "client_credentials"})
            assert answer.status_code == 200
            counts["token"] += not any(one.done() for one in waiting)
        places = [one.result() for one in waiting]
    print(f"while {HANGING} waited: {counts}")
    assert counts["token"] >= 3 and counts["password"] >= 1, counts
    assert {place.status for place in places} == {503}


def test_one_that_fails_five_times_running_is_left_alone_SO9(house, stand_ins):
    """So nobody waits for nothing; another provider is as it was."""
    stand_ins["userinfo"].renew()
    person, stand_in = visitor(), stand_ins["userinfo"]
    stand_in.fault("discord", "500", "userinfo", times=0)
    id = house.ids["slow", "discord", "userinfo"]
    asked = []
    for _ in range(8):
        place = press(person, sign_in_page(house, person), id)
        is_back(place, (503,))
        asked.append(len(stand_in.log("discord", "token")))
    assert asked[-1] == asked[-2] == asked[-3] <= 5, asked
    somebody(stand_in, "facebook")
    other = visitor()
    other = press(other, sign_in_page(house, other), house.ids["slow", "facebook", "userinfo"])
    assert other.path in ("/upstream/address", "/account"), other
