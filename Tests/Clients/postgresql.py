"""A throw-away PostgreSQL server for one run of tests, started when the first database is asked for; it ends with this
process, for its input does."""
import itertools
import pathlib
import subprocess
import urllib.parse

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "postgresql.sh"
_numbers = itertools.count(1)
_server = None


def _folder():
    global _server
    if _server is None:
        process = subprocess.Popen(
            ["/bin/sh", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        answer = process.stdout.readline().strip()
        assert answer.startswith("ready "), answer
        _server = (process, answer.removeprefix("ready "))
    return _server[1]


def run(sql, database="postgres"):
    """SQL as the owner of everything; gives what it prints."""
    result = subprocess.run(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", _folder(), "-U", "postgres", "-d", database, "-c", sql],
        capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def dump(database):
    """Every row of it."""
    result = subprocess.run(
        ["pg_dump", "-h", _folder(), "-U", "postgres", "--data-only", "--inserts", database],
        capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout


def order(word):
    """`stop`, `start`, `freeze` or `thaw`; back when it is done."""
    _folder()
    process = _server[0]
    process.stdin.write(word + "\n")
    process.stdin.flush()
    assert process.stdout.readline().strip() == word


def make_database():
    name = f"martlet{next(_numbers)}"
    run(f"CREATE DATABASE {name}")
    return name


def drop_database(name):
    run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def address(database, role="postgres"):
    return f"postgres://{role}@/{database}?host={urllib.parse.quote(_folder(), safe='')}"
