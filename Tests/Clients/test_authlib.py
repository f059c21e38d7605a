"""Apps made with Authlib sign people in: one that keeps a secret, and one that cannot."""
import re
import time

import pytest
import requests
from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from conftest import CLIENTS, CONFIDENTIAL, EMAIL, GONE, PUBLIC
from joserfc import jwk, jwt
from person import Arrival, Person
from relying_party import RelyingParty

OFFLINE = "openid profile email offline_access"
VERIFIER = "v" * 50
CHALLENGE = create_s256_code_challenge(VERIFIER)


@pytest.fixture
def wiki(martlet):
    return RelyingParty(martlet.issuer, "wiki", "wiki's secret", CONFIDENTIAL, OFFLINE, gone=GONE)


@pytest.fixture
def phone(martlet):
    return RelyingParty(martlet.issuer, "phone", None, PUBLIC, OFFLINE)


@pytest.fixture(params=["wiki", "phone"])
def app(request):
    return request.getfixturevalue(request.param)


def refusal(form, martlet, client=("wiki", "wiki's secret"), endpoint="/token"):
    """The status and the error code of a request that must not succeed."""
    answer = requests.post(martlet.issuer + endpoint, data=form, auth=client, timeout=10)
    assert answer.status_code >= 400, f"this must not work: {answer.text}"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()["error"]


# Signing in


def test_a_person_signs_in_through_the_pages(app, stranger):
    token = app.sign_in(stranger)
    claims = token["userinfo"]
    assert claims["iss"] == app.issuer and claims["aud"] in (app.client_id, [app.client_id])
    assert claims["amr"] == ["pwd"] and claims["acr"]
    assert abs(claims["auth_time"] - time.time()) < 60 and claims["exp"] - claims["iat"] <= 3600
    assert token["token_type"] == "Bearer" and 0 < token["expires_in"] <= 900
    assert set(token["scope"].split()) == set(OFFLINE.split())
    userinfo = app.userinfo()
    assert userinfo["sub"] == claims["sub"]
    assert (userinfo["name"], userinfo["email"], userinfo["email_verified"]) == ("Ada Lovelace", EMAIL, True)


def test_claims_that_were_not_asked_for_are_not_told(martlet, signed_in):
    app = RelyingParty(martlet.issuer, "wiki", "wiki's secret", CONFIDENTIAL, "openid")
    token = app.sign_in(signed_in)
    assert set(app.userinfo()) == {"sub"}
    assert "refresh_token" not in token
    assert not {"email", "name", "roles"} & set(token["userinfo"])


def test_two_apps_know_the_person_by_the_same_subject(wiki, phone, signed_in):
    assert wiki.sign_in(signed_in)["userinfo"]["sub"] == phone.sign_in(signed_in)["userinfo"]["sub"]


def test_the_answer_names_its_issuer(wiki, signed_in):
    arrival = signed_in.walk(wiki.authorization_url())
    assert set(arrival.parameters) == {"code", "state", "iss"}
    assert arrival.parameters["iss"] == wiki.issuer


def test_somebody_signed_in_is_not_asked_again_until_the_app_insists(wiki, signed_in):
    wiki.sign_in(signed_in)
    first = wiki.token["userinfo"]["auth_time"]
    assert isinstance(signed_in.go(wiki.authorization_url()), Arrival)
    page = signed_in.go(wiki.authorization_url(prompt="login"))
    assert page.path == "/sign-in"
    time.sleep(max(0, first + 1.1 - time.time()))  # auth_time counts whole seconds.
    place = signed_in.sign_in_on(page)
    assert isinstance(place, Arrival), place
    assert wiki.come_back(place)["userinfo"]["auth_time"] > first


def test_a_silent_request_of_a_stranger_is_answered_with_login_required(wiki, stranger):
    arrival = stranger.go(wiki.authorization_url(prompt="none"))
    assert isinstance(arrival, Arrival) and arrival.parameters["error"] == "login_required"
    with pytest.raises(OAuthError, match="login_required"):
        wiki.come_back(arrival)


def test_a_wrong_password_does_not_open_the_door(wiki, stranger):
    refused = stranger.sign_in_on(stranger.go(wiki.authorization_url()), password="kettle orbit lantern mosaik")
    assert refused.status == 422
    assert refused.path == "/sign-in" and "do not match" in refused.text
    assert "kettle orbit" not in refused.text, "what was typed as a password is never sent back"


