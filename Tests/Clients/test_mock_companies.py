"""What is peculiar to each provider, as the stand-in has it: shapes of answers, keys, proofs of addresses."""
import json
import time

import jwt
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from cryptography.hazmat.primitives.asymmetric import ec

from upstream import CLIENT_ID, CLIENT_SECRET
from upstream_visitor import OPENID, TENANT, Visitor, error_of, fields_of, proof, query_of

pytestmark = pytest.mark.once

DISCOVERY = {"microsoft": f"{TENANT}/v2.0/.well-known/openid-configuration"}


def discovery(visitor):
    path = DISCOVERY.get(visitor.provider, ".well-known/openid-configuration")
    return requests.get(f"{visitor.base}/{path}", timeout=10).json()


def checked(visitor, token, **options):
    """By PyJWT, as a client would that believes discovery."""
    metadata = discovery(visitor)
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    return jwt.decode(token, key, ["RS256", "ES256"], audience=CLIENT_ID, issuer=metadata["issuer"], **options)


@pytest.fixture(params=OPENID)
def openid(upstream, request):
    return Visitor(upstream, request.param)


# GitHub

def test_github_answers_a_form_unless_json_is_asked(upstream):
    github = Visitor(upstream, "github")
    reply = github.token(github.code(), headers={"Accept": "*/*"})
    assert reply.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert query_of("?" + reply.text)["scope"] == ["read:user,user:email"]
    assert github.tokens()["scope"] == "read:user,user:email"


def test_github_refuses_with_status_200_in_a_form_too(upstream):
    github = Visitor(upstream, "github")
    reply = github.token("unknown", headers={"Accept": "*/*"})
    assert reply.status_code == 200
    assert query_of("?" + reply.text)["error"] == ["bad_verification_code"]


@pytest.mark.parametrize("path", ["user", "user/emails", "api/v3/user", "api/v3/user/emails"])
def test_github_turns_away_whoever_names_no_agent(upstream, path):
    github = Visitor(upstream, "github")
    token = github.tokens()["access_token"]
    assert github.api(token, path, {"User-Agent": ""}).status_code == 403
    assert github.api(token, path, {"X-GitHub-Api-Version": "latest"}).status_code == 400
    assert github.api(token, path).status_code == 200


def test_github_has_a_number_for_an_id_and_addresses_apart(upstream):
    github = Visitor(upstream, "github")
    token = github.tokens()["access_token"]
    profile = github.api(token).json()
    assert profile["id"] == 1001 and profile["email"] is None and profile["login"] == "ann"
    emails = github.api(token, "user/emails").json()
    assert [mail["email"] for mail in emails if mail["primary"] and mail["verified"]] == ["ann@example.com"]
    assert len([mail for mail in emails if not mail["primary"]]) == 2


def test_github_keeps_addresses_from_whoever_did_not_ask(upstream):
    github = Visitor(upstream, "github")
    assert github.api(github.tokens(scope="read:user")["access_token"], "user/emails").status_code == 404


def test_github_takes_no_secret_by_basic(upstream):
    github = Visitor(upstream, "github")
    reply = github.token(github.code(), auth=(CLIENT_ID, CLIENT_SECRET), client_secret=None)
    assert error_of(reply) == "incorrect_client_credentials"


# Discord

def test_discord_has_ids_no_double_can_hold(upstream):
    profile = Visitor(upstream, "discord").profile()
    assert isinstance(profile["id"], str) and int(float(profile["id"])) != int(profile["id"])
    assert profile["verified"] is True and profile["email"] == "ann@example.com"


def test_discord_says_no_address_by_null_or_by_silence(upstream):
    upstream.persona("discord", "1", name=None)
    profile = Visitor(upstream, "discord").profile()
    assert profile["email"] is None and profile["global_name"] is None and profile["verified"] is False
    assert "email" not in Visitor(upstream, "discord").profile(scope="identify")


def test_discord_knows_its_scopes(upstream):
    assert Visitor(upstream, "discord").authorize(scope="identify everything").status_code == 400
    assert Visitor(upstream, "discord").authorize(scope=None).status_code == 400


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_discord_ends_the_whole_grant_with_either_token(upstream, which):
    discord = Visitor(upstream, "discord")
    tokens, other = discord.tokens(), discord.tokens()
    address = f"{discord.base}/api/oauth2/token/revoke"
    form = {"token": tokens[which]}
    for auth in (None, (CLIENT_ID, "wrong")):
        assert requests.post(address, data=form, auth=auth, timeout=10).status_code == 401
    assert requests.post(address, json=form, auth=(CLIENT_ID, CLIENT_SECRET), timeout=10).status_code == 415
    assert discord.api(tokens["access_token"]).status_code == 200
    assert requests.post(address, data=form, auth=(CLIENT_ID, CLIENT_SECRET), timeout=10).status_code == 200
    assert discord.api(tokens["access_token"]).status_code == 401
    assert discord.api(other["access_token"]).status_code == 200


