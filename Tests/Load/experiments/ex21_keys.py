"""Signing keys are rotated fifty times under load, while apps cache what was published.

Two processes sign; apps check every token with the key set as they last fetched it, at either door, and ask for it anew
only when their cache has run out. Ten minutes of caching are three seconds here, and the lead of a new key is turned to
four in its row, for nobody can wait for fifty days: that the lead as it was given is longer than apps may cache is read
from the row before. Tokens signed by keys that retired go on being good until their key is due to go, and then it is
gone. The short form rotates twice."""
import re
import threading
import time

import jwt
import requests
from apps import EMAIL
from guests import families
from trial import until

CACHE, LEAD = 3, 4
ALGORITHM = "ES256"


class App:
    """Fetches the keys when its cache has run out, never because of a token."""

    def __init__(self, doors, chance):
        self.doors, self.random, self.fetched, self.keys = doors, chance, -CACHE, {}

    def check(self, token):
        if time.monotonic() - self.fetched >= CACHE:
            begun = time.monotonic()
            found = requests.get(self.random.choice(self.doors) + "/jwks.json", timeout=30).json()["keys"]
            self.keys, self.fetched = {key["kid"]: jwt.PyJWK(key) for key in found}, begun
        kid = jwt.get_unverified_header(token)["kid"]
        jwt.decode(token, self.keys[kid], [ALGORITHM], options={"verify_aud": False})
        return kid


class Work:
    """Gets tokens at one door, and has them checked by apps and by the other door."""

    def __init__(self, house, doors, trial):
        self.house, self.doors, self.random = house, doors, trial.random
        self.stop, self.faults, self.checked, self.kept = threading.Event(), [], 0, {}

    def go(self, tokens):
        app = App(self.doors, self.random)
        while not self.stop.is_set():
            try:
                here, there = self.random.sample(self.doors, 2)
                answer = requests.post(here + "/token", timeout=30, data={
                    "grant_type": "refresh_token", "client_id": "app", "refresh_token": tokens["refresh_token"]})
                tokens = answer.json()
                token = tokens["access_token"]
                kid = app.check(token)
                asked = requests.post(there + "/introspect", auth=("watch", "watch's secret"), timeout=30,
                                      data={"token": token}).json()
                if not asked["active"]:
                    self.faults.append(("the other process does not believe it", kid))
                self.kept[kid] = token
                self.checked += 1
            except Exception as fault:
                self.faults.append(repr(fault)[:300])
                self.stop.wait(0.2)
            self.stop.wait(0.02)


def run(trial):
    rotations = trial.pick(2, 50)
    with trial.house() as house:
        house.add_person(EMAIL)
        second = house.sibling()
        second.start()
        try:
            work = Work(house, [house.own_address, second.own_address], trial)
            threads = [threading.Thread(target=work.go, args=[tokens]) for tokens in families(house, 4)]
            for thread in threads:
                thread.start()
            shortest = min(rotate(trial, house, work) for _ in range(rotations))
            work.stop.set()
            for thread in threads:
                thread.join()
            gone(trial, house, work)
        finally:
            second.stop()
        kept = requests.get(house.issuer + "/jwks.json", timeout=30).headers["Cache-Control"]
        allowed = int(re.search(r"max-age=(\d+)", kept)[1])
        trial.least("lead of a new key, as given", shortest, max(allowed, 600), " s")
        trial.none("tokens that were not verified", work.faults)
        trial.least("tokens verified", work.checked, rotations)
        trial.least("keys that signed", len(work.kept), rotations + 1)


def rotate(trial, house, work):
    """One key after the other, with its lead turned; gives the lead as it was."""
    house.command("key", "rotate", "--algorithm", ALGORITHM)
    newest = f"algorithm = '{ALGORITHM}' ORDER BY generation DESC LIMIT 1"
    row = house.sql(f"SELECT key_id, created_at, signs_from FROM signing_keys WHERE {newest}")
    kid, created, signs = row.split("|")
    soon = int(time.time()) + LEAD
    house.sql(f"UPDATE signing_keys SET retires_at = {soon} WHERE retires_at = {signs} AND algorithm = '{ALGORITHM}'")
    house.sql(f"UPDATE signing_keys SET signs_from = {soon} WHERE key_id = '{kid}'")
    until(lambda: kid in work.kept or work.stop.is_set(), 60, "the new key signs")
    return int(signs) - int(created)


def gone(trial, house, work):
    """What retired is published still, and what it signed is good; when its time is over, it is gone."""
    def published():
        found = requests.get(house.issuer + "/jwks.json", timeout=30).json()["keys"]
        return {key["kid"]: jwt.PyJWK(key) for key in found}

    keys, retired = published(), list(work.kept)[:-1]
    trial.none("keys that retired and are gone too soon", [kid for kid in retired if kid not in keys])
    for kid, token in work.kept.items():
        jwt.decode(token, keys[kid], [ALGORITHM], options={"verify_aud": False, "verify_exp": False})
    house.sql("UPDATE signing_keys SET retires_at = retires_at - 86400, signs_from = signs_from - 86400 "
              "WHERE retires_at IS NOT NULL")
    took = until(lambda: not set(retired) & set(published()), 30, "keys that are due are gone")
    trial.most("until a key that is due is gone", took, 5, " s", timed=True)
