"""An API that asks for more than the token has (RFC 9470), written with Flask and PyJWT, and an app of Authlib's that goes
and gets it: the step up is a real one (MF7)."""
import re
import time

import flask
import jwt as pyjwt
import pytest
from factor_house import SECRET, age_sessions, calm, serving
from factor_pages import ONE, PROVE, SET_UP, THREE, TWO, at_factor
from factor_visitor import (
    answer_with_key, come, enrol, enrol_key, forget_session, half, is_signed_in, prove, try_code, whole)
from mailed_links import newcomer
from person import Arrival
from relying_party import RelyingParty
from software_key import SoftwareKey

API = "https://payments.example.org"
CALLBACK = "http://127.0.0.1:9913/callback/payer"
SCOPES = {"MARTLET_SCOPES": "pay=Pay from your account", "MARTLET_SECOND_FACTOR_SCOPE_LEVELS": f"pay={TWO}"}


@pytest.fixture(scope="module")
def house():
    with serving(**SCOPES) as house:
        add_client(house, "payer")
        add_client(house, "strict", default_acr_values=[TWO])
        yield house


def add_client(house, name, **more):
    house.add_client(
        name, SECRET, redirect_uris=[CALLBACK], scope="openid profile email offline_access pay", martlet_skips_consent=True,
        grant_types=["authorization_code", "refresh_token"], martlet_audience=[API], **more)


@pytest.fixture
def payer(house):
    return app(house)


def app(house, name="payer", scope="openid email"):
    return RelyingParty(house.issuer, name, SECRET, CALLBACK, scope)


@pytest.fixture(scope="module")
def api(house):
    """Reading takes any sign-in, paying one at the second level, and closing one of the last five minutes as well."""
    service = flask.Flask(__name__)
    keys = pyjwt.PyJWKClient(f"{house.issuer}/jwks.json")

    def admit(level=None, within=None):
        scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return flask.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        claims = pyjwt.decode(
            token, keys.get_signing_key_from_jwt(token), algorithms=["RS256", "ES256", "EdDSA"], audience=API,
            issuer=house.issuer, options={"require": ["exp", "acr", "auth_time"]})
        demands = []
        if level and claims["acr"] not in (level, THREE):
            demands.append(f'acr_values="{level}"')
        if within is not None and time.time() - claims["auth_time"] > within:
            demands.append(f'max_age="{within}"')
        if not demands:
            return None
        challenge = 'Bearer error="insufficient_user_authentication", ' + ", ".join(demands)
        return flask.Response(status=401, headers={"WWW-Authenticate": challenge})

    @service.get("/balance")
    def balance():
        return admit() or "12.50"

    @service.post("/payments")
    def pay():
        return admit(level=TWO) or "paid"

    @service.post("/close")
    def close():
        return admit(level=TWO, within=300) or "closed"

    return service.test_client()


def call(api, method, path, token):
    return api.open(path, method=method, headers={"Authorization": f"Bearer {token['access_token']}"})


def demands_of(answer):
    """What an app reads from the refusal, and sends as its request (RFC 9470 §4)."""
    assert answer.status_code == 401
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    return dict(re.findall(r'(acr_values|max_age)="([^"]*)"', challenge))


def test_the_api_asks_for_more_and_the_app_gets_it_MF7(house, api, payer):
    """Somebody who is in by a browser that is remembered: at the first level."""
    held = enrol(house)
    person, _ = whole(held, remember=True)
    forget_session(person)
    _, place = come(house, held.email, payer, person)
    first = payer.come_back(place)
    assert first["userinfo"]["acr"] == ONE
    assert call(api, "GET", "/balance", first).text == "12.50"
    demands = demands_of(call(api, "POST", "/payments", first))
    assert demands == {"acr_values": TWO}
    # Only the factor is asked for: the person is signed in.
    page = person.go(payer.authorization_url(**demands))
    assert at_factor(page), page
    second = payer.come_back(prove(held, person, page))
    assert second["userinfo"]["acr"] == TWO and second["userinfo"]["sub"] == first["userinfo"]["sub"]
    assert call(api, "POST", "/payments", second).text == "paid"
    assert call(api, "POST", "/close", second).text == "closed"
    # The token of before is what it was.
    assert call(api, "POST", "/payments", first).status_code == 401


def test_what_was_proven_too_long_ago_is_proven_again_MF7(house, api, payer):
    held = enrol(house)
    person, place = whole(held, payer)
    age_sessions(house, held.email, 600)
    token = payer.come_back(person.go(payer.authorization_url()))
    demands = demands_of(call(api, "POST", "/close", token))
    assert demands == {"max_age": "300"}
    calm(house)
    page = person.go(payer.authorization_url(**demands))
    # A weaker sign-in does not do: the password alone leads to the factor (GHSA-hp74-gm6m-2qm5).
    if not at_factor(page):
        page = person.sign_in_on(page, email=held.email)
    assert at_factor(page), page
    fresh = payer.come_back(prove(held, person, page))
    assert fresh["userinfo"]["auth_time"] > time.time() - 60
    assert call(api, "POST", "/close", fresh).text == "closed"


