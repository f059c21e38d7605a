"""The apps that a busy house knows, and the one person they all have in common."""
import json

import requests
from jwcrypto import jwk

EMAIL = "ada@example.org"
CALLBACK = "https://app.example/callback"
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
KEY = jwk.JWK.generate(kty="EC", crv="P-256", kid="robot")
GRACE = 10
SHOPS = ("books", "music", "tools")


def furnish(house):
    furnish_files(house)
    house.add_person(EMAIL)


def furnish_files(house):
    """Apps with and without the window for lost answers, machines, and shops that ask for consent."""
    code = {"redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none", "scope": "openid email offline_access"}
    house.add_client("app", martlet_skips_consent=True, **code)
    house.add_client("patient", martlet_skips_consent=True, martlet_refresh_grace=GRACE, **code)
    house.add_client("watch", "watch's secret", grant_types=["client_credentials"], martlet_introspects_all=True,
                     martlet_access_token_format="opaque")
    house.add_client("robot", grant_types=["client_credentials"], token_endpoint_auth_method="private_key_jwt",
                     jwks={"keys": [json.loads(KEY.export_public())]})
    for name in SHOPS:
        house.add_client(name, redirect_uris=[CALLBACK], token_endpoint_auth_method="none", scope="openid email")


def request(client, scope):
    return requests.Request("GET", "http://house/authorize", params={
        "client_id": client, "response_type": "code", "scope": scope, "redirect_uri": CALLBACK, "state": "s",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256"}).prepare().path_url
