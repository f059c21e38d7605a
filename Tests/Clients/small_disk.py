"""A house whose disk can be filled."""
import os
import subprocess
import sys

from martlet import Martlet

ASK = """import sqlite3, sys
with sqlite3.connect("data/martlet.db") as database:
    for row in database.execute(sys.argv[1]):
        print(*row, sep="|")"""


class SmallDisk(Martlet):
    """Its folder `data` is a file system of its own, of some megabytes, which no other process sees and which is gone
    with it."""

    def __init__(self, size="6m", **more):
        super().__init__(**more)
        is_root = os.geteuid() == 0
        # Anybody is root in a namespace of their own, and needs to be to mount.
        owner = [] if is_root else ["-r"]
        self.enter = [] if is_root else ["-U", "--preserve-credentials"]
        mount = f'mount -t tmpfs -o size={size} none data && exec "$@"'
        self.starter = ["unshare", "-m", *owner, "sh", "-c", mount, "sh"]

    @property
    def inside(self):
        """What begins a command that sees the disk."""
        return ["nsenter", "-t", str(self.process.pid), *self.enter, "-m", "-w"]

    def command(self, *arguments, **options):
        if not self.process:
            return super().command(*arguments, **options)
        done = subprocess.run(
            [*self.inside, self.binary, *arguments], env=self.environment, input=options.get("stdin"),
            capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done
        return done

    def sql(self, statement):
        """By a process of its own: SQLite would follow /proc/…/root back to where it stands itself."""
        if not self.process:
            return super().sql(statement)
        done = subprocess.run(
            [*self.inside, sys.executable, "-c", ASK, statement], cwd="/", capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done
        return done.stdout.rstrip("\n")

    @property
    def disk(self):
        return f"/proc/{self.process.pid}/root{self.folder}/data"

    def fill(self):
        with open(self.disk + "/filler", "ab", buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError:
                pass

    def make_room(self):
        os.unlink(self.disk + "/filler")
