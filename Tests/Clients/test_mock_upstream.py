"""The stand-in of the upstream providers is as strict as they are: what it lets pass, they would. All eight alike here;
what is peculiar to each is in test_mock_companies.py, what it breaks by order in test_mock_faults.py."""
import json
import secrets

import pytest
import requests

from upstream import CLIENT_ID, CLIENT_SECRET, PROVIDERS
from upstream_visitor import OPENID, Visitor, error_of

pytestmark = pytest.mark.once

# How each says that the client is unknown or its secret wrong, and that the code is no good.
WRONG_CLIENT = {
    "github": (200, "incorrect_client_credentials"), "google": (401, "invalid_client"),
    "discord": (401, "invalid_client"), "facebook": (400, ("OAuthException", 1)), "oidc": (401, "invalid_client"),
    "microsoft": (401, "invalid_client"), "apple": (400, "invalid_client"), "gitlab": (401, "invalid_client")}
BAD_CODE = dict.fromkeys(PROVIDERS, (400, "invalid_grant")) | {
    "github": (200, "bad_verification_code"), "facebook": (400, ("OAuthException", 100))}
WRONG_RETURN = BAD_CODE | {"github": (200, "redirect_uri_mismatch"), "google": (400, "redirect_uri_mismatch")}
API_SAYS_NO = dict.fromkeys(PROVIDERS, 401)


@pytest.fixture(params=PROVIDERS)
def visitor(upstream, request):
    return Visitor(upstream, request.param)


def refused(reply, expected):
    assert (reply.status_code, error_of(reply)) == expected, reply.text
    assert "access_token" not in reply.text


def test_the_straight_way_signs_ann_in(visitor):
    answer = visitor.answer()
    assert answer["state"] == visitor.state
    # GitHub's own is not where its endpoints begin.
    issuers = {"github": visitor.base + "/login/oauth", **dict.fromkeys(("google", "discord", "oidc"), visitor.base)}
    assert answer.get("iss") == issuers.get(visitor.provider)
    tokens = visitor.token(answer["code"]).json()
    assert tokens["access_token"] and tokens["token_type"].lower() == "bearer"
    assert ("id_token" in tokens) == (visitor.provider in OPENID)


@pytest.mark.parametrize("spoilt", [
    {"client_id": "somebody-else"}, {"client_id": None}, {"redirect_uri": None},
    {"redirect_uri": "https://evil.example/callback"}, {"redirect_uri": "http://localhost.evil.example:1/callback"},
    {"redirect_uri": "http://me@localhost:8080/callback"}, {"redirect_uri": "http://localhost:8080/callback#x"},
    {"redirect_uri": "http://localhost/callback"}, {"redirect_uri": "https://localhost:8080/callback"},
    {"response_type": "token"}, {"code_challenge_method": "plain"}, {"code_challenge_method": None},
    {"code_challenge": None}, {"code_challenge": "short"}, {"code_challenge": "=" * 43},
    {"response_mode": "fragment"}, {"client_secret": CLIENT_SECRET}], ids=repr)
def test_a_wrong_question_goes_nowhere(visitor, spoilt):
    reply = visitor.authorize(**spoilt)
    assert reply.status_code == 400
    assert "Location" not in reply.headers


def test_a_parameter_given_twice_goes_nowhere(visitor):
    question = [*visitor.question().items(), ("state", "another")]
    reply = requests.get(
        f"{visitor.base}/{visitor.authorize_path}", params=question, allow_redirects=False, timeout=10)
    assert reply.status_code == 400


@pytest.mark.parametrize("spoilt", [
    {"client_secret": "wrong"}, {"client_secret": ""}, {"client_secret": None}, {"client_id": "somebody-else"},
    {"client_id": None}, {"client_secret": CLIENT_SECRET + " "}], ids=repr)
def test_a_wrong_client_gets_no_token_and_costs_nobody_the_code(visitor, spoilt):
    code = visitor.code()
    refused(visitor.token(code, **spoilt), WRONG_CLIENT[visitor.provider])
    assert visitor.token(code).status_code == 200


@pytest.mark.parametrize("spoilt", [
    {"code": "unknown"}, {"code_verifier": None}, {"code_verifier": secrets.token_urlsafe(32)},
    {"code_verifier": "short"}], ids=["code", "no verifier", "another verifier", "short verifier"])
def test_a_wrong_code_or_verifier_gets_no_token(visitor, spoilt):
    refused(visitor.token(**{"code": visitor.code(), **spoilt}), BAD_CODE[visitor.provider])


def test_a_challenge_itself_is_no_verifier(visitor):
    question = visitor.question()
    refused(visitor.token(visitor.code(), code_verifier=question["code_challenge"]), BAD_CODE[visitor.provider])


def test_a_verifier_without_a_challenge_is_refused(visitor):
    code = visitor.code(code_challenge=None, code_challenge_method=None)
    refused(visitor.token(code), BAD_CODE[visitor.provider])
    assert "access_token" in visitor.token(code, code_verifier=None).json()


