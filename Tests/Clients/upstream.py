"""The upstream providers on loopback, in a process of its own: `with Upstream() as upstream:`. Says who signs in, what
breaks, and what was asked."""
import json
import os
import subprocess
import time

import requests

from martlet import ROOT

PROVIDERS = ("github", "google", "discord", "facebook", "oidc", "microsoft", "apple", "gitlab")
CLIENT_ID, CLIENT_SECRET = "stand-in-client", "stand-in-secret"


def bad_tokens(now=None):
    """Orders for `claims`, each of which makes an ID token that must not be believed."""
    now = int(now or time.time())
    return {
        "alg none": {"alg": "none"},
        "HS256 with the public key": {"alg": "HS256", "key": "public"},
        "HS256 with the client's secret": {"alg": "HS256", "key": "secret"},
        "a key of somebody else": {"key": "other"},
        "an unknown kid": {"kid": "nobody's"},
        "another audience": {"set": {"aud": "another-client"}},
        "no audience": {"remove": ["aud"]},
        "an empty audience": {"set": {"aud": []}},
        "another issuer": {"set": {"iss": "https://accounts.example"}},
        "no issuer": {"remove": ["iss"]},
        "another azp": {"set": {"azp": "another-client"}},
        "two audiences and another azp": {"set": {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"}},
        "another nonce": {"set": {"nonce": "another"}},
        "no nonce": {"remove": ["nonce"]},
        "no subject": {"remove": ["sub"]},
        "an empty subject": {"set": {"sub": ""}},
        "a number for a subject": {"set": {"sub": 1001}},
        "expired": {"set": {"iat": now - 7200, "exp": now - 3600}},
        "no expiry": {"remove": ["exp"]},
        "expiry as a text": {"set": {"exp": str(now + 3600)}},
        "made in the future": {"set": {"iat": now + 3600, "exp": now + 7200}},
        "no time of making": {"remove": ["iat"]},
        "not to be used before": {"set": {"nbf": now + 3600}},
        "another at_hash": {"set": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
        "userinfo of somebody else": {"userinfo": {"sub": "somebody-else"}},
    }


class Upstream:
    """Ends only the process it started. `choose`: people choose who they are on a page, as in the demo."""

    def __init__(self, *options, choose=False, binary=None):
        self.binary = str(binary or os.environ.get("MOCK_UPSTREAM_BINARY") or ROOT / ".build/debug/mock-upstream")
        self.options = [*options, *(["--choose"] if choose else [])]
        self.client_id, self.client_secret = CLIENT_ID, CLIENT_SECRET
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.binary, "--listen", "127.0.0.1:0", "--print-port", *self.options], stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        assert line.strip().isdigit(), f"mock-upstream does not listen: {line}"
        self.origin = f"http://127.0.0.1:{line.strip()}"
        return self

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(timeout=10)
        if self.process:
            self.process.stdout.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        self.stop()

    def base(self, provider):
        assert provider in PROVIDERS, provider
        return f"{self.origin}/{provider}"

    def order(self, what, /, **fields):
        reply = requests.post(f"{self.origin}/_ctl/{what}", json=fields, timeout=30)
        assert reply.status_code == 200, reply.text

    def reset(self):
        """As if freshly started, with the same first keys: Ann signs in, nothing breaks, and nothing was asked."""
        self.order("reset")

    def persona(self, provider, id, /, **fields):
        """From now on this is who signs in. Known: email, verified, name, login, hd, tid; more goes into the profile."""
        self.order("persona", provider=provider, id=str(id), **fields)

    def fault(self, provider, mode, endpoint="authorize", times=1, **more):
        """Breaks the next calls of one endpoint; `times=0`: until `reset`. More: ms, error, error_description."""
        self.order("fault", provider=provider, endpoint=endpoint, mode=mode, times=times, **more)

    def clock(self, offset):
        """Its clock, in seconds ahead of the system's."""
        self.order("clock", offset=offset)

    def rotate_keys(self, provider, keep_next=False):
        """Two fresh keys; with `keep_next` the key to come, published already, is the one that signs."""
        self.order("rotate_keys", provider=provider, keep_next=keep_next)

    def claims(self, provider, **changes):
        """Bends ID tokens until told otherwise: set, remove, alg, kid, key (other, public, secret), userinfo and
        discovery (members put over those answers). Without any: as they should be."""
        self.order("claims", provider=provider, **changes)

    def apple_key(self, jwk, team=None):
        """From now on Apple's client secret must be signed by this key."""
        self.order("apple_key", jwk=jwk, team=team)

    def log(self, provider=None, endpoint=None):
        """What was asked, the oldest first: provider, endpoint, method, path, query, headers (lower case), body."""
        reply = requests.get(f"{self.origin}/_ctl/log", timeout=30)
        return [call for call in json.loads(reply.text)["calls"]
                if provider in (None, call["provider"]) and endpoint in (None, call["endpoint"])]