def test_a_form_of_another_browser_is_refused(wiki, signed_in, stranger):
    page = signed_in.go(wiki.authorization_url(prompt="login"))
    stranger.go(wiki.authorization_url())
    answer = stranger.sign_in_on(page)
    assert answer.status == 403 and 'id="reference"' in answer.text
    assert stranger.go(f"{wiki.issuer}/account").path == "/sign-in"


def test_known_and_unknown_people_are_refused_with_the_same_words(martlet):
    pages = []
    for email in (EMAIL, "nobody@example.org"):
        visitor = Person(clients=CLIENTS)
        page = visitor.sign_in_on(visitor.go(f"{martlet.issuer}/sign-in"), email=email, password="wrong all the way")
        for secret in (r"mbr_[\w-]+", r'name="csrf" value="[^"]+"', r"\b[0-9a-f]{10}\b", re.escape(email),
                       r"(?<=&quot;challenge&quot;:&quot;)[\w-]+"):
            page.text = re.sub(secret, "…", page.text)
        pages.append((page.status, page.text))
    assert pages[0] == pages[1]


def test_cancelling_the_consent_returns_access_denied(martlet, signed_in):
    app = RelyingParty(martlet.issuer, "other", "other's secret", CONFIDENTIAL + "/other")
    page = signed_in.go(app.authorization_url())
    assert page.path == "/consent" and "Other" in page.heading
    arrival = signed_in.submit(page, page.form("/consent"), button="deny")
    assert arrival.parameters["error"] == "access_denied" and "code" not in arrival.parameters
    again = signed_in.go(app.authorization_url())
    assert again.path == "/consent", "a refusal is not remembered as a permission"


# What the authorization endpoint refuses


@pytest.mark.parametrize(
    "change", [{"client_id": "nobody"}, {"redirect_uri": CONFIDENTIAL + "/"}, {"redirect_uri": CONFIDENTIAL + "?x=1"},
               {"redirect_uri": "https://evil.example/callback"}, {"redirect_uri": CONFIDENTIAL + "/../x"},
               {"redirect_uri": "http://127.0.0.1.evil.example:9901/callback"}],
    ids=lambda change: "-".join(change.values()))
def test_nobody_is_sent_to_an_address_that_is_not_registered(martlet, signed_in, change):
    parameters = {
        "client_id": "wiki", "redirect_uri": CONFIDENTIAL, "response_type": "code", "scope": "openid", "state": "s",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    answer = signed_in.session.get(
        f"{martlet.issuer}/authorize", params=parameters | change, allow_redirects=False, timeout=10)
    assert answer.status_code == 400 and "Location" not in answer.headers
    assert 'id="reference"' in answer.text
    assert "evil.example" not in re.sub(r"<pre.*?</pre>", "", answer.text, flags=re.S)


@pytest.mark.parametrize(
    "change, error", [
        ({"response_type": None}, "invalid_request"), ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"), ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"), ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "openid everything"}, "invalid_scope"), ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"), ({"max_age": "-1"}, "invalid_request"),
    ], ids=str)
