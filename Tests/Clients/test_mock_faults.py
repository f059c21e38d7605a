"""What the stand-in of the upstream providers breaks by order, and that it breaks that and nothing else."""
import json
import time

import jwt
import pytest
import requests

from upstream import CLIENT_ID, CLIENT_SECRET, PROVIDERS, Upstream, bad_tokens
from upstream_visitor import OPENID, Visitor, fields_of, query_of

pytestmark = pytest.mark.once

BAD_TOKENS = bad_tokens()
IN_THE_TOKEN = [name for name in BAD_TOKENS if name != "userinfo of somebody else"]


@pytest.fixture(params=PROVIDERS)
def visitor(upstream, request):
    return Visitor(upstream, request.param)


@pytest.fixture
def oidc(upstream):
    return Visitor(upstream, "oidc")


def back(visitor):
    """The parameters of the way back, each as a list."""
    return query_of(visitor.authorize().headers["Location"].removesuffix("#_=_"))


# The way back

def test_a_person_who_says_no_comes_back_with_the_words_of_the_company(upstream, visitor):
    upstream.fault(visitor.provider, "deny")
    answer = back(visitor)
    assert answer["error"] == ["user_cancelled_authorize" if visitor.provider == "apple" else "access_denied"]
    assert answer["state"] == [visitor.state] and "code" not in answer
    assert ("error_reason" in answer) == (visitor.provider == "facebook")
    assert "code" in back(visitor)


def test_another_error_comes_back_with_words_that_need_escaping(upstream, visitor):
    upstream.fault(visitor.provider, "error_custom", error="odd", error_description="<i>&")
    answer = back(visitor)
    if visitor.provider == "facebook":
        assert answer["error_message"] == ["<i>&"] and answer["error_code"] == ["1349048"] and "error" not in answer
    else:
        assert answer["error"] == ["odd"] and answer["error_description"] == ["<i>&"]


def test_what_comes_back_can_be_spoilt(upstream, visitor):
    for mode in ("missing_state", "wrong_state", "wrong_iss", "no_iss", "dup_code"):
        upstream.fault(visitor.provider, mode)
    missing, wrong, issuer, silent, double = (back(visitor) for _ in range(5))
    assert "state" not in missing and wrong["state"] == [visitor.state + "x"]
    assert issuer["iss"] == ["https://mix-up.example"] and "iss" not in silent
    assert len(double["code"]) == 2 and double["state"] == [visitor.state]
    assert len(back(visitor)["code"]) == 1


# The wire

@pytest.mark.parametrize("endpoint", ["token", "userinfo"])
def test_an_answer_can_be_broken(upstream, visitor, endpoint):
    if endpoint == "userinfo" and not visitor.userinfo_path:
        return

    def call():
        if endpoint == "token":
            return visitor.token(visitor.code())
        return visitor.api(visitor.tokens()["access_token"])

    def struck(mode):
        upstream.fault(visitor.provider, mode, endpoint)
        reply = call()
        return reply.status_code, reply.headers.get("Content-Type", ""), reply.content

    whole = call()
    assert whole.status_code == 200
    assert struck("500")[0] == 500
    status, kind, body = struck("502")
    assert (status, kind) == (502, "text/html") and b"<script>" in body
    assert struck("truncated_json")[2][:1] == b"{"
    for mode in ("truncated_json", "non_json"):
        with pytest.raises(ValueError):
            json.loads(struck(mode)[2])
    assert struck("wrong_content_type")[1].startswith("text/html")
    assert len(struck("10_mib")[2]) > 10 << 20
    status, _, body = struck("429")
    assert status == 429 and json.loads(body)["retry_after"] == 1.5
    assert struck("false")[2] == b"false" and struck("403")[0] == 403 and struck("404")[0] == 404
    assert call().status_code == 200


def test_ten_megabytes_are_the_truth_all_the_same(upstream, oidc):
    upstream.fault("oidc", "10_mib", "userinfo")
    assert oidc.profile()["sub"] == "1001"


