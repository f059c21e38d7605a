"""What keeps `martlet serve` from starting is told in a sentence that says what, where and what to do; it ends with 1,
tells no secret, and neither makes nor changes anything (CF3, CF7, CR5). A wrong or missing master key is in
test_wire.py, a taken port and a wrong folder are in test_people.py, a newer schema is in test_backup.py."""
import os
import random
import re
import shutil
import socket
import subprocess

import postgresql
import pytest
from martlet import ENGINE, ROOT, Martlet, free_port
from small_disk import SmallDisk

SECRET = "hunter2-of-the-database"


@pytest.fixture
def house(tmp_path):
    """Not running, with a person in it; removed by whoever has made it."""
    house = Martlet()
    house.add_client("app", redirect_uris=["https://app.example/cb"], token_endpoint_auth_method="none")
    house.add_person()
    yield house
    house.__exit__()


def kept(house):
    """Every file of the house with what is in it, and every row."""
    files = {path: path.read_bytes() for path in house.folder.rglob("*") if path.is_file()}
    return files, postgresql.dump(house.database) if house.database else None


def refused(house, *words, faults=1, **environment):
    before = kept(house)
    environment = {name: value for name, value in (house.environment | environment).items() if value is not None}
    answer = house.command("serve", check=False, environment=environment)
    assert answer.returncode == 1 and answer.stdout == "", answer
    told = answer.stderr.splitlines()
    assert len(told) == faults and all(line.startswith("error: ") for line in told), answer.stderr
    for word in words:
        assert word in answer.stderr, (word, answer.stderr)
    assert not re.search(r"Fatal|Stack|Crash|StorageError|\.swift|0x[0-9a-f]{6}", answer.stderr), answer.stderr
    assert SECRET not in answer.stderr
    assert kept(house) == before, "something was made or changed"
    return answer.stderr


# The file of a database

