"""Passkeys by a key in memory, made of Yubico's fido2: what their answers must be, and which are refused (WebAuthn §7, MF2,
MF4). The browser's own are in Tests/Browser."""
import json

import pytest
from factor_house import account, app_of, calm, number, serving, told_of, visitor
from factor_pages import (
    ADD_KEY, ANSWERS, KEY, KEY_SIGN_IN, NAME, REMOVE, SECURITY, TWO, answered, at_factor, fault, form_at, forms_at,
    options_of)
from factor_visitor import SESSION_COOKIE, answer_with_key, enrol, enrol_key, half, is_signed_in, signed_in, stroll, way
from mailed_links import newcomer
from person import Arrival
from software_key import SoftwareKey

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def house():
    with serving() as house:
        yield house


@pytest.fixture
def key(house):
    return SoftwareKey(house.issuer)


def door(house, app=None, **demands):
    calm(house)
    person = visitor()
    return person, person.go(app.authorization_url(**demands) if app else house.issuer + "/sign-in")


def test_a_passkey_is_a_complete_sign_in(house, key):
    held = enrol_key(house, key)
    wiki = app_of(house)
    person, page = door(house, wiki)
    place = answer_with_key(key, person, page, KEY_SIGN_IN)
    claims = wiki.come_back(place)["userinfo"]
    assert claims["acr"] == "urn:martlet:acr:3"
    assert {"pop", "user", "mfa"} <= set(claims["amr"]) and "pwd" not in claims["amr"]
    assert number(house, f"sessions WHERE is_half = 0 AND subject = {account(held.email)}") == 2


def test_a_passkey_is_a_second_factor(house, key):
    held = enrol_key(house, key)
    wiki = app_of(house)
    person, page = half(house, held.email, wiki)
    claims = wiki.come_back(answer_with_key(key, person, page))["userinfo"]
    assert {"pwd", "pop", "mfa"} <= set(claims["amr"])
    assert told_of(house, "factor_proven", held.email)


def test_one_that_was_only_touched_is_a_second_factor_and_no_sign_in(house):
    key = SoftwareKey(house.issuer, verifies=False)
    held = enrol_key(house, key)
    person, page = half(house, held.email)
    assert answer_with_key(key, person, page).path == "/account"
    person, page = door(house)
    answer = answer_with_key(key, person, page, KEY_SIGN_IN)
    assert answer.status >= 400 and not is_signed_in(house, person)


SPOILT = {
    "another origin": {"origin": "https://evil.example"},
    "another port": {"origin": "http://localhost:1"},
    "an origin that begins like ours": {"origin": "http://localhost.evil.example"},
    "another party": {"rp_id": "evil.example"},
    "a challenge of one's own": {"challenge": "A" * 43},
    "an answer to another question": {"type": "webauthn.create"},
    "a frame of another site": {"cross_origin": True},
    "a key of somebody else": {"key": "another"},
    "a count that goes back": {"count": 0},
}


def spoil(what):
    spoilt = dict(SPOILT[what])
    if "key" in spoilt:
        spoilt["key"] = SoftwareKey("").key
    return spoilt


@pytest.mark.parametrize("what", SPOILT)
def test_forged_answers_let_nobody_in(house, key, what):
    held = enrol_key(house, key)
    person, page = half(house, held.email)
    assert answer_with_key(key, person, page).path == "/account"
    person, page = half(house, held.email)
    refused = answer_with_key(key, person, page, **spoil(what))
    assert refused.status == 422 and fault(refused) and not is_signed_in(house, person)
    stranger, page = door(house)
    refused = answer_with_key(key, stranger, page, KEY_SIGN_IN, **spoil(what))
    assert refused.status >= 400 and fault(refused) and not is_signed_in(house, stranger)
    # What is as it must be still works.
    assert answer_with_key(key, person, person.go(house.issuer + KEY)).path == "/account"


def test_an_answer_is_good_once_and_in_its_own_browser(house, key):
    held = enrol_key(house, key)
    person, page = door(house)
    form = form_at(page, KEY_SIGN_IN)
    answer = answered(form, key.get(options_of(page)))
    other, elsewhere = door(house)
    assert other.submit(elsewhere, form_at(elsewhere, KEY_SIGN_IN), **answer).status >= 400
    assert not is_signed_in(house, other)
    assert person.submit(page, form, **answer).path == "/account"
    again = person.session.post(
        house.issuer + KEY_SIGN_IN, data=form.fields | answer, allow_redirects=False, timeout=10)
    assert again.status_code >= 400 or not again.cookies.get(SESSION_COOKIE)
    # Neither is it a second factor, nor the other way round.
    second, place = half(house, held.email)
    page = way(second, place, KEY)
    assert second.submit(page, form_at(page, KEY), **answer).status == 422
    assert not is_signed_in(house, second)