def test_discord_describes_itself(upstream):
    discord = Visitor(upstream, "discord")
    metadata = requests.get(f"{discord.base}/.well-known/oauth-authorization-server", timeout=10).json()
    assert metadata["issuer"] == discord.base and metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["authorization_response_iss_parameter_supported"] is True


# Facebook

@pytest.mark.parametrize("given", [None, "", "0" * 64, proof("another token"), "upper", "of another secret"])
def test_facebook_wants_the_proof_of_the_secret(upstream, given):
    facebook = Visitor(upstream, "facebook")
    token = facebook.tokens()["access_token"]
    given = {"upper": proof(token).upper(), "of another secret": proof(token, "wrong")}.get(given, given)
    reply = facebook.api(token, appsecret_proof=given)
    assert (reply.status_code, error_of(reply)) == (400, ("GraphMethodException", 100))


def test_facebook_tells_what_is_asked_by_name(upstream):
    facebook = Visitor(upstream, "facebook")
    token = facebook.tokens()["access_token"]
    assert set(facebook.api(token, fields=None).json()) == {"id", "name"}
    assert set(facebook.api(token, fields="email").json()) == {"id", "email"}
    full = facebook.api(token, fields="id,name,first_name,last_name,email,picture,verified").json()
    assert set(full) == {"id", "name", "first_name", "last_name", "email", "picture"}


def test_facebook_has_no_address_where_none_was_granted(upstream):
    assert "email" not in Visitor(upstream, "facebook").profile(scope="public_profile")
    upstream.persona("facebook", "77")
    assert "email" not in Visitor(upstream, "facebook").profile()


def test_facebook_knows_its_version_and_its_commas(upstream):
    facebook = Visitor(upstream, "facebook")
    assert facebook.authorize(scope="email public_profile").status_code == 400
    facebook.token_path = "v2.0/oauth/access_token"
    reply = facebook.token(facebook.code())
    assert (reply.status_code, error_of(reply)) == (400, ("OAuthException", 2635))


def test_facebook_gives_tokens_by_get_too_and_appends_a_fragment(upstream):
    facebook = Visitor(upstream, "facebook")
    address = facebook.authorize().headers["Location"]
    assert address.endswith("#_=_")
    query = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "code": query_of(address)["code"][0],
             "redirect_uri": facebook.redirect, "code_verifier": facebook.verifier}
    reply = requests.get(f"{facebook.base}/{facebook.token_path}", params=query, timeout=10)
    assert reply.json()["access_token"]


@pytest.mark.parametrize("path", ["debug_token", "v24.0/debug_token"])
def test_facebook_says_whose_a_token_is_to_the_app_alone(upstream, path):
    facebook = Visitor(upstream, "facebook")
    token, address = facebook.tokens()["access_token"], f"{facebook.base}/{path}"

    def ask(input_token, access):
        return requests.get(address, params={"input_token": input_token, "access_token": access}, timeout=10)

    for wrong in ("", token, CLIENT_ID, f"{CLIENT_ID}|wrong"):
        assert ask(token, wrong).status_code == 401
    own = f"{CLIENT_ID}|{CLIENT_SECRET}"
    assert ask("unknown", own).json()["data"]["is_valid"] is False
    told = ask(token, own).json()["data"]
    assert told["is_valid"] and told["app_id"] == CLIENT_ID and told["user_id"] == facebook.api(token).json()["id"]
    upstream.fault("facebook", "other_app", "debug_token")
    assert ask(token, own).json()["data"]["app_id"] == "another-app"


def test_facebook_tells_which_scopes_were_unticked(upstream):
    upstream.fault("facebook", "scope_reduced")
    address = Visitor(upstream, "facebook").authorize(return_scopes="true").headers["Location"].removesuffix("#_=_")
    assert query_of(address)["granted_scopes"] == ["public_profile"] and query_of(address)["denied_scopes"] == ["email"]


# OpenID Connect

def test_openid_tokens_stand_up_to_pyjwt(openid):
    tokens = openid.tokens()
    claims = checked(openid, tokens["id_token"])
    assert claims["nonce"] == openid.nonce and claims["azp"] == CLIENT_ID and claims["exp"] - claims["iat"] == 3600
    digest = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).compute_hash_digest(
        tokens["access_token"].encode())
    assert claims["at_hash"] == jwt.utils.base64url_encode(digest[:16]).decode()
    if openid.userinfo_path:
        assert openid.api(tokens["access_token"]).json()["sub"] == claims["sub"]


def test_openid_without_its_scope_has_no_id_token(upstream):
    for provider in ("google", "oidc", "microsoft", "gitlab"):
        assert "id_token" not in Visitor(upstream, provider).tokens(scope="email")