def test_who_follows_a_redirect_is_seen(upstream, oidc):
    upstream.fault("oidc", "redirect", "token", times=2)
    address, form = f"{oidc.base}/token", {"code": "x"}
    assert requests.post(address, data=form, allow_redirects=False, timeout=10).status_code == 302
    assert [call for call in upstream.log() if call["path"] == "/elsewhere"] == []
    requests.post(address, data=form, timeout=10)
    assert len([call for call in upstream.log() if call["path"] == "/elsewhere"]) == 1


def test_a_connection_can_be_reset_hang_and_drip(upstream, visitor):
    upstream.fault(visitor.provider, "reset", "token")
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        visitor.token("x")
    upstream.fault(visitor.provider, "hang", "token")
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{visitor.base}/{visitor.token_path}", data={}, timeout=0.5)
    upstream.fault(visitor.provider, "drip", "token")
    started, received = time.monotonic(), b""
    with requests.post(f"{visitor.base}/{visitor.token_path}", data={"code": "x"}, stream=True, timeout=5) as reply:
        for received in reply.iter_content(1):
            break
    assert len(received) == 1 and 0.9 < time.monotonic() - started < 5
    assert "access_token" in visitor.token(visitor.code()).json()


def test_a_slow_answer_comes_late_and_keeps_nobody_else(upstream, oidc):
    upstream.fault("oidc", "slow", "discovery", ms=400)
    address = f"{oidc.base}/.well-known/openid-configuration"
    started = time.monotonic()
    assert requests.get(address, timeout=10).status_code == 200
    assert time.monotonic() - started >= 0.4


def test_a_fault_strikes_as_often_as_ordered_or_until_reset(upstream, oidc):
    upstream.fault("oidc", "500", "jwks", times=2)
    assert [requests.get(f"{oidc.base}/jwks", timeout=10).status_code for _ in range(3)] == [500, 500, 200]
    upstream.fault("oidc", "500", "jwks", times=0)
    assert {requests.get(f"{oidc.base}/jwks", timeout=10).status_code for _ in range(4)} == {500}
    upstream.reset()
    assert requests.get(f"{oidc.base}/jwks", timeout=10).status_code == 200


# The person

@pytest.mark.parametrize("mode", ["empty_email", "unverified", "email_changed", "id_changed"])
def test_the_person_can_change(upstream, visitor, mode):
    if not visitor.userinfo_path:
        return
    upstream.persona(visitor.provider, "4711", email="dot@example.com", name="Dot", login="dot")
    before = visitor.profile()
    upstream.fault(visitor.provider, mode)
    after = visitor.profile()
    identity = "sub" if visitor.provider in OPENID else "id"
    assert (str(before[identity]) != str(after[identity])) == (mode == "id_changed")
    if visitor.provider == "github":
        upstream.fault("github", mode, "emails")
        emails = visitor.api(visitor.tokens()["access_token"], "user/emails").json()
        after, = ({"email": mail["email"], "verified": mail["verified"]} for mail in emails if mail["primary"])
    expected = {"empty_email": "", "email_changed": "changed-dot@example.com"}.get(mode, "dot@example.com")
    assert after["email"] == expected
    if visitor.provider not in ("facebook", "microsoft"):
        assert after["email_verified" if visitor.provider in OPENID else "verified"] is (mode != "unverified")


@pytest.mark.parametrize("endpoint", ["authorize", "token"])
def test_less_can_be_granted_than_was_asked(upstream, visitor, endpoint):
    upstream.fault(visitor.provider, "scope_reduced", endpoint)
    if visitor.provider == "apple":
        fields = fields_of(visitor.authorize(scope="openid email", response_mode="form_post").text)
        token = visitor.token(fields["code"]).json()["id_token"]
        assert "email" not in jwt.decode(token, options={"verify_signature": False})
        return
    tokens = visitor.tokens()
    assert "email" not in tokens.get("scope", "")
    if visitor.provider == "github":
        assert visitor.api(tokens["access_token"], "user/emails").status_code == 404
    else:
        assert not visitor.api(tokens["access_token"]).json().get("email")


