"""A passkey in memory, from the parts of Yubico's fido2 and of cryptography; each step can be spoilt by its keywords."""
import hashlib
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG


class SoftwareKey:
    """`origin` is where the browser is that uses it. It counts from 1, unless `counts` is false."""

    def __init__(self, origin, rp_id="localhost", verifies=True, counts=True):
        self.origin, self.rp_id, self.verifies, self.counts = origin, rp_id, verifies, counts
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.user_handle, self.count = secrets.token_bytes(32), None, 0

    def next_count(self):
        self.count += 1 if self.counts else 0
        return self.count

    def flags(self, verifies):
        return FLAG.UP | (FLAG.UV if (self.verifies if verifies is None else verifies) else FLAG(0))

    def client_data(self, type, options, origin, challenge, cross_origin):
        return CollectedClientData.create(
            type, challenge or options["challenge"], origin or self.origin, cross_origin=cross_origin)

    def create(self, options, origin=None, challenge=None, rp_id=None, verifies=None, cross_origin=False,
               type="webauthn.create"):
        """Registers: the answer as WebAuthn's `toJSON` writes it."""
        assert -7 in [wanted["alg"] for wanted in options["pubKeyCredParams"]], "ES256 is not offered"
        assert options["rp"].get("id", self.rp_id) == self.rp_id, options["rp"]
        self.user_handle = options["user"]["id"]
        client_data = self.client_data(type, options, origin, challenge, cross_origin)
        credential = AttestedCredentialData.create(bytes(16), self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = AuthenticatorData.create(
            hashlib.sha256((rp_id or self.rp_id).encode()).digest(), self.flags(verifies) | FLAG.AT, self.next_count(),
            credential)
        return self.answer({
            "clientDataJSON": websafe_encode(client_data), "transports": ["internal"],
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {}))})

    def get(self, options, origin=None, challenge=None, rp_id=None, verifies=None, cross_origin=False,
            type="webauthn.get", count=None, key=None, user_handle=None):
        """Answers a challenge."""
        assert options.get("rpId", self.rp_id) == self.rp_id, options
        allowed = [websafe_decode(one["id"]) for one in options.get("allowCredentials", [])]
        assert not allowed or self.id in allowed, "this passkey is not asked for"
        client_data = self.client_data(type, options, origin, challenge, cross_origin)
        data = AuthenticatorData.create(
            hashlib.sha256((rp_id or self.rp_id).encode()).digest(), self.flags(verifies),
            self.next_count() if count is None else count)
        signed = (key or self.key).sign(data + client_data.hash, ec.ECDSA(hashes.SHA256()))
        return self.answer({
            "clientDataJSON": websafe_encode(client_data), "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signed), "userHandle": user_handle or self.user_handle})

    def answer(self, response):
        id = websafe_encode(self.id)
        return {"id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
                "clientExtensionResults": {}, "response": response}