def test_openid_publishes_two_keys_for_some_hours(upstream, openid):
    reply = requests.get(discovery(openid)["jwks_uri"], timeout=10)
    before = [key["kid"] for key in reply.json()["keys"]]
    assert len(set(before)) == 2 and "max-age=19800" in reply.headers["Cache-Control"]
    upstream.rotate_keys(openid.provider, keep_next=True)
    token = openid.tokens()["id_token"]
    assert jwt.get_unverified_header(token)["kid"] == before[1]
    upstream.rotate_keys(openid.provider)
    assert jwt.get_unverified_header(openid.tokens()["id_token"])["kid"] not in before
    with pytest.raises(jwt.PyJWKClientError):
        checked(openid, token)


def test_tokens_of_two_providers_differ_by_their_issuer_alone(upstream):
    token = Visitor(upstream, "google").tokens()["id_token"]
    with pytest.raises(jwt.InvalidIssuerError):
        checked(Visitor(upstream, "oidc"), token)


def test_google_passes_an_ordinary_client(upstream):
    google = Visitor(upstream, "google")
    metadata = discovery(google)
    session = OAuth2Session(
        CLIENT_ID, CLIENT_SECRET, scope="openid email", redirect_uri=google.redirect, code_challenge_method="S256")
    address, _ = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=google.verifier, nonce="n")
    back = requests.get(address, allow_redirects=False, timeout=10).headers["Location"]
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=back, code_verifier=google.verifier)
    assert session.get(metadata["userinfo_endpoint"]).json()["sub"] == checked(google, token["id_token"])["sub"]


def test_google_tells_the_workspace_and_may_quote_what_is_true(upstream):
    upstream.persona("google", "5", email="eve@corp.example", verified="true", hd="corp.example", login="eve")
    profile = Visitor(upstream, "google").profile()
    assert profile["hd"] == "corp.example" and profile["email_verified"] == "true"
    assert "hd" not in Visitor(upstream, "google").profile(login_hint="bob@example.com")


def test_microsoft_has_an_issuer_for_each_tenant_and_proves_no_address(upstream):
    microsoft = Visitor(upstream, "microsoft")
    metadata = requests.get(f"{microsoft.base}/common/v2.0/.well-known/openid-configuration", timeout=10).json()
    assert metadata["issuer"] == microsoft.base + "/{tenantid}/v2.0"
    claims = checked(microsoft, microsoft.tokens()["id_token"])
    assert claims["iss"] == f"{microsoft.base}/{claims['tid']}/v2.0" and claims["oid"] and "email_verified" not in claims
    upstream.persona("microsoft", "o-9", tid="another-tenant", email="ann@example.com", xms_edov=True)
    token = microsoft.tokens()["id_token"]
    assert jwt.decode(token, options={"verify_signature": False})["xms_edov"] is True
    with pytest.raises(jwt.InvalidIssuerError):
        checked(microsoft, token)


def apple_secret(key, kid="K1", **changes):
    now = int(time.time())
    base = changes.pop("base")
    claims = {"iss": "TEAM", "sub": CLIENT_ID, "aud": base, "iat": now, "exp": now + 3600} | changes
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, "ES256", {"kid": kid})


def test_apple_wants_a_secret_that_is_signed(upstream):
    apple, key, other = Visitor(upstream, "apple"), *(ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    upstream.apple_key(jwk | {"kid": "K1"}, team="TEAM")
    code, now = apple.code(), int(time.time())
    wrong = [CLIENT_SECRET, "a.b.c", apple_secret(other, base=apple.base), apple_secret(key, "K2", base=apple.base)] + [
        apple_secret(key, base=apple.base, **change) for change in (
            {"iss": "OTHER"}, {"iss": None}, {"sub": "other"}, {"aud": "https://appleid.apple.com"}, {"exp": None},
            {"exp": now - 1}, {"exp": now + 15_777_000 + 120}, {"iat": now + 600}, {"iat": None})]
    for secret in wrong:
        assert error_of(apple.token(code, client_secret=secret)) == "invalid_client"
    assert "id_token" in apple.token(code, client_secret=apple_secret(key, base=apple.base)).json()


def test_apple_answers_by_a_form_and_tells_the_name_once(upstream):
    apple = Visitor(upstream, "apple")
    assert apple.authorize(scope="openid name email").status_code == 400
    first, second = (apple.authorize(scope="openid name email", response_mode="form_post") for _ in range(2))
    assert f'action="{apple.redirect}"' in first.text and "<script" not in first.text
    fields = fields_of(first.text)
    assert fields["state"] == apple.state
    assert json.loads(fields["user"])["name"] == {"firstName": "Ann", "lastName": "Stand-in"}
    assert "user" not in fields_of(second.text)
    claims = checked(apple, apple.token(fields["code"]).json()["id_token"])
    assert claims["email_verified"] == "true" and "name" not in claims
