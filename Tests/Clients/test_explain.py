"""Why did it fail? A real server refuses a person or an app in twenty-odd ways, and `martlet explain` says of each, by the
reference that the refusal showed, which check it was, what was seen, what was expected, and what helps (CF1, CF3)."""
import json
import re
import time

import pytest
import requests

from apps import CALLBACK, CHALLENGE, EMAIL, VERIFIER
from martlet import PASSWORD, Martlet
from person import Person

SECRET = "the shop's own secret"
QUERY = {"client_id": "shop", "response_type": "code", "scope": "openid email", "redirect_uri": CALLBACK, "state": "s",
         "code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.fixture(scope="module")
def house():
    server = Martlet()
    server.add_client("shop", SECRET, redirect_uris=[CALLBACK], grant_types=["authorization_code", "refresh_token"],
                      scope="openid email offline_access", martlet_skips_consent=True)
    server.add_client("vault", SECRET, redirect_uris=[CALLBACK], martlet_required_roles=["staff"])
    server.add_person(EMAIL)
    with server:
        yield server


@pytest.fixture(scope="module")
def ada(house):
    person = Person(EMAIL, clients=(CALLBACK,))
    assert person.sign_in_on(person.go(house.issuer + "/sign-in")).path == "/account"
    return person


def ask(house, **changes):
    query = {name: value for name, value in (QUERY | changes).items() if value is not None}
    return requests.get(house.issuer + "/authorize", params=query, timeout=10, allow_redirects=False)


def call(house, path="/token", secret=SECRET, client="shop", **form):
    return requests.post(house.issuer + path, data=form, auth=(client, secret), timeout=10)


def code(house, ada):
    query = requests.Request("GET", house.issuer + "/authorize", params=QUERY | {"scope": "openid offline_access"})
    return ada.go(query.prepare().url).parameters["code"]


def exchange(house, code, **changes):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return call(house, **form | changes)


def spent_code(house, ada):
    once = code(house, ada)
    assert exchange(house, once).ok
    return exchange(house, once)


def spent_refresh_token(house, ada):
    public = {"client_id": "phone"}
    house.add_client("phone", redirect_uris=[CALLBACK], grant_types=["authorization_code", "refresh_token"],
                     token_endpoint_auth_method="none", scope="openid offline_access", martlet_skips_consent=True)
    query = requests.Request("GET", house.issuer + "/authorize", params=QUERY | public | {"scope": "openid offline_access"})
    arrival = ada.go(query.prepare().url)
    tokens = requests.post(house.issuer + "/token", timeout=10, data=public | {
        "grant_type": "authorization_code", "code": arrival.parameters["code"], "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER}).json()
    form = public | {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    first, second = (requests.post(house.issuer + "/token", data=form, timeout=10) for _ in range(2))
    assert first.ok
    return second


def wrong_password(house):
    person = Person(EMAIL)
    return person.sign_in_on(person.go(house.issuer + "/sign-in"), password="not what it is").response


def foreign_form(house):
    return requests.post(house.issuer + "/sign-in", data={"email": EMAIL, "password": PASSWORD}, timeout=10)


def other_browser(house):
    person = Person(EMAIL)
    page = person.go(house.issuer + "/authorize?" + requests.compat.urlencode(QUERY))
    return requests.get(page.url.replace("/sign-in", "/authorize/continue"), timeout=10)


def without_role(house, ada):
    return ada.go(house.issuer + "/authorize?" + requests.compat.urlencode(
        QUERY | {"client_id": "vault", "scope": "openid"})).response


# What is done; the check, and words of what was seen, what was expected, and what helps.
REFUSALS = {
    "a client that nobody registered": (lambda h, a: ask(h, client_id="shopp"), "client", "shopp", "shop", "client list"),
    "no client at all": (lambda h, a: ask(h, client_id=None), "client", "nothing", "registered", "client_id"),
    "an address that is not registered": (
        lambda h, a: ask(h, redirect_uri=CALLBACK + "/"), "redirect_address", CALLBACK + "/",
        "a slash too many at the end", "--add-redirect-uri"),
    "another response type": (lambda h, a: ask(h, response_type="token"), "request", "token", "code", "code flow"),
    "a scope that is not registered": (lambda h, a: ask(h, scope="openid roles"), "scope", "roles", "openid", "--scope"),
    "no PKCE": (
        lambda h, a: ask(h, code_challenge=None, code_challenge_method=None), "proof_key", "no code_challenge", "S256",
        "PKCE"),
    "a resource of somebody else": (
        lambda h, a: ask(h, resource="https://api.example/"), "resource", "https://api.example/", "", "martlet_resources"),
    "claims that are no JSON": (lambda h, a: ask(h, claims="{"), "claims", "no JSON", "", "claims"),
    "a prompt that does not exist": (lambda h, a: ask(h, prompt="maybe"), "demands", "maybe", "none, login", "prompt"),
    "nobody signed in, and no page wanted": (lambda h, a: ask(h, prompt="none"), "session", "nobody", "", "prompt"),
    "a parameter twice": (
        lambda h, a: requests.get(ask(h).url + "&scope=openid", timeout=10), "form", "more than once", "once", ""),
    "a request of another browser": (lambda h, a: other_browser(h), "browser_binding", "another browser", "", "browser"),
    "a role that is missing": (without_role, "policy", "", "staff", "martlet user role"),
    "a wrong password": (lambda h, a: wrong_password(h), "credentials", "not shown", "password", ""),
    "a form from elsewhere": (lambda h, a: foreign_form(h), "form_origin", "", "", ""),
    "a page that is not there": (lambda h, a: requests.get(h.issuer + "/login", timeout=10), "address", "/login", "", ""),
    "a setup link that is dead": (
        lambda h, a: requests.get(h.issuer + "/setup/msl_" + "a" * 43, timeout=10), "setup_link", "", "", "martlet"),
    "a wrong secret": (
        lambda h, a: call(h, secret="guessed", grant_type="refresh_token"), "client_proof", "not shown", "secret",
        "martlet client secret shop add"),
    "a grant nobody speaks": (lambda h, a: call(h, grant_type="password"), "grant_type", "password", "", "code flow"),
    "a code nobody issued": (lambda h, a: exchange(h, "mac_unknown"), "token", "not known here", "", ""),
    "a verifier of another challenge": (
        lambda h, a: exchange(h, code(h, a), code_verifier="w" * 43), "proof_key", "does not match", "SHA-256", ""),
    "another address at the exchange": (
        lambda h, a: exchange(h, code(h, a), redirect_uri=CALLBACK + "/"), "redirect_address", CALLBACK + "/", CALLBACK, ""),
    "a code that was used": (spent_code, "single_use", "used before", "once", ""),
    "a refresh token that was used": (spent_refresh_token, "single_use", "used before", "newest", ""),
    "an access token that is dead": (
        lambda h, a: requests.get(h.issuer + "/userinfo", headers={"Authorization": "Bearer mat_x"}, timeout=10), "token",
        "unknown, expired", "userinfo", "refresh"),
}


def explanation(house, reference):
    deadline = time.monotonic() + 10
    while (found := house.command("explain", "--json", reference, check=False)).returncode:
        assert time.monotonic() < deadline, found.stderr
        time.sleep(0.1)
    return json.loads(found.stdout)


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_is_explained_by_its_reference_CF1(house, ada, what):
    act, check, seen, expected, repair = REFUSALS[what]
    answer = act(house, ada)
    reference = answer.headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{10}", reference)
    assert reference in answer.text + answer.headers.get("Location", "") + answer.headers.get("WWW-Authenticate", "")
    found = explanation(house, reference)
    (failed,) = [entry for entry in found["checks"] if entry["outcome"] == "failed"]
    assert failed["check"] == check, found
    for name, words in (("seen", seen), ("expected", expected), ("repair", repair)):
        assert failed[name] and words in failed[name], (name, failed)
    assert found["status"] == answer.status_code
    # In order: what was passed, the one that failed, what was not reached.
    outcomes = [entry["outcome"] for entry in found["checks"]]
    place = outcomes.index("failed")
    assert set(outcomes[:place]) <= {"passed"} and set(outcomes[place + 1:]) <= {"not_reached"}
    shown = house.command("explain", reference.upper()[:5] + " " + reference[5:]).stdout
    assert "FAILED" in shown and "\x1b" not in shown
    for word in (failed["repair"].split()[0], reference):
        assert word in shown
    assert not [secret for secret in (SECRET, PASSWORD, "guessed", "not what it is", VERIFIER) if secret in shown]


def test_what_is_not_known_is_said_with_why(house):
    unknown = house.command("explain", "0123456789", check=False)
    assert unknown.returncode == 1 and "7d (explain.keep)" in unknown.stderr and not unknown.stdout
    for text in ("xyz", "0123456789a", "' OR 1=1"):
        refused = house.command("explain", text, check=False)
        assert refused.returncode == 1 and "is no reference" in refused.stderr and not refused.stdout


def test_the_latest_refusals_are_listed(house):
    requests.get(house.issuer + "/nowhere-else", timeout=10)
    deadline = time.monotonic() + 10
    while "/nowhere-else" not in house.command("explain", "--last", "3").stdout:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert len(json.loads(house.command("explain", "--json", "--last", "2").stdout)) == 2