@pytest.mark.parametrize("ending", ["/", "?x=1", "x"])
def test_the_return_address_must_be_the_same_to_the_letter(visitor, ending):
    code = visitor.code()
    refused(visitor.token(code, redirect_uri=visitor.redirect + ending), WRONG_RETURN[visitor.provider])


def test_without_the_return_address_only_github_gives_tokens(visitor):
    reply = visitor.token(visitor.code(), redirect_uri=None)
    assert ("access_token" in reply.json()) == (visitor.provider == "github")


def test_a_code_is_good_once_and_a_second_use_ends_its_tokens(visitor):
    code = visitor.code()
    token = visitor.token(code).json()["access_token"]
    if visitor.userinfo_path:
        assert visitor.api(token).status_code == 200
    refused(visitor.token(code), BAD_CODE[visitor.provider])
    if visitor.userinfo_path:
        assert visitor.api(token).status_code == API_SAYS_NO[visitor.provider]


@pytest.mark.parametrize("age,good", [(590, True), (600, False), (86_400, False)])
def test_a_code_lives_ten_minutes(upstream, visitor, age, good):
    code = visitor.code()
    upstream.clock(age)
    reply = visitor.token(code)
    assert ("access_token" in reply.json()) == good, reply.text


def test_a_code_of_one_provider_is_nothing_to_another(upstream, visitor):
    other = Visitor(upstream, "discord" if visitor.provider != "discord" else "google")
    other.redirect, other.verifier = visitor.redirect, visitor.verifier
    refused(other.token(visitor.code()), BAD_CODE[other.provider])


def test_another_grant_type_is_refused(visitor):
    reply = visitor.token(visitor.code(), grant_type="client_credentials")
    assert "access_token" not in reply.text


def test_json_for_a_form_is_refused_by_all_but_github(visitor):
    form = {"grant_type": "authorization_code", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            "code": visitor.code(), "redirect_uri": visitor.redirect, "code_verifier": visitor.verifier}
    reply = requests.post(
        f"{visitor.base}/{visitor.token_path}", json=form, headers={"Accept": "application/json"}, timeout=10)
    assert ("access_token" in reply.json()) == (visitor.provider == "github")
    if visitor.provider == "discord":
        assert reply.status_code == 415


@pytest.mark.parametrize("headers", [
    {"Authorization": None}, {"Authorization": "Bearer unknown"}, {"Authorization": "Basic unknown"}], ids=repr)
def test_the_api_tells_nothing_without_a_bearer_token(visitor, headers):
    if visitor.userinfo_path:
        token = visitor.tokens()["access_token"]
        assert visitor.api(token, headers=headers).status_code == API_SAYS_NO[visitor.provider]


def test_a_token_of_one_provider_is_nothing_to_another(upstream, visitor):
    if visitor.userinfo_path:
        other = Visitor(upstream, "oidc" if visitor.provider != "oidc" else "google")
        assert visitor.api(other.tokens()["access_token"]).status_code == API_SAYS_NO[visitor.provider]


def test_unknown_paths_are_404_and_are_in_the_log(upstream, visitor):
    assert requests.get(f"{visitor.base}/no/such/path", timeout=10).status_code == 404
    assert [call["path"] for call in upstream.log(visitor.provider)] == [f"/{visitor.provider}/no/such/path"]


def test_the_log_tells_every_call_whole(upstream, visitor):
    visitor.tokens()
    (asked,), (exchanged,) = (upstream.log(visitor.provider, endpoint) for endpoint in ("authorize", "token"))
    assert f"state={visitor.state}" in asked["query"] and asked["method"] == "GET"
    assert exchanged["method"] == "POST" and exchanged["query"] == ""
    assert f"code_verifier={visitor.verifier}" in exchanged["body"]
    assert exchanged["headers"]["content-type"] == "application/x-www-form-urlencoded"
    assert exchanged["headers"]["user-agent"].startswith("python-requests")
    assert json.dumps(upstream.log()).count(visitor.verifier) == 1


@pytest.mark.parametrize("name,order", [
    ("persona", {"provider": "myspace", "id": "1"}), ("persona", {"provider": "github"}), ("persona", {}),
    ("fault", {"provider": "github", "mode": "flood"}), ("fault", {"provider": "github", "mode": "500", "endpoint": "x"}),
    ("fault", {"provider": "github", "mode": "wrong_state", "endpoint": "token"}), ("clock", {"offset": "soon"}),
    ("claims", {"provider": "oidc", "alg": "RS1"}), ("claims", {"provider": "oidc", "key": "his"}),
    ("apple_key", {"jwk": {"kty": "oct", "k": "AAAA"}}), ("dance", {})], ids=repr)
def test_an_order_that_would_do_nothing_is_refused(upstream, name, order):
    reply = requests.post(f"{upstream.origin}/_ctl/{name}", json=order, timeout=10)
    assert reply.status_code == 400 and reply.json()["error"]