def test_somebody_elses_passkey_proves_nothing(house, key):
    enrol_key(house, key)
    other = SoftwareKey(house.issuer)
    held = enrol_key(house, other)
    person, page = half(house, held.email)
    page = way(person, page, KEY)
    options = options_of(page) | {"allowCredentials": []}
    refused = person.submit(page, form_at(page, KEY), **answered(form_at(page, KEY), key.get(options)))
    assert refused.status == 422 and not is_signed_in(house, person)


@pytest.mark.parametrize("answer", [
    "", "{}", "[]", "null", "{", '{"id": "AA"}', '{"response": {}}', "x" * 20_000, '{"id":"' + "A" * 3000 + '"}', "\u0000",
], ids=range(10))
def test_what_is_no_answer_is_refused_like_a_wrong_one(house, answer):
    person, page = door(house)
    form = form_at(page, KEY_SIGN_IN)
    name = next(name for name in ANSWERS if name in form.fields)
    refused = person.submit(page, form, **{name: answer})
    assert 400 <= refused.status < 500 and not is_signed_in(house, person)


def test_a_removed_key_is_refused_and_a_key_is_set_up_once(house, key):
    held = enrol_key(house, key)
    person = held.person
    page = person.go(house.issuer + ADD_KEY)
    options = options_of(page)
    assert options["excludeCredentials"], "the browser is told of the keys that there are"
    form = form_at(page, ADD_KEY)
    again = person.submit(page, form, **answered(form, key.create(options)), **{NAME: "the same again"})
    assert again.status in (409, 422), again
    stroll(house, person, REMOVE)
    assert number(house, f"factors WHERE account_id = {account(held.email)}") == 0
    stranger, page = door(house)
    assert answer_with_key(key, stranger, page, KEY_SIGN_IN).status >= 400 and not is_signed_in(house, stranger)
    # Somebody else's account does not take it over either, while it is set up here.
    enrol_key(house, key, held.email, signed_in(house, held.email))
    thief = signed_in(house, newcomer(house))
    page = thief.go(house.issuer + ADD_KEY)
    form = form_at(page, ADD_KEY)
    assert thief.submit(page, form, **answered(form, key.create(options_of(page))), **{NAME: "mine"}).status in (409, 422)


def test_several_keys_have_names_and_each_is_asked_for(house):
    first, second = SoftwareKey(house.issuer), SoftwareKey(house.issuer)
    held = enrol_key(house, first, name="Blue <b>key</b>")
    held = enrol_key(house, second, held.email, held.person, name="Spare key")
    text = held.person.go(house.issuer + SECURITY).text
    assert "Blue &lt;b&gt;key&lt;/b&gt;" in text and "Spare key" in text and "<b>key" not in text
    for key in (first, second):
        person, page = half(house, held.email)
        page = way(person, page, KEY)
        assert len(options_of(page)["allowCredentials"]) == 2
        assert answer_with_key(key, person, page).path == "/account"


def test_options_ask_for_what_a_passkey_is(house):
    person = signed_in(house, newcomer(house))
    options = options_of(person.go(house.issuer + ADD_KEY))
    selection = options["authenticatorSelection"]
    assert selection["residentKey"] == "required" and options.get("attestation", "none") == "none"
    assert options["rp"]["id"] == "localhost" and person.email not in json.dumps(options["user"]["id"])
    _, page = door(house)
    asked = options_of(page)
    assert asked["userVerification"] == "required" and not asked.get("allowCredentials")
    assert len(asked["challenge"]) >= 22


def test_a_key_that_does_not_count_is_taken_and_one_that_does_must_rise(house):
    still = SoftwareKey(house.issuer, counts=False)
    held = enrol_key(house, still)
    for _ in range(2):
        person, page = half(house, held.email)
        assert answer_with_key(still, person, page).path == "/account"
    # A passkey is no code: it goes through while codes are locked.
    app = enrol(house)
    assert app.codes and at_factor(half(house, app.email)[1])


def test_after_an_app_a_passkey_reaches_what_is_demanded(house, key):
    held = enrol_key(house, key)
    wiki = app_of(house)
    person, page = half(house, held.email, wiki, acr_values=TWO)
    place = answer_with_key(key, person, page)
    assert isinstance(place, Arrival) and wiki.come_back(place)["userinfo"]["acr"] == TWO
    assert not forms_at(person.go(house.issuer + "/account"), KEY)