def test_who_has_no_factor_is_led_to_set_one_up_and_refused_where_nothing_may_be_shown_MF7_AZ20(house, api, payer):
    person, place = come(house, newcomer(house), payer)
    token = payer.come_back(place)
    demands = demands_of(call(api, "POST", "/payments", token))
    silent = person.go(app(house).authorization_url(prompt="none", **demands))
    assert silent.parameters["error"] == "unmet_authentication_requirements"
    assert person.go(payer.authorization_url(**demands)).path == SET_UP


def test_a_step_up_that_fails_leaves_what_was_there_MF7_MF4(house, payer):
    held = enrol(house)
    person, _ = whole(held, remember=True)
    forget_session(person)
    come(house, held.email, payer, person)
    page = person.go(payer.authorization_url(acr_values=TWO))
    for _ in range(5):
        asked, page = page, try_code(person, page, held.wrong())
    assert try_code(person, asked, held.fresh()).status == 429
    assert is_signed_in(house, person)
    plain = app(house)
    assert plain.come_back(person.go(plain.authorization_url()))["userinfo"]["acr"] == ONE


def test_a_step_up_is_of_its_own_session_MF7(house, payer):
    """Proven in one browser, nothing is proven in another."""
    held = enrol(house)
    browsers = []
    for _ in range(2):
        person, _ = whole(held, remember=True)
        forget_session(person)
        come(house, held.email, app(house), person)
        browsers.append(person)
    first, second = browsers
    page = first.go(payer.authorization_url(acr_values=TWO))
    assert isinstance(prove(held, first, page), Arrival)
    other = app(house)
    assert at_factor(second.go(other.authorization_url(acr_values=TWO)))
    # And the address of another's step is no step of one's own.
    assert not isinstance(second.go(page.url), Arrival)


def test_an_essential_acr_is_demanded_like_acr_values_AZ20(house, payer):
    held = enrol(house)
    person, _ = whole(held, remember=True)
    forget_session(person)
    claims = '{"id_token": {"acr": {"essential": true, "values": ["%s"]}}}' % TWO
    _, page = half(house, held.email, payer, person, claims=claims)
    assert payer.come_back(prove(held, person, page))["userinfo"]["acr"] == TWO


@pytest.mark.parametrize("client,scope", [("strict", "openid"), ("payer", "openid pay")])
def test_a_client_and_a_scope_demand_levels_by_themselves(house, client, scope):
    held = enrol(house)
    person, _ = whole(held, remember=True)
    forget_session(person)
    asking = app(house, client, scope)
    _, page = half(house, held.email, asking, person)
    assert asking.come_back(prove(held, person, page))["userinfo"]["acr"] == TWO


def test_a_level_that_nobody_reaches_is_refused_plainly_AZ20(house, payer):
    held = enrol(house)
    person, place = whole(held, payer)
    answer = person.go(payer.authorization_url(acr_values="urn:example:platinum"))
    assert isinstance(answer, Arrival) and answer.parameters["error"] == "unmet_authentication_requirements"


def test_codes_do_not_reach_what_takes_a_passkey_and_a_passkey_does_MF7(house, payer):
    held = enrol(house)
    person, page = half(house, held.email, payer, acr_values=THREE)
    place = prove(held, person, page)
    assert not isinstance(place, Arrival) and place.path == SET_UP, place
    key = SoftwareKey(house.issuer)
    holder = enrol_key(house, key)
    person, page = half(house, holder.email, payer, acr_values=THREE)
    claims = payer.come_back(answer_with_key(key, person, page))["userinfo"]
    assert claims["acr"] == THREE and {"pwd", "pop", "mfa"} <= set(claims["amr"])


def test_a_refresh_token_does_not_step_up_MF7(house, api):
    offline = app(house, scope="openid offline_access")
    held = enrol(house)
    person, _ = whole(held, remember=True)
    forget_session(person)
    _, place = come(house, held.email, offline, person)
    offline.come_back(place)
    page = person.go(app(house).authorization_url(acr_values=TWO))
    assert isinstance(prove(held, person, page), Arrival)
    assert call(api, "POST", "/payments", offline.refresh()).status_code == 401


def test_discovery_tells_the_levels(payer):
    assert payer.metadata["acr_values_supported"] == [ONE, TWO, THREE]
    assert PROVE not in str(payer.metadata)
