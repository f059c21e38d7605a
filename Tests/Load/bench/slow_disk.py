"""The same servers with a disk on which every fsync takes five milliseconds: what gathering writes is worth."""
import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

import ceilings
from durable_postgresql import DurablePostgreSQL
from house import House

SOURCE = Path(__file__).resolve().parent / "slow_fsync.c"
MILLISECONDS = 5


class SlowDisk:
    """The shim, compiled for as long as the block lasts."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="slow-disk-")
        # PostgreSQL's own user loads it, too.
        os.chmod(self.folder.name, 0o755)
        self.library = Path(self.folder.name) / "slow_fsync.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(self.library), str(SOURCE), "-ldl"], check=True)
        return self

    def __exit__(self, *error):
        self.folder.cleanup()


class SlowServers(contextlib.ExitStack):
    """A house for each engine, and for each engine the rate of one row committed after the other on the same disk."""

    def __init__(self, binary, engines, database_connections=None):
        super().__init__()
        self.binary, self.engines, self.database_connections, self.houses = binary, engines, database_connections, {}

    def __enter__(self):
        super().__enter__()
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        return self

    def _open(self):
        self.disk = self.enter_context(SlowDisk())
        storage = f"fsync takes {MILLISECONDS} ms"
        if "sqlite" in self.engines:
            house = House(
                "Martlet, SQLite, slow disk", self.binary, preload=self.disk.library, storage=f"SQLite, {storage}")
            self.houses["sqlite_slow"] = self.enter_context(house)
        if "postgresql" in self.engines:
            self.server = self.enter_context(DurablePostgreSQL(self.disk.library))
            house = House(
                "Martlet, PostgreSQL, slow disk", self.binary,
                database=self.server.address(self.server.database("martlet")), roots=[self.server.root],
                storage=f"PostgreSQL, {storage}",
                database_connections=self.database_connections)
            self.houses["postgresql_slow"] = self.enter_context(house)

    def one_at_a_time(self):
        found = {}
        if "sqlite" in self.engines:
            environment = os.environ | {"LD_PRELOAD": str(self.disk.library)}
            found["sqlite_slow"] = ceilings.sqlite_commits(1, environment)
        if "postgresql" in self.engines:
            found["postgresql_slow"] = ceilings.postgresql_commits(self.server)
        return found
