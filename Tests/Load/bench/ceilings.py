"""What this machine can do at all, each for a second or two: signing, hashing, and making one row durable."""
import ctypes
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from machine import CORES

# One row made durable after the other, as the server's SQLite is set. A program of its own, for a slowed disk too.
SQLITE_COMMITS = """
import sqlite3, sys, time
database, seconds = sqlite3.connect(sys.argv[1], isolation_level=None), float(sys.argv[2])
for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON",
                  "CREATE TABLE token(digest BLOB PRIMARY KEY, client TEXT, expires INTEGER)"):
    database.execute(statement)
count, began = 0, time.monotonic()
while time.monotonic() < began + seconds:
    database.execute("INSERT INTO token VALUES(randomblob(32), 'client', 1800000000)")
    count += 1
print(count / (time.monotonic() - began))
"""
POSTGRESQL_TABLE = "CREATE TABLE token(digest BYTEA PRIMARY KEY, client TEXT, expires BIGINT)"
POSTGRESQL_ROW = "INSERT INTO token VALUES (decode(md5(random()::text), 'hex'), 'client', 1800000000);\n"


def signatures(algorithm, cores=1):
    """Signatures a second by OpenSSL's own measure, on one core or on several."""
    several = ["-multi", str(cores)] if cores > 1 else []
    done = subprocess.run(
        ["openssl", "speed", "-seconds", "1", *several, algorithm], capture_output=True, text=True, check=True)
    return float(re.findall(r"([\d.]+)", done.stdout.splitlines()[-1])[-2])


def argon2_rate(seconds=2, threads=CORES):
    """Argon2id with 19 MiB, two passes, one lane: what the server does with a password, on every core."""
    sodium = ctypes.CDLL("libsodium.so.23")
    assert sodium.sodium_init() >= 0
    counts, end = [0] * threads, time.monotonic() + seconds

    def work(index):
        out, password = ctypes.create_string_buffer(128), b"kettle orbit lantern mosaic"
        while time.monotonic() < end:
            code = sodium.crypto_pwhash_str(
                out, password, ctypes.c_ulonglong(len(password)), ctypes.c_ulonglong(2), ctypes.c_size_t(19456 * 1024))
            assert code == 0
            counts[index] += 1

    workers, began = [threading.Thread(target=work, args=[index]) for index in range(threads)], time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.monotonic() - began)


def sqlite_commits(seconds=1, environment=None):
    with tempfile.TemporaryDirectory(prefix="commits-") as folder:
        done = subprocess.run(
            [sys.executable, "-c", SQLITE_COMMITS, str(Path(folder) / "commits.db"), str(seconds)], env=environment,
            capture_output=True, text=True, check=True, timeout=60)
    return float(done.stdout)


def postgresql_commits(server, seconds=1, callers=1):
    """By pgbench, over the socket that Martlet uses as well."""
    database = server.database("commits")
    server.run(POSTGRESQL_TABLE, database)
    with tempfile.TemporaryDirectory(prefix="commits-") as folder:
        script = Path(folder) / "row.sql"
        script.write_text(POSTGRESQL_ROW)
        done = subprocess.run(
            [server.program("pgbench"), "-n", "-M", "prepared", "-f", str(script), "-c", str(callers), "-j", "1",
             "-T", str(seconds), "-h", server.folder, "-U", "postgres", database],
            capture_output=True, text=True, timeout=60)
    server.run(f"DROP DATABASE {database}")
    assert done.returncode == 0, done.stderr
    return float(re.search(r"tps = ([\d.]+)", done.stdout).group(1))


# What is measured, and what it is called.
TITLES = {
    "es256": "ES256 signatures, one core (`openssl speed`)",
    "es256_all": f"ES256 signatures, {CORES} cores (`openssl speed -multi`)",
    "rs256": "RS256 signatures, 3072 bits, one core (`openssl speed`)",
    "argon2": f"Argon2id hashes, 19 MiB and 2 passes, {CORES} threads (libsodium)",
    "sqlite_commits": "one-row durable commits one after the other, SQLite (WAL, synchronous=FULL)",
    "postgresql_commits": "one-row durable commits one after the other, PostgreSQL",
    "postgresql_commits_64": "one-row durable commits of 64 callers, PostgreSQL",
}


def measure(postgresql=None):
    """One round of all of them."""
    found = {
        "es256": signatures("ecdsap256"), "es256_all": signatures("ecdsap256", CORES), "rs256": signatures("rsa3072"),
        "argon2": argon2_rate(), "sqlite_commits": sqlite_commits()}
    if postgresql:
        found |= {"postgresql_commits": postgresql_commits(postgresql),
                  "postgresql_commits_64": postgresql_commits(postgresql, callers=64)}
    return found
