"""APIs that check tokens for themselves, with PyJWT and with jwcrypto, from the published keys alone."""
import base64
import json
import time

import jwt as pyjwt
import pytest
import requests
from conftest import ALGORITHMS, CONFIDENTIAL
from jwcrypto import jwk, jws
from jwcrypto import jwt as jwcrypto_jwt
from martlet import Martlet
from person import Person
from relying_party import RelyingParty

pytestmark = pytest.mark.once

API = "https://api.example.org"


class OfPyJWT:
    """PyJWT with its own JWKS client."""
    refusals = pyjwt.PyJWTError

    def __init__(self, issuer):
        self.issuer, self.keys = issuer, pyjwt.PyJWKClient(f"{issuer}/jwks.json", cooldown_duration=0)

    def check(self, compact, audience, algorithm):
        key = self.keys.get_signing_key_from_jwt(compact)
        return pyjwt.decode(
            compact, key, algorithms=[algorithm], audience=audience, issuer=self.issuer,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]})


class OfJWCrypto:
    refusals = (jws.InvalidJWSSignature, jws.InvalidJWSObject, jwcrypto_jwt.JWTExpired, jwcrypto_jwt.JWTMissingKey,
                jwcrypto_jwt.JWTInvalidClaimValue, jwcrypto_jwt.JWTMissingClaim, ValueError)

    def __init__(self, issuer):
        self.issuer = issuer

    def check(self, compact, audience, algorithm):
        keys = jwk.JWKSet.from_json(requests.get(f"{self.issuer}/jwks.json", timeout=10).text)
        rules = {"iss": self.issuer, "aud": audience, "exp": None, "sub": None, "iat": None}
        token = jwcrypto_jwt.JWT(algs=[algorithm], check_claims=rules, expected_type="JWS")
        token.deserialize(compact, keys)
        return json.loads(token.claims)


@pytest.fixture(scope="module", params=ALGORITHMS)
def issued(request, tmp_path_factory):
    """What a server that signs everything with one algorithm gives an app: the ID token and the access token."""
    algorithm = request.param
    house = Martlet(settings={"MARTLET_SIGNING_ACCESS_TOKEN_ALGORITHM": algorithm})
    house.add_client(
        "app", "its secret", redirect_uris=[CONFIDENTIAL], id_token_signed_response_alg=algorithm,
        martlet_audience=[API])
    house.add_person("ada@example.org")
    with house:
        app = RelyingParty(house.issuer, "app", "its secret", CONFIDENTIAL)
        token = app.sign_in(Person("ada@example.org", clients=[CONFIDENTIAL]))
        yield house, algorithm, token


@pytest.fixture(params=[OfPyJWT, OfJWCrypto], ids=["PyJWT", "jwcrypto"])
def verifier(request, issued):
    return request.param(issued[0].issuer)


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_both_tokens_are_signed_as_asked_and_verify(issued, verifier):
    house, algorithm, token = issued
    identity = verifier.check(token["id_token"], "app", algorithm)
    access = verifier.check(token["access_token"], API, algorithm)
    assert identity["sub"] == access["sub"] == token["userinfo"]["sub"]
    assert access["client_id"] == "app" and access["jti"] and access["scope"] == token["scope"]
    assert decoded(token["access_token"].split(".")[0])["typ"] == "at+jwt"


def test_a_token_with_anything_changed_is_refused(issued, verifier):
    house, algorithm, token = issued
    for name, audience in (("id_token", "app"), ("access_token", API)):
        head, body, signature = token[name].split(".")
        claims, header = decoded(body), decoded(head)
        raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
        raw[len(raw) // 2] ^= 1
        bent = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        changed = {
            "subject": f"{head}.{encoded(claims | {'sub': 'somebody else'})}.{signature}",
            "lifetime": f"{head}.{encoded(claims | {'exp': claims['exp'] + 86400})}.{signature}",
            "signature": f"{head}.{body}.{bent}",
            "no signature": f"{head}.{body}.",
            "alg none": f"{encoded(header | {'alg': 'none'})}.{body}.",
            "key": f"{encoded(header | {'kid': 'another'})}.{body}.{signature}",
        }
        for what, text in changed.items():
            with pytest.raises(verifier.refusals):
                verifier.check(text, audience, algorithm)
                pytest.fail(f"{name} with another {what} was believed")


def test_a_token_for_one_is_not_for_another(issued, verifier):
    house, algorithm, token = issued
    for name in ("id_token", "access_token"):
        with pytest.raises(verifier.refusals):
            verifier.check(token[name], "https://elsewhere.example.org", algorithm)
    with pytest.raises(verifier.refusals):
        verifier.check(token["id_token"], API, algorithm)
    bearer = {"Authorization": "Bearer " + token["id_token"]}
    assert requests.get(f"{house.issuer}/userinfo", headers=bearer, timeout=10).status_code == 401


def test_only_public_halves_are_published(issued):
    keys = requests.get(f"{issued[0].issuer}/jwks.json", timeout=10).json()["keys"]
    assert {key["alg"] for key in keys} == set(ALGORITHMS)
    assert len({key["kid"] for key in keys}) == len(keys)
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key), "a private key is published"
        # RFC 7638: the name of a key is its thumbprint, so that no two keys share one.
        assert key["kid"] == jwk.JWK(**key).thumbprint() and key["use"] == "sig"


# Rotation


def kids(house):
    return {key["kid"] for key in requests.get(f"{house.issuer}/jwks.json", timeout=10).json()["keys"]}


def eventually(condition, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


def test_tokens_verify_before_during_and_after_a_rotation(martlet, signed_in):
    """First a key that waits for its turn, then one that signs at once; nobody's token stops to verify."""
    app = RelyingParty(martlet.issuer, "es256", "its secret", CONFIDENTIAL)
    verifier = OfPyJWT(martlet.issuer)

    def sign_in():
        compact = app.sign_in(signed_in)["id_token"]
        return compact, pyjwt.get_unverified_header(compact)["kid"]

    before, first = sign_in()
    verifier.check(before, "es256", "ES256")
    known = kids(martlet)

    martlet.command("key", "rotate", "--algorithm", "ES256")
    waiting = eventually(lambda: kids(martlet) - known)
    assert len(waiting) == 1
    compact, kid = sign_in()
    assert kid == first, "a key is published before it signs (JW8)"

    martlet.command("key", "rotate", "--algorithm", "ES256", "--now")
    known |= waiting
    (newest,) = eventually(lambda: kids(martlet) - known)
    # It signs once every process must know it.
    after = eventually(lambda: next((compact for compact, kid in [sign_in()] if kid == newest), None))
    # The verifier has cached the older set, meets a name it does not know, and asks once more.
    verifier.check(after, "es256", "ES256")
    verifier.check(before, "es256", "ES256")
    OfPyJWT(martlet.issuer).check(before, "es256", "ES256")
    assert first in kids(martlet), "an old key stays until its last token is dead"


def test_the_key_list_says_which_key_signs(martlet):
    listed = martlet.command("key", "list").stdout
    for kid in kids(martlet):
        assert kid in listed


def test_an_algorithm_that_is_off_cannot_be_rotated(martlet):
    settings = martlet.environment | {"MARTLET_SIGNING_ALGORITHMS": "RS256,ES256"}
    refused = martlet.command("key", "rotate", "--algorithm", "EdDSA", check=False, environment=settings)
    assert refused.returncode == 1 and "EdDSA" in refused.stderr
