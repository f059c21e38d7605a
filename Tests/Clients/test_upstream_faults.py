"""Whatever goes wrong at a provider: the person is back on the sign-in page with a sentence, what they came for waits for
them, nothing is made, nothing of the provider's text is shown, and it is on record once with an explanation (SO6, SO7, SO9,
CF1, CF5)."""
import contextlib

import pytest
import requests
from by_provider import (
    CALLS, KINDS, NAMES, OPENID, Providers, kept, leave, make, prefix, press, query_of, settings_of, sign_in_page,
    somebody, visitor, wiki_app, write)
from martlet import free_port
from person import Arrival
from provider_refusals import is_back, refused_once

pytestmark = pytest.mark.once

WIRE = ("reset", "redirect", "500", "502", "truncated_json", "non_json", "10_mib", "wrong_content_type", "429")
SAID = ("deny", "error_custom")
# At the browser: what comes back, and with which status. 200: it was their own choice.
ANSWERS = {"deny": (200, "denied"), "error_custom": (400, "refused"), "missing_state": (400, "state"),
           "wrong_state": (400, "state"), "wrong_iss": (400, "issuer")}
KNOWN_FOR = {"facebook": [("false", "userinfo"), ("other_app", "debug_token")], "github": [("error_custom", "emails")]}


def cases(kind):
    """Each has a provider of its own, for it remembers what it has fetched, and how often asking has failed."""
    said = [(mode, call) for mode in SAID for call in CALLS[kind] if call in ("token", "userinfo")]
    wire = [(mode, call) for mode in WIRE for call in CALLS[kind]]
    answers = [(mode, "authorize") for mode in (*ANSWERS, "dup_code", "no_iss")]
    return said + wire + KNOWN_FOR.get(kind, []) + answers


@pytest.fixture(scope="module")
def upstream():
    with Providers() as upstream:
        yield upstream


@pytest.fixture(scope="module", params=KINDS)
def house(request, upstream):
    kind = request.param
    ids = {case: f"p{number}" for number, case in enumerate(cases(kind))}
    house = make(upstream, [])
    closed = settings_of(kind, upstream, house.folder)
    closed["issuer" if kind == "openid" else "base_url"] = f"http://127.0.0.1:{free_port()}"
    write(house, [(id, settings_of(kind, upstream, house.folder)) for id in ids.values()] + [("closed", closed)])
    house.kind, house.ids = kind, ids
    house.add_person("ada@example.org")
    with house:
        somebody(upstream, kind)
        yield house


def finishes_by_password(person, app, place):
    arrival = person.sign_in_on(place, "ada@example.org")
    assert isinstance(arrival, Arrival), arrival
    assert app.come_back(arrival)["userinfo"]["amr"] == ["pwd"]


def suffer(house, mode, calls, statuses, reasons):
    """One request of an app, through every place where this can go wrong, and at last by password."""
    app, person = wiki_app(house), visitor()
    place, before, found = sign_in_page(house, person, app), kept(house), {}
    waiting = place.form("/sign-in").fields["request"]
    for call in calls:
        id = house.ids[mode, call]
        # A question that died with a connection of before may be put again; a code is never sent twice.
        strikes = 8 if mode == "reset" and call not in ("token", "discovery") else 1
        house.upstream.fault(prefix(house.kind), mode, call, times=strikes)
        asked = len(house.upstream.log(prefix(house.kind), call))
        place = press(person, place, id)
        log = house.upstream.log(prefix(house.kind), call)[asked:]
        assert 1 <= len(log) <= strikes, f"{call} was asked {len(log)} times"
        for _ in range(strikes - len(log)):
            strike(house.upstream, log[-1])
        found[id] = is_back(place, statuses)
        assert place.form("/sign-in").fields["request"] == waiting, f"{mode} at {call} lost what waits"
    assert kept(house) == before, "something was made"
    assert not [call for call in house.upstream.log() if call["path"].endswith("/elsewhere")], "a redirect was followed"
    refused_once(house, found, reasons)
    finishes_by_password(person, app, place)


def strike(upstream, call):
    """So that a fault nobody met meets nobody later."""
    with contextlib.suppress(requests.ConnectionError):
        requests.request(call["method"], upstream.origin + call["path"], timeout=10)


@pytest.mark.parametrize("mode", WIRE)
def test_answers_that_are_none_SO9_CF5(house, mode):
    suffer(house, mode, CALLS[house.kind], (502, 503), ("unavailable", "answer", "exchange"))


@pytest.mark.parametrize("mode", SAID)
def test_answers_that_say_no_CF5(house, mode):
    calls = [call for call in CALLS[house.kind] if call in ("token", "userinfo")]
    suffer(house, mode, calls, (502,), ("answer", "exchange", "identity"))


@pytest.mark.parametrize("mode", ANSWERS)
def test_what_the_browser_brings_back_SO6_SO7(house, mode):
    status, reason = ANSWERS[mode]
    suffer(house, mode, ["authorize"], (status,), (reason,))


def test_an_answer_with_two_codes_or_without_the_issuer_it_promises_SO7(house):
    if house.kind != "apple":
        suffer(house, "dup_code", ["authorize"], (400,), ("state",))
    if house.kind in ("google", "openid"):
        suffer(house, "no_iss", ["authorize"], (400,), ("issuer",))


def test_what_single_providers_are_known_for_SO5(house):
    for mode, call in KNOWN_FOR.get(house.kind, []):
        suffer(house, mode, [call], (502,), ("identity", "answer"))


def test_a_provider_that_nobody_reaches_CF5(house):
    app, person = wiki_app(house), visitor()
    page, before = sign_in_page(house, person, app), kept(house)
    place = press_closed(house, person, page)
    reference = is_back(place, (503,))
    assert NAMES[house.kind] in place.text and kept(house) == before
    refused_once(house, {"closed": reference}, ("unavailable",))
    finishes_by_password(person, app, place)


def press_closed(house, person, page):
    """Where nobody listens the browser would end; so it brings back what it would have been given there."""
    if house.kind in OPENID:
        return press(person, page, "closed")
    state = query_of(leave(person, page, "closed"))["state"]
    return person.go(f"{house.issuer}/upstream/closed/callback?code=x&state={state}")