def test_a_faulty_request_is_answered_with_its_error(martlet, signed_in, change, error):
    parameters = {
        "client_id": "wiki", "redirect_uri": CONFIDENTIAL, "response_type": "code", "scope": "openid", "state": "s",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256"} | change
    arrival = signed_in.go(requests.Request("GET", f"{martlet.issuer}/authorize", params=parameters).prepare().url)
    assert isinstance(arrival, Arrival), arrival
    assert arrival.parameters["error"] == error and arrival.parameters["iss"] == martlet.issuer
    assert arrival.parameters["state"] == "s" and "code" not in arrival.parameters


def test_the_request_that_the_faulty_ones_are_made_of_is_right(code):
    assert code["code"].startswith("mac_")


def test_only_a_client_that_was_allowed_to_may_leave_out_pkce(martlet, signed_in):
    parameters = {
        "client_id": "careless", "redirect_uri": CONFIDENTIAL, "response_type": "code", "scope": "openid", "state": "s"}
    with_nonce = requests.Request("GET", f"{martlet.issuer}/authorize", params=parameters | {"nonce": "n"}).prepare()
    without = requests.Request("GET", f"{martlet.issuer}/authorize", params=parameters).prepare()
    arrival = signed_in.walk(with_nonce.url)
    form = {"grant_type": "authorization_code", "code": arrival.parameters["code"], "redirect_uri": CONFIDENTIAL}
    assert requests.post(
        f"{martlet.issuer}/token", data=form, auth=("careless", "careless secret"), timeout=10).status_code == 200
    assert signed_in.walk(without.url).parameters["error"] == "invalid_request"


# Codes


def test_another_browser_cannot_finish_a_sign_in(wiki, signed_in, stranger):
    page = stranger.go(wiki.authorization_url())
    assert page.path == "/sign-in"
    stolen = signed_in.go(page.url)
    assert not isinstance(stolen, Arrival) and stolen.path == "/account", "as for somebody who comes without an app"
    form = page.form("/sign-in")
    posted = signed_in.session.post(page.url, data=form.fields | {"email": "x", "password": "y"}, timeout=10)
    assert posted.status_code >= 400


def test_an_answer_for_somebody_else_is_not_believed(martlet, wiki, signed_in):
    attacker = RelyingParty(martlet.issuer, "wiki", "wiki's secret", CONFIDENTIAL, OFFLINE)
    arrival = signed_in.walk(attacker.authorization_url())
    wiki.authorization_url()
    with pytest.raises(MismatchingStateError):
        wiki.come_back(arrival)


@pytest.fixture
def code(martlet, signed_in):
    """A fresh code of wiki, and the right form for it."""
    request = requests.Request("GET", f"{martlet.issuer}/authorize", params={
        "client_id": "wiki", "redirect_uri": CONFIDENTIAL, "response_type": "code", "scope": "openid", "nonce": "n",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256"}).prepare()
    return {
        "grant_type": "authorization_code", "code": signed_in.walk(request.url).parameters["code"],
        "redirect_uri": CONFIDENTIAL, "code_verifier": VERIFIER}


@pytest.mark.parametrize(
    "change", [{"code_verifier": "w" * 50}, {"code_verifier": None}, {"redirect_uri": CONFIDENTIAL + "/other"},
               {"code": "mac_" + "a" * 43}], ids=str)
def test_a_code_is_good_only_with_all_its_proofs(martlet, code, change):
    assert refusal(code | change, martlet) == (400, "invalid_grant")
    # What failed was the proof, not the code: the right one is still good (AZ11).
    assert requests.post(
        f"{martlet.issuer}/token", data=code, auth=("wiki", "wiki's secret"), timeout=10).status_code == 200


def test_a_code_of_one_client_is_worth_nothing_to_another(martlet, code):
    assert refusal(code, martlet, ("other", "other's secret")) == (400, "invalid_grant")


def test_a_second_exchange_ends_what_the_first_gave(martlet, code):
    wiki = ("wiki", "wiki's secret")
    token = requests.post(f"{martlet.issuer}/token", data=code, auth=wiki, timeout=10).json()
    bearer = {"Authorization": "Bearer " + token["access_token"]}
    assert requests.get(f"{martlet.issuer}/userinfo", headers=bearer, timeout=10).status_code == 200
    assert refusal(code, martlet) == (400, "invalid_grant")
    assert requests.get(f"{martlet.issuer}/userinfo", headers=bearer, timeout=10).status_code == 401


# Clients and their credentials


@pytest.mark.parametrize(
    "client", [("wiki", "wiki's secreT"), ("wiki", ""), ("other", "wiki's secret"), ("nobody", "wiki's secret"),
               ("phone", "")])
def test_a_wrong_secret_gets_nothing(martlet, client):
    answer = requests.post(
        f"{martlet.issuer}/token", data={"grant_type": "client_credentials"}, auth=client, timeout=10)
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_client"
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_secret_goes_by_its_registered_way_only(martlet):
    form = {"grant_type": "client_credentials", "client_id": "wiki", "client_secret": "wiki's secret"}
    answer = requests.post(f"{martlet.issuer}/token", data=form, timeout=10)
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_client"
    twice = requests.post(f"{martlet.issuer}/token", data=form, auth=("wiki", "wiki's secret"), timeout=10)
    assert twice.status_code == 400 and twice.json()["error"] == "invalid_request"
    in_query = requests.post(
        f"{martlet.issuer}/token?client_id=wiki&client_secret=x", data={"grant_type": "client_credentials"},
        timeout=10)
    assert in_query.status_code == 400


@pytest.mark.parametrize("grant", ["password", "urn:ietf:params:oauth:grant-type:device_code", "implicit", ""])
def test_other_grants_are_not_spoken(martlet, grant):
    form = {"grant_type": grant, "username": EMAIL, "password": "kettle orbit lantern mosaic"}
    assert refusal(form, martlet)[1] in ("unsupported_grant_type", "invalid_request")


def test_a_client_is_added_and_given_a_second_secret_while_the_server_runs(martlet, signed_in):
    shown = martlet.command(
        "client", "add", "Late comer", "--in", "folder", "--redirect-uri", CONFIDENTIAL, "--grant",
        "client_credentials").stdout
    facts = dict(line.split(maxsplit=1) for line in shown.strip().splitlines() if " " in line)
    first = (facts["client_id"], facts["client_secret"])

    def status(client):
        return requests.post(
            f"{martlet.issuer}/token", data={"grant_type": "client_credentials"}, auth=client, timeout=10).status_code

    assert status(first) == 401, "not yet read"
    martlet.reload()
    assert status(first) == 200
    assert first[1] not in (martlet.folder / "Clients" / f"{first[0]}.json").read_text(), "only its digest is kept"
    second = (first[0], martlet.command("client", "secret", first[0], "add").stdout.strip())
    martlet.reload()
    assert [status(first), status(second)] == [200, 200]
    martlet.command("client", "secret", first[0], "retire")
    martlet.reload()
    assert [status(first), status(second)] == [401, 200]


# private_key_jwt


KEYS = {"ES256": lambda: jwk.ECKey.generate_key("P-256", {"kid": "service-1"}),
        "EdDSA": lambda: jwk.OKPKey.generate_key("Ed25519", {"kid": "service-1"}),
        "RS256": lambda: jwk.RSAKey.generate_key(2048, {"kid": "service-1"})}


def service(martlet, algorithm):
    key = KEYS[algorithm]()
    name = "service-" + algorithm.lower()
    martlet.add_client(
        name, token_endpoint_auth_method="private_key_jwt", grant_types=["client_credentials"],
        jwks={"keys": [key.as_dict(private=False)]}, martlet_audience=["https://api.example.org"])
    return name, key


def assertion(name, key, audience, algorithm, changes=None):
    now = int(time.time())
    claims = {"iss": name, "sub": name, "aud": audience, "iat": now, "exp": now + 60, "jti": f"jti-{time.time_ns()}"}
    return jwt.encode({"alg": algorithm}, claims | (changes or {}), key, algorithms=[algorithm])


def post_assertion(martlet, text):
    return requests.post(f"{martlet.issuer}/token", timeout=10, data={
        "grant_type": "client_credentials", "client_assertion": text,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"})


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_service_shows_itself_with_its_key(martlet, algorithm):
    name, key = service(martlet, algorithm)
    session = OAuth2Session(name, key, token_endpoint_auth_method="private_key_jwt")
    session.trust_env = False
    # Authlib puts its first argument into `aud`, which must be the issuer alone (TK3); an assertion is good for ten
    # minutes at most, and Authlib's own choice is an hour.
    claims = {"exp": int(time.time()) + 300}
    session.register_client_auth_method(PrivateKeyJWT(martlet.issuer, claims, alg=algorithm))
    token = session.fetch_token(f"{martlet.issuer}/token", grant_type="client_credentials")
    assert token["token_type"] == "Bearer" and not {"refresh_token", "id_token"} & set(token)


def test_an_assertion_is_refused_for_every_fault(martlet):
    name, key = service(martlet, "ES256")
    now = int(time.time())
    good = assertion(name, key, martlet.issuer, "ES256")
    faulty = {
        "twice": good, "tampered": good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB"),
        "of another key": assertion(name, KEYS["ES256"](), martlet.issuer, "ES256"),
        "for the token endpoint": assertion(name, key, f"{martlet.issuer}/token", "ES256"),
        "for another server": assertion(name, key, "https://other.example", "ES256"),
        "for several": assertion(name, key, [martlet.issuer, "https://other.example"], "ES256"),
        "expired": assertion(name, key, martlet.issuer, "ES256", {"exp": now - 1}),
        "far too long": assertion(name, key, martlet.issuer, "ES256", {"exp": now + 86400}),
        "of the future": assertion(name, key, martlet.issuer, "ES256", {"nbf": now + 300}),
        "of another": assertion(name, key, martlet.issuer, "ES256", {"sub": "wiki", "iss": "wiki"}),
        "without a name": assertion(name, key, martlet.issuer, "ES256", {"jti": ""}),
    }
    assert post_assertion(martlet, good).status_code == 200
    for fault, text in faulty.items():
        answer = post_assertion(martlet, text)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), fault


# Refreshing and revoking


def test_a_confidential_client_refreshes(wiki, signed_in):
    first = dict(wiki.sign_in(signed_in))
    refreshed = wiki.refresh()
    assert refreshed["access_token"] != first["access_token"]
    assert wiki.userinfo()["sub"] == first["userinfo"]["sub"]
    wiki.refresh()
    assert set(wiki.refresh(scope="openid")["scope"].split()) == {"openid"}
    with pytest.raises(OAuthError, match="invalid_scope"):
        wiki.refresh(scope=OFFLINE + " roles")


def test_the_token_of_a_public_client_rotates_and_a_spent_one_ends_the_family(phone, signed_in):
    phone.sign_in(signed_in)
    spent = phone.token["refresh_token"]
    phone.refresh()
    fresh = phone.token["refresh_token"]
    assert fresh != spent and phone.userinfo_status() == 200
    phone.token["refresh_token"] = spent
    with pytest.raises(OAuthError, match="invalid_grant"):
        phone.refresh()
    phone.token["refresh_token"] = fresh
    with pytest.raises(OAuthError, match="invalid_grant"):
        phone.refresh()
    assert phone.userinfo_status() == 401, "the access tokens of the family are dead too"


def test_a_refresh_token_is_worth_nothing_to_another_client(martlet, wiki, phone, signed_in):
    phone.sign_in(signed_in)
    form = {"grant_type": "refresh_token", "refresh_token": phone.token["refresh_token"]}
    assert refusal(form, martlet) == (400, "invalid_grant")
    phone.refresh()


def test_revoking_the_refresh_token_ends_the_whole_grant(wiki, signed_in):
    wiki.sign_in(signed_in)
    assert wiki.introspect(wiki.token["access_token"])["active"] is True
    assert wiki.revoke("refresh_token").status_code == 200
    assert wiki.introspect(wiki.token["access_token"]) == {"active": False}
    assert wiki.userinfo_status() == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        wiki.refresh()
    assert wiki.revoke("refresh_token").status_code == 200, "what is not there is revoked already"


def test_revoking_an_access_token_leaves_the_grant(wiki, signed_in):
    wiki.sign_in(signed_in)
    wiki.revoke("access_token")
    assert wiki.userinfo_status() == 401
    wiki.refresh()
    assert wiki.userinfo_status() == 200


def test_nobody_revokes_or_inspects_the_tokens_of_another(martlet, wiki, signed_in):
    wiki.sign_in(signed_in)
    for kind in ("access_token", "refresh_token"):
        answer = requests.post(
            f"{martlet.issuer}/introspect", data={"token": wiki.token[kind]}, auth=("other", "other's secret"),
            timeout=10)
        assert answer.json() == {"active": False}
        requests.post(
            f"{martlet.issuer}/revoke", data={"token": wiki.token[kind]}, auth=("other", "other's secret"), timeout=10)
    assert wiki.userinfo_status() == 200
    wiki.refresh()
    unauthenticated = requests.post(
        f"{martlet.issuer}/introspect", data={"token": wiki.token["access_token"]}, timeout=10)
    assert unauthenticated.status_code == 401


# Signing out


def test_signing_out_at_the_app_signs_out_here_and_returns(wiki, stranger):
    wiki.sign_in(stranger)
    assert wiki.introspect(wiki.token["access_token"])["active"] is True
    url = wiki.browser.get("/sign-out").headers["Location"]
    arrival = stranger.go(url)
    assert isinstance(arrival, Arrival) and arrival.url.startswith(GONE), arrival
    assert wiki.browser.get("/gone?" + arrival.url.split("?")[1]).text == "bye"
    assert stranger.go(f"{wiki.issuer}/account").path == "/sign-in"
    assert stranger.go(wiki.authorization_url(prompt="none")).parameters["error"] == "login_required"


def test_a_hint_of_somebody_else_signs_nobody_out_unasked(wiki, signed_in, martlet):
    other = Person(EMAIL, clients=CLIENTS)
    wiki.sign_in(other)
    url = wiki.browser.get("/sign-out").headers["Location"]
    page = signed_in.go(url)
    assert not isinstance(page, Arrival) and page.path == "/logout" and page.heading.startswith("Sign out of")
    assert signed_in.go(f"{martlet.issuer}/account").path == "/account", "still signed in"


def test_nobody_is_sent_elsewhere_after_signing_out(martlet, wiki, signed_in):
    for address in ("https://evil.example/", GONE + "/", GONE + "?x=1"):
        page = signed_in.go(
            f"{martlet.issuer}/logout?client_id=wiki&post_logout_redirect_uri=" + requests.utils.quote(address, ""))
        assert not isinstance(page, Arrival) and page.status == 400
    assert signed_in.go(f"{martlet.issuer}/account").path == "/account"
