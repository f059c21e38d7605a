"""The house that people with second factors come to, how its time is turned, and what it records."""
import contextlib
import json

from martlet import PASSWORD, Martlet
from person import Person
from relying_party import RelyingParty
from waiting import eventually

# The apps
CALLBACK = "http://127.0.0.1:9913/callback"
SECRET = "the app's secret"
APPS = ("wiki", "shop", "free")


def furnish(house):
    for name in APPS:
        house.add_client(
            name, SECRET, redirect_uris=[f"{CALLBACK}/{name}"], scope="openid profile email offline_access",
            grant_types=["authorization_code", "refresh_token"], martlet_skips_consent=True)


SETTINGS = {"MARTLET_LIMITS_MAILS_PER_NETWORK": "1000", "MARTLET_SECOND_FACTOR_EXEMPT_CLIENTS": "free"}


@contextlib.contextmanager
def serving(**settings):
    """A house with three apps, of which `free` is exempt."""
    house = Martlet(settings=SETTINGS | settings)
    furnish(house)
    with house:
        yield house


def app_of(house, name="wiki", scope="openid profile email"):
    return RelyingParty(house.issuer, name, SECRET, f"{CALLBACK}/{name}", scope)


def visitor(email=None, password=PASSWORD):
    return Person(email, password, clients=[CALLBACK])


def account(email):
    return f"(SELECT id FROM accounts WHERE canonical_email = '{email}')"


def number(house, statement):
    return int(house.sql("SELECT count(*) FROM " + statement))


def calm(house):
    """As if nobody had tried anything, nor asked for mail, for long. Locks of second factors are no such counts."""
    house.sql("DELETE FROM throttle_counters")


def restart(house, **settings):
    house.stop()
    house.environment |= settings
    house.start()


# Time is turned in what is kept, for nobody can wait for it


def later(house, email):
    """As if the last code of the authenticator app were from long ago."""
    house.sql(f"UPDATE factors SET last_step = 1 WHERE kind = 'totp' AND account_id = {account(email)}")


def age_sessions(house, email, seconds):
    """As if everything in the ledgers of a person had been proven so much earlier."""
    rows = house.sql(f"SELECT id, proofs FROM sessions WHERE subject = {account(email)}").splitlines()
    for row in rows:
        id, ledger = row.split("|", 1)
        ledger = json.dumps([[method, when - seconds] for method, when in json.loads(ledger)])
        house.sql(f"UPDATE sessions SET proofs = '{ledger}', authenticated_at = authenticated_at - {seconds}, "
                  f"factor_at = factor_at - {seconds} WHERE id = '{id}'")


def age(house, table, email, seconds, *columns):
    moved = ", ".join(f"{column} = {column} - {seconds}" for column in columns)
    house.sql(f"UPDATE {table} SET {moved} WHERE account_id = {account(email)}")


# Records


def events(house, kind):
    told = house.command("audit", "--json", "--kind", kind, "--limit", "1000").stdout
    return [json.loads(line) for line in told.splitlines()]


def subject_of(house, email):
    return house.sql("SELECT id FROM accounts WHERE canonical_email = " + f"'{email}'")


def told_of(house, kind, email, within=10):
    """Events of a kind about somebody; waits for the first."""
    subject = subject_of(house, email)
    return eventually(lambda: [event for event in events(house, kind) if event.get("subject") == subject], within)
