"""A house whose disk can be filled."""
import os
import subprocess

from martlet import Martlet


class SmallDisk(Martlet):
    """Its folder `data` is a file system of its own, of some megabytes, which no other process sees and which is gone
    with it."""

    def __init__(self, size="6m"):
        super().__init__()
        is_root = os.geteuid() == 0
        # Anybody is root in a namespace of their own, and needs to be to mount.
        owner = [] if is_root else ["-r"]
        self.enter = [] if is_root else ["-U", "--preserve-credentials"]
        mount = f'mount -t tmpfs -o size={size} none data && exec "$@"'
        self.starter = ["unshare", "-m", *owner, "sh", "-c", mount, "sh"]

    def command(self, *arguments, **options):
        if not self.process:
            return super().command(*arguments, **options)
        done = subprocess.run(
            ["nsenter", "-t", str(self.process.pid), *self.enter, "-m", "-w", self.binary, *arguments], env=self.environment,
            input=options.get("stdin"), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done
        return done

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
