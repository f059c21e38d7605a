"""People come along from other systems: real hashes, the real command, a sign-in over HTTP with each, and what is in
the database afterwards. Nobody resets a password."""
import json
import re
import time

import pytest

from martlet import PASSWORD, Martlet
from old_systems import HASHERS, Firebase, auth0_hash, django_user, keycloak_user
from person import Person

AGED = "an old password of "
TODAY = re.compile(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$")


def password_of(name):
    return AGED + name


def files():
    """By format: what the file holds, and the arguments it needs."""
    django = [{"model": "auth.group", "pk": 1, "fields": {"name": "staff"}}]
    django += [django_user(number, f"{scheme}@Example.org", password_of(scheme), scheme, groups=[1])
               for number, scheme in enumerate(HASHERS, 1)]
    django += [
        django_user(30, "unusable@example.org", "", "!"),
        django_user(31, "gone@example.org", password_of("gone"), "bcrypt", is_active=False),
        django_user(32, "unsalted@example.org", "", "9cc2ae8a1ba7a93da39b46fc1019c481"),
        django_user(33, "unproven@example.org", password_of("unproven"), "bcrypt"),
        {"model": "otp_totp.totpdevice", "pk": 1, "fields": {"user": 1, "key": "planted TOTP seed"}}]
    django += [{"model": "account.emailaddress", "pk": number, "fields": {
        "user": number, "email": f"{scheme}@example.org", "verified": True, "primary": True}}
        for number, scheme in enumerate(HASHERS, 1)]
    keycloak = {"realm": "shop", "roles": {"realm": [{"name": "staff"}]}, "users": [
        keycloak_user(f"kc-{algorithm}", password_of(f"kc-{algorithm}"), algorithm)
        for algorithm in ("pbkdf2", "pbkdf2-sha256", "pbkdf2-sha512", "argon2")]}
    auth0 = [{"_id": {"$oid": "60425dc4"}, "email": "auth0@example.org", "email_verified": True,
              "passwordHash": auth0_hash(password_of("auth0"))},
             {"user_id": "auth0|7", "email": "sha@example.org", "email_verified": True, "custom_password_hash": {
                 "algorithm": "sha1", "hash": {"value": "c5d9e4f5cf9b2f9bd3d1ff5ab2f2f0a2f0e1b0aa", "encoding": "hex"}}}]
    firebase = {"users": [Firebase.user("firebase", password_of("firebase"))]}
    return {"django": json.dumps(django, indent=2), "keycloak": json.dumps(keycloak), "firebase": json.dumps(firebase),
            "auth0": "\n".join(map(json.dumps, auth0))}


# Who signs in, and the id that the old system knew them by.
PEOPLE = {scheme: ("django", str(number)) for number, scheme in enumerate(HASHERS, 1)} | {
    f"kc-{name}": ("keycloak", f"id-of-kc-{name}") for name in ("pbkdf2", "pbkdf2-sha256", "pbkdf2-sha512", "argon2")} | {
    "auth0": ("auth0", "auth0|60425dc4"), "firebase": ("firebase", "id-of-firebase")}


@pytest.fixture(scope="module")
def house():
    server = Martlet()
    server.add_person()
    with server:
        server.imported = {}
        for name, text in files().items():
            (server.folder / f"{name}.json").write_text(text)
        (server.folder / "hash_config.txt").write_text(Firebase.parameters)
        for name in ("django", "keycloak", "auth0"):
            server.imported[name] = server.command("user", "import", f"{name}.json", check=False)
        server.imported["firebase"] = server.command(
            "user", "import", "firebase.json", "--format", "firebase", "--hash-config", "hash_config.txt", check=False)
        yield server


def hash_of(house, name):
    return house.sql(f"SELECT password_hash FROM accounts WHERE canonical_email = '{name}@example.org'")


def sign_in(house, name, password):
    person = Person(f"{name}@example.org", password)
    return person.sign_in_on(person.go(house.issuer + "/sign-in"))


def test_everybody_comes_and_what_cannot_is_said(house):
    assert all(result.returncode == 0 for result in house.imported.values()), house.imported
    told = house.imported["django"].stdout
    assert f"{len(HASHERS) + 4} people came along from Django" in told
    assert "4 people of them have an address that nobody has proven" in told
    assert "2 people of them have no password here" in told and "second factors (totp): 1" in told
    assert "unsalted@Example.org" in told or "unsalted@example.org" in told
    assert "planted TOTP seed" not in told and "9cc2ae8a" not in told


@pytest.mark.parametrize("name", PEOPLE)
def test_the_old_password_opens_and_becomes_argon2id_at_the_first_sign_in(house, name):
    before = hash_of(house, name)
    assert ":" in before and not TODAY.match(before)
    assert sign_in(house, name, password_of(name) + "?").path == "/sign-in"
    assert hash_of(house, name) == before
    assert sign_in(house, name, password_of(name)).path == "/account"
    after = hash_of(house, name)
    assert TODAY.match(after) and len(after) < 120
    source, old = PEOPLE[name]
    known = json.loads(house.sql(f"SELECT attributes FROM accounts WHERE canonical_email = '{name}@example.org'"))
    assert known == {f"legacy_sub_{source}": old}


def test_the_new_hash_opens_like_any_other(house):
    assert TODAY.match(hash_of(house, "bcrypt"))
    assert sign_in(house, "bcrypt", password_of("bcrypt")).path == "/account"
    assert sign_in(house, "bcrypt", password_of("bcrypt") + "?").path == "/sign-in"


def test_what_was_known_of_people_came_along(house):
    columns = "email_verified, name, given_name, preferred_username, status, created_at"
    row = house.sql(f"SELECT {columns} FROM accounts WHERE canonical_email = 'pbkdf2_sha256@example.org'")
    assert row == "1|Ann Pbkdf2_Sha256|Ann|pbkdf2_sha256|active|1709296200"
    assert house.sql("SELECT email_verified FROM accounts WHERE canonical_email = 'unproven@example.org'") == "0"
    assert house.sql("SELECT count(*) FROM account_roles WHERE role = 'staff'") == str(len(HASHERS) + 4)


def test_an_address_that_was_never_proven_is_proven_first(house):
    assert sign_in(house, "unproven", password_of("unproven")).path not in ("/account", "/sign-in")
    assert TODAY.match(hash_of(house, "unproven"))


@pytest.mark.parametrize("name,password", [
    ("unusable", "!"), ("unusable", ""), ("unsalted", "correct horse battery staple"), ("gone", password_of("gone"))])
def test_nothing_opens_what_was_shut_or_had_no_password(house, name, password):
    assert sign_in(house, name, password or " ").path == "/sign-in"


def test_the_same_file_again_changes_nothing(house):
    before = house.command("user", "export", "--with-password-hashes").stdout
    for name in ("django", "keycloak", "auth0"):
        again = house.command("user", "import", f"{name}.json", "--json")
        lines = [json.loads(line) for line in again.stdout.splitlines()]
        assert lines[-1]["summary"]["created"] == 0 and lines[-1]["summary"]["refused"] == 0
        assert {line["outcome"] for line in lines[:-1]} == {"taken"}
    assert house.command("user", "export", "--with-password-hashes").stdout == before


def bring(house, number, email, *options):
    """Somebody from Django: the exit code, and what was said of them."""
    (house.folder / "one.json").write_text(json.dumps([
        {"model": "auth.user", "pk": number, "fields": {"email": email, "password": "!"}}]))
    done = house.command("user", "import", "one.json", "--json", *options, check=False)
    return done.returncode, json.loads(done.stdout.splitlines()[0])


def test_whoever_has_another_address_by_now_is_not_doubled(house):
    assert bring(house, 4711, "before@example.org")[0] == 0
    house.sql("UPDATE accounts SET email = 'after@example.org', canonical_email = 'after@example.org'"
              " WHERE canonical_email = 'before@example.org'")
    for options in ([], ["--dry-run"], ["--even-deleted"]):
        code, told = bring(house, 4711, "before@example.org", *options)
        assert code == 0 and told["outcome"] == "taken" and "another address" in told["remarks"][0]
    assert house.sql("SELECT count(*) FROM accounts WHERE canonical_email = 'before@example.org'") == "0"
    # Number 4711 of another site is somebody else.
    code, told = bring(house, 4711, "before@example.org", "--source", "shop")
    assert code == 0 and told["outcome"] == "created"
    assert "legacy_sub_shop" in house.sql(
        "SELECT attributes FROM accounts WHERE canonical_email = 'before@example.org'")


def test_whoever_was_deleted_for_good_does_not_come_back_unasked(house):
    assert bring(house, 4712, "leaver@example.org")[0] == 0
    whole = house.command("user", "export").stdout
    house.command("user", "delete", "leaver@example.org", "--yes", "--quiet", "--reason", "asked for it")
    house.command("accounts", "purge", "--days", "0", "--no-input")
    for options in ([], ["--dry-run"]):
        code, told = bring(house, 4712, "leaver@example.org", *options)
        assert code == 1 and told["outcome"] == "refused" and "--even-deleted" in told["remarks"][0]
    mine = next(line for line in whole.splitlines() if "leaver@example.org" in line)
    (house.folder / "mine.json").write_text(mine + "\n")
    assert house.command("user", "import", "mine.json", check=False).returncode == 1
    assert "leaver" not in house.sql("SELECT canonical_email FROM accounts")
    code, told = bring(house, 4712, "leaver@example.org", "--even-deleted")
    assert code == 0 and told["outcome"] == "created"


FORGOTTEN = {"users": [Firebase.user("forgotten", "never used")]}


@pytest.mark.parametrize("text,options,words", [
    (json.dumps(FORGOTTEN), [], "--hash-config"), (json.dumps(FORGOTTEN), ["--dry-run"], "--hash-config"),
    (json.dumps(FORGOTTEN), ["--format", "firebase"], "--without-passwords"),
    (json.dumps(FORGOTTEN), ["--addresses-proven"], "goes with --format django"),
    (json.dumps(FORGOTTEN), ["--groups-as-roles"], "goes with --format keycloak"),
    (json.dumps([django_user(99, "forgotten@example.org", "x", "!")]), ["--hash-config", "hash_config.txt"],
     "goes with --format firebase"),
    (json.dumps([django_user(99, "forgotten@example.org", "x", "!")]), ["--without-passwords"],
     "goes with --format firebase"),
    ('{"format": "martlet-user-1"}', ["--source", "old"], "--source")])
def test_what_would_lose_passwords_or_was_meant_for_another_file_is_asked_wrongly(house, text, options, words):
    (house.folder / "wrong.json").write_text(text)
    refused = house.command("user", "import", "wrong.json", *options, check=False)
    assert refused.returncode == 2 and words in refused.stderr, refused
    assert house.sql("SELECT count(*) FROM accounts WHERE canonical_email LIKE 'forgotten@%'") == "0"


def test_people_of_firebase_come_without_passwords_where_that_is_meant(house):
    (house.folder / "meant.json").write_text(json.dumps(FORGOTTEN))
    told = house.command("user", "import", "meant.json", "--without-passwords").stdout
    assert "1 person of them have no password here" in told


@pytest.mark.parametrize("text,code,words", [
    ("", 2, "--format"), ("{", 2, "--format"), ('{"users": [], "realm": "x"}', 1, "holds nobody"),
    ('[{"model": "auth.user", "fields": {}}', 1, "nothing was imported"),
    ('[{"model": "auth.user", "fields": {"email": "new@example.org", "password": "!"}}', 1, "nothing was imported"),
    ('[{"model": "x.y", "fields": {"email": "no address", "password": "!"}}]', 1, "refused"),
    ('[{"model": "x.y", "fields": {"email": "new@example.org", "password": "pbkdf2_sha256$1$x"}}]', 1, "damaged"),
    ('[{"model": "x.y", "model": "z", "fields": {}}]', 1, "not JSON"),
    ('[{"model": "x.y", "fields": {"email": "new@example.org", "password": "!"}}, {"model": "z", "model": "z"}]', 1,
     "nothing was imported"),
    ('[{"model": "x.y", "fields": {"email": "new@example.org", "password": "!"}}, 5]', 1, "nothing was imported"),
    ('[[], {"model": "x.y", "fields": {"email": "new@example.org", "password": "!"}}]', 1, "nothing was imported")])
def test_what_is_damaged_or_asked_wrongly_imports_nobody(house, text, code, words):
    (house.folder / "bad.json").write_text(text)
    before = house.sql("SELECT count(*) FROM accounts")
    refused = house.command("user", "import", "bad.json", check=False)
    assert refused.returncode == code and words in refused.stdout + refused.stderr
    assert house.sql("SELECT count(*) FROM accounts") == before


def test_an_export_has_no_hash_unasked_and_moves_people_to_another_house(house):
    plain = house.command("user", "export").stdout
    assert "password_hash" not in plain and "argon2" not in plain.replace("argon2@", "").replace('"argon2"', "").replace(
        "kc-argon2", "").replace("Ann argon2", "").replace("Argon2", "")
    assert len(plain.splitlines()) == int(house.sql("SELECT count(*) FROM accounts"))
    house.command("user", "export", "people.out", "--with-password-hashes")
    assert (house.folder / "people.out").stat().st_mode & 0o777 == 0o600
    assert house.command("user", "export", "people.out", check=False).returncode == 1
    with Martlet() as other:
        (other.folder / "people.out").write_bytes((house.folder / "people.out").read_bytes())
        foreseen = other.command("user", "import", "people.out", "--dry-run")
        assert other.sql("SELECT count(*) FROM accounts") == "0" and "Nothing was written" in foreseen.stdout
        other.command("user", "import", "people.out")
        mine, theirs = (sorted(json.loads(line)["sub"] for line in each.command("user", "export").stdout.splitlines())
                        for each in (house, other))
        assert mine == theirs
        assert sign_in(other, "ada", PASSWORD).path == "/account"
        # The first one was an administrator there; nobody is by a file.
        assert other.sql("SELECT count(*) FROM account_roles WHERE role = 'administrator'") == "0"


def test_what_was_done_is_on_record_without_anybody_s_name(house):
    for kind in ("people_imported", "people_exported"):
        found = [json.loads(line) for line in house.command("audit", "--json", "--kind", kind).stdout.splitlines()]
        assert found and all(event["actor"].startswith("operator:") and "subject" not in event for event in found)
        assert "example.org" not in json.dumps(found)


@pytest.fixture
def slow():
    """Nobody serves yet; somebody of our own is there, and a file of people whose hashes are dear: a million rounds take
    a quarter of a second and more, one of our own hashes a tenth of that."""
    server = Martlet()
    (server.folder / "slow.json").write_text(json.dumps([
        django_user(number, f"imported{number}@example.org", "never used", "pbkdf2_sha256") for number in range(3)]))
    for number in range(3):
        server.command("user", "add", "--email", f"ours{number}@example.org", stdin=PASSWORD + "\n")
    yield server
    server.stop()


@pytest.mark.alone
def test_a_wrong_password_takes_as_long_for_nobody_as_for_an_imported_hash(slow):
    """PW10, measured. The quickest of several is compared, which other work on the machine disturbs least."""
    slow.command("user", "import", "slow.json")
    with slow:
        # The first answer of all waits already.
        assert time_of(slow, "nobody9") > 0.1
        rounds = rounds_until_all_take_as_long(slow, tried=1)
    assert min(min(times.values()) for times in rounds) > 0.1, rounds


@pytest.mark.alone
def test_a_server_that_runs_learns_of_an_import_within_moments(slow):
    """PW10: no wrong password is quicker for nobody than for somebody who came while the server ran."""
    with slow:
        time_of(slow, "nobody9")
        slow.command("user", "import", "slow.json")
        # Each try is another name's: what a limit refuses is refused at once.
        for tried in range(2, 21):
            if time_of(slow, f"nobody{8 + tried}") > 0.1:
                break
            time.sleep(0.25)
        else:
            raise AssertionError("nobody's password was never as slow as an imported one")
        rounds = rounds_until_all_take_as_long(slow, tried)
    assert min(rounds[-1].values()) > 0.1, rounds


# So many wrong passwords are looked at in a quarter of an hour from one network, and ten for one name from there.
TRIES = 60


def rounds_until_all_take_as_long(house, tried):
    """How long a wrong password takes, by whose it is: only what one server says on one machine is compared. There are as
    many rounds as the limit leaves; beyond it everybody is refused at once."""
    rounds = []
    while not rounds or max(rounds[-1].values()) > 1.3 * min(rounds[-1].values()):
        assert tried + 9 * (len(rounds) + 1) <= TRIES, rounds
        rounds.append({kind: min(time_of(house, f"{kind}{number}") for number in range(3)) for kind in
                       ("imported", "nobody", "ours")})
    return rounds


def time_of(house, name):
    person = Person(f"{name}@example.org", "a wrong password")
    page = person.go(house.issuer + "/sign-in")
    began = time.monotonic()
    assert person.sign_in_on(page).path == "/sign-in"
    return time.monotonic() - began
