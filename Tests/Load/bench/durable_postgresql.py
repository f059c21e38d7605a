"""PostgreSQL as the tests start it, except that it keeps what it promised: fsync is on."""
import glob
import itertools
import os
import shutil
import subprocess
import urllib.parse
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "postgresql.sh"


class DurablePostgreSQL:
    """Ends with the block, or with this program. `preload` is a library that the server loads, to slow its disk."""

    def __init__(self, preload=None):
        self.environment = os.environ | {"MARTLET_TEST_DURABLE": "1"}
        if preload:
            self.environment["LD_PRELOAD"] = str(preload)
        self.numbers = itertools.count(1)

    def __enter__(self):
        self.process = subprocess.Popen(
            ["/bin/sh", str(SCRIPT)], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            bufsize=1)
        answer = self.process.stdout.readline().strip()
        assert answer.startswith("ready "), answer
        self.folder = answer.removeprefix("ready ")
        self.root = int((Path(self.folder) / "data/postmaster.pid").read_text().split()[0])
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait(timeout=60)

    @staticmethod
    def program(name):
        found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
        return found[-1] if found else shutil.which(name) or name

    def run(self, sql, database="postgres", within=60):
        done = subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "postgres", "-d", database],
            input=sql, capture_output=True, text=True, timeout=within)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def database(self, name):
        name = f"{name}{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def address(self, database):
        return f"postgres://postgres@/{database}?host={urllib.parse.quote(self.folder, safe='')}"

    def bytes(self, database):
        return int(self.run(f"SELECT pg_database_size('{database}')"))