DAMAGE = {
    "every page but the first": lambda data: data[:4096] + random.Random(1).randbytes(len(data) - 4096),
    "half of it is gone": lambda data: data[:len(data) // 2],
    "all but a page is gone": lambda data: data[:5000],
    "the page of the schema": lambda data: data[:100] + bytes(3996) + data[4096:],
}


@pytest.mark.sqlite
@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_database_is_refused_and_left_as_it_is(house, name):
    path = house.folder / "data/martlet.db"
    good = path.read_bytes()
    path.write_bytes(DAMAGE[name](good))
    refused(house, "data/martlet.db", "damaged", "restore a backup", "the setting database")
    path.write_bytes(good)
    assert "ada@example.org" in house.command("user", "list").stdout


@pytest.mark.sqlite
def test_what_is_no_database_at_all_is_refused_and_left_as_it_is(house):
    (house.folder / "data/martlet.db").write_bytes(b"Dear diary, " * 1000)
    refused(house, "data/martlet.db cannot be opened as a database: it is not an SQLite database", "setting database")


@pytest.mark.sqlite
def test_a_database_that_cannot_be_written_to_is_refused(house):
    """Its folder is a file system for reading alone: rights would not stop a test that root runs."""
    house.binary, program = str(house.folder / "read-only"), house.binary
    (house.folder / "read-only").write_text(
        f'#!/bin/sh\nexec unshare -m {"" if os.geteuid() == 0 else "-r"} sh -c \'mount --bind data data && mount -o remount,ro,bind data && '
        f'exec {program} "$@"\' sh "$@"\n')
    (house.folder / "read-only").chmod(0o700)
    refused(house, "data/martlet.db cannot be opened as a database: ", "written", "the setting database")


@pytest.mark.sqlite
def test_a_start_on_a_full_disk_is_refused_with_what_to_do():
    house = SmallDisk("64k", make_keys=True)
    answer = subprocess.run(
        [*house.starter, house.binary, "serve"], cwd=house.folder, env=house.environment, capture_output=True,
        text=True, timeout=60)
    assert answer.returncode == 1 and answer.stdout == "" and answer.stderr.count("\n") == 1, answer
    assert f"error: the database is not available: the disk of {house.folder}/data/martlet.db is full" in answer.stderr
    assert "make room there; see the setting database" in answer.stderr
    assert not list((house.folder / "Keys").iterdir())
    shutil.rmtree(house.folder)


@pytest.mark.sqlite
@pytest.mark.parametrize("path,words", [
    ("/proc/nowhere/martlet.db", "No such file or directory"), ("data", "Is a directory"),
    ("martlet.yaml/martlet.db", "Not a directory")])
def test_a_place_where_no_database_can_be_is_named(house, path, words):
    (house.folder / "martlet.yaml").write_text("log: {level: info}\n")
    refused(house, f"{path} cannot be opened as a database: ", words, "the setting database", MARTLET_DATABASE=path)


# The address of a database


@pytest.fixture(scope="module")
def silent():
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


@pytest.mark.postgresql
@pytest.mark.parametrize("name", ["password", "role", "database", "host", "port", "silent", "option", "encryption"])
def test_a_wrong_database_url_is_refused_and_its_password_told_to_nobody_CF3(house, silent, name):
    folder, database = postgresql.address("x").split("host=")[1], house.database
    if name == "password":
        postgresql.run("DO $$ BEGIN CREATE ROLE locked LOGIN PASSWORD 'another'; EXCEPTION WHEN duplicate_object "
                       "THEN NULL; END $$")
    address, words = {
        "password": (f"locked:{SECRET}@/{database}?host={folder}", "password authentication failed"),
        "role": (f"nobody:{SECRET}@/{database}?host={folder}", 'role "nobody" does not exist'),
        "database": (f"postgres:{SECRET}@/nothing?host={folder}", 'database "nothing" does not exist'),
        "host": (f"postgres:{SECRET}@nowhere.invalid/{database}", "could not translate host name"),
        "port": (f"postgres:{SECRET}@127.0.0.1:{free_port()}/{database}", "Connection refused"),
        "silent": (f"postgres:{SECRET}@127.0.0.1:{silent}/{database}", "timeout expired"),
        "option": (f"postgres:{SECRET}@127.0.0.1/{database}?sslmod=x", "unknown option sslmod"),
        "encryption": (f"postgres:{SECRET}@db.example/{database}?sslmode=disable", "sslmode"),
    }[name]
    what_to_do = () if name in ("option", "encryption") else (
        "see that it runs, and that host, name, role and password in database_url are right",)
    refused(house, words, "database_url", *what_to_do, MARTLET_DATABASE_URL="postgres://" + address)


@pytest.mark.postgresql
def test_a_schema_of_a_newer_version_is_refused_before_anything_is_written(house):
    house.sql("INSERT INTO schema_migrations (version, name) VALUES (99, 'future')")
    refused(house, "has step 99 of the schema", "run the newer version that made it", "the setting database_url")


# Files of settings and clients


def test_all_faults_of_the_settings_are_told_at_once_each_with_its_place_and_the_likely_name_CF7(house):
    (house.folder / "martlet.yaml").write_text(
        "issuer: ftp://id.example.com\n"
        "lifetimes:\n  acces_token: 10m\n  id_token: 10 years\n"
        "listen: {prot: 80}\n"
        f"databse_url: postgres://me:{SECRET}@localhost/x\n"
        f"database_url: postgres://me:{SECRET}@localhost/x\n")
    refused(
        house, "martlet.yaml:1:9: issuer is “ftp://id.example.com”; expected an address such as https://id.example.com",
        "martlet.yaml:3:3: there is no setting “lifetimes.acces_token”; did you mean lifetimes.access_token?",
        "martlet.yaml:4:13: lifetimes.id_token is “10 years”; expected a time from 1m to 1h",
        "martlet.yaml:5:10: there is no setting “listen.prot”; did you mean listen.port?",
        "martlet.yaml:6:1: there is no setting “databse_url”; did you mean database_url?",
        "martlet.yaml:7:1: database_url is a secret and must not stand here; give it by MARTLET_DATABASE_URL, "
        "MARTLET_DATABASE_URL_FILE or database_url_file",
        "MARTLET_LIMITS_BODY_BITES: there is no setting", "did you mean MARTLET_LIMITS_BODY_BYTES?",
        faults=7, MARTLET_ISSUER=None, MARTLET_LIMITS_BODY_BITES="1")


def test_settings_that_are_no_yaml_are_refused_with_the_place(house):
    (house.folder / "martlet.yaml").write_text("issuer: [\n  a: b\n")
    refused(house, "martlet.yaml:3:1: the file is no YAML")


def test_the_settings_that_readme_shows_are_understood(house):
    """For two processes: nothing about them is refused but that nobody answers behind the address."""
    shown = re.findall(r"    issuer: https://id\.example\.com\n(?:    .+\n)+", (ROOT / "README.md").read_text())
    assert len(shown) == 2 and "database_url_file" in shown[1]
    (house.folder / "martlet.yaml").write_text(re.sub("^    ", "", shown[1], flags=re.M))
    address = re.search(r"# (postgres://[^\s;]+)", shown[1])[1].replace("localhost", f"localhost:{free_port()}")
    (house.folder / "database_url.txt").write_text(address + "\n")
    (house.folder / "database_url.txt").chmod(0o600)
    refused(
        house, "PostgreSQL martlet on localhost", "cannot be reached", MARTLET_ISSUER=None, MARTLET_DATABASE_URL=None)


def test_all_faults_of_the_client_files_are_told_at_once_each_with_its_place(house):
    clients = house.folder / "Clients"
    (clients / "shop.json").write_text(
        '{"client_id": "shop",\n "client_nam": "Shop",\n "token_endpoint_auth_method": "none",\n'
        ' "redirect_uris": ["https://shop.example/cb",\n  "http://shop.example/cb"]}')
    (clients / "half.json").write_text('{"client_id": "half",\n')
    (clients / "other.json").write_text('{"client_id": "another", "token_endpoint_auth_method": "none",\n'
                                        ' "redirect_uris": ["https://a.example/cb"]}')
    refused(
        house, 'Clients/shop.json:2:2: "client_nam" is not a known name (did you mean client_name?)',
        "Clients/shop.json:5:3: this address uses http; only https", "Clients/half.json:2:1: this is not JSON",
        "Clients/other.json:1:", faults=4)
    for name in ("shop", "half", "other"):
        (clients / f"{name}.json").unlink()
    with house:
        pass


def test_the_engine_is_the_one_that_was_asked_for(house):
    """So that nothing above is shown for the wrong one."""
    assert (house.database is None) == (ENGINE == "sqlite") == (house.folder / "data/martlet.db").exists()