def test_a_hint_names_who_signs_in(upstream, visitor):
    if visitor.userinfo_path:
        hint = {"login" if visitor.provider == "github" else "login_hint": "bob"}
        ann, bob = visitor.profile(), visitor.profile(**hint)
        assert ann.get("id", ann.get("sub")) != bob.get("id", bob.get("sub"))


# ID tokens

@pytest.mark.parametrize("name", IN_THE_TOKEN)
def test_a_bent_token_is_bent_and_comes_right_again(upstream, oidc, name):
    upstream.claims("oidc", **BAD_TOKENS[name])
    assert not stands_up(oidc, oidc.tokens()), name
    upstream.claims("oidc")
    assert stands_up(oidc, oidc.tokens())


def stands_up(oidc, tokens):
    """All that OpenID Connect Core §3.1.3.7 asks, by PyJWT and by hand."""
    try:
        key = jwt.PyJWKClient(f"{oidc.base}/jwks").get_signing_key_from_jwt(tokens["id_token"])
        claims = jwt.decode(
            tokens["id_token"], key, ["RS256"], audience=CLIENT_ID, issuer=oidc.base,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]})
    except jwt.PyJWTError:
        return False
    digest = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).compute_hash_digest(
        tokens["access_token"].encode())
    half = jwt.utils.base64url_encode(digest[:16]).decode()
    return (claims["nonce"] == oidc.nonce and claims["azp"] == CLIENT_ID and claims["at_hash"] == half
            and claims["sub"] != "" and isinstance(claims["exp"], int))


def test_a_forged_hmac_is_right_for_whoever_takes_a_key_for_a_secret(upstream, oidc):
    upstream.claims("oidc", **BAD_TOKENS["HS256 with the client's secret"])
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        assert jwt.decode(oidc.tokens()["id_token"], CLIENT_SECRET, ["HS256"], audience=CLIENT_ID)["sub"] == "1001"


def test_userinfo_can_speak_of_somebody_else_and_discovery_lie(upstream, oidc):
    upstream.claims("oidc", userinfo={"sub": "x"}, discovery={"issuer": "https://evil.example", "jwks_uri": None})
    tokens = oidc.tokens()
    assert oidc.api(tokens["access_token"]).json()["sub"] == "x" and stands_up(oidc, tokens)
    metadata = requests.get(f"{oidc.base}/.well-known/openid-configuration", timeout=10).json()
    assert metadata["issuer"] == "https://evil.example" and metadata["jwks_uri"] is None


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256"])
def test_an_honest_key_of_another_kind_is_published(upstream, oidc, algorithm):
    upstream.claims("oidc", alg=algorithm)
    token = oidc.tokens()["id_token"]
    key = jwt.PyJWKClient(f"{oidc.base}/jwks").get_signing_key_from_jwt(token)
    assert jwt.decode(token, key, [algorithm], audience=CLIENT_ID)["sub"] == "1001"


# The page of the demo

def test_on_the_page_a_newcomer_chooses_or_cancels():
    with Upstream("--redirect-prefix", "http://localhost:8080/upstream/", choose=True) as upstream:
        github = Visitor(upstream, "github")
        assert github.authorize(redirect_uri="http://localhost:8080/other").status_code == 400
        page = github.authorize()
        assert page.status_code == 200 and "stand-in" in page.text and "<script" not in page.text
        assert [name in page.text for name in ("Ann", "Bob", "Carol", "Cancel")] == [True] * 4
        upstream.fault("github", "wrong_state")

        def choose(person):
            return query_of(requests.post(
                page.url, data={"person": person}, allow_redirects=False, timeout=10).headers["Location"])

        assert choose("1002")["state"] == [github.state + "x"]
        code, = choose("1002")["code"]
        assert github.api(github.token(code).json()["access_token"]).json()["login"] == "bob"
        for nobody in ("", "4711"):
            assert choose(nobody)["error"] == ["access_denied"]


@pytest.mark.parametrize("options", [["--listen", "nowhere"], ["--listen", "127.0.0.1:99999"], ["--dance"]])
def test_wrong_options_are_refused(options):
    with pytest.raises(AssertionError):
        Upstream(*options).start()
