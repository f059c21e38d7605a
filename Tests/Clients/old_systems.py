"""Files of people as other systems write them. Django's hashes are made by Django itself, the others by libraries
nobody here wrote."""
import base64
import hashlib
import json

import argon2.low_level
import bcrypt
import django
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

HASHERS = {
    "pbkdf2_sha256": "PBKDF2PasswordHasher", "pbkdf2_sha1": "PBKDF2SHA1PasswordHasher", "argon2": "Argon2PasswordHasher",
    "bcrypt_sha256": "BCryptSHA256PasswordHasher", "bcrypt": "BCryptPasswordHasher", "scrypt": "ScryptPasswordHasher",
    "md5": "MD5PasswordHasher"}
settings.configure(PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}" for name in HASHERS.values()])
django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402  after settings

SALT = b"of the old shop!"


def encoded(data):
    return base64.b64encode(data).decode()


def django_user(number, email, password, scheme, **fields):
    """With Django's own parameters of today: a million rounds."""
    return {"model": "auth.user", "pk": number, "fields": {
        "username": email.split("@")[0], "email": email, "first_name": "Ann", "last_name": scheme.title(),
        "password": make_password(password, hasher=scheme) if scheme in HASHERS else scheme, "is_active": True,
        "is_superuser": False, "groups": [], "date_joined": "2024-03-01T12:30:00.123Z"} | fields}


def keycloak_user(name, password, algorithm, **fields):
    if algorithm == "argon2":
        data = {"algorithm": "argon2", "hashIterations": 5, "additionalParameters": {
            "hashLength": ["32"], "memory": ["7168"], "type": ["id"], "version": ["1.3"], "parallelism": ["1"]}}
        value = argon2.low_level.hash_secret_raw(password.encode(), SALT, 5, 7168, 1, 32, argon2.low_level.Type.ID)
    else:
        data = {"algorithm": algorithm, "hashIterations": 210000, "additionalParameters": {}}
        digest = algorithm.replace("pbkdf2-", "").replace("pbkdf2", "sha1")
        value = hashlib.pbkdf2_hmac(digest, password.encode(), SALT, 210000)
    return {"id": "id-of-" + name, "username": name, "email": name + "@example.org", "emailVerified": True, "enabled": True,
            "firstName": "Ann", "lastName": algorithm, "createdTimestamp": 1709296200123, "credentials": [
                {"type": "password", "credentialData": json.dumps(data),
                 "secretData": json.dumps({"value": encoded(value), "salt": encoded(SALT)})}],
            "realmRoles": ["offline_access", "staff"]} | fields


def auth0_hash(password):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(10)).decode()


class Firebase:
    signer = bytes(range(64))
    separator = b"\x07"
    parameters = ("hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: " + encoded(signer) + ",\n"
                  "  base64_salt_separator: " + encoded(separator) + ",\n  rounds: 8,\n  mem_cost: 14,\n}\n")

    @classmethod
    def user(cls, name, password):
        keys = hashlib.scrypt(
            password.encode(), salt=SALT + cls.separator, n=2 ** 14, r=8, p=1, maxmem=2 ** 26, dklen=64)
        cipher = Cipher(algorithms.AES(keys[:32]), modes.CTR(bytes(16))).encryptor()
        return {"localId": "id-of-" + name, "email": name + "@example.org", "emailVerified": True,
                "passwordHash": encoded(cipher.update(cls.signer)), "salt": encoded(SALT), "createdAt": "1709296200123"}
