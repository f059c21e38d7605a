"""Spoils one call between the server and its database: the other end of faults.c."""
import mmap
import pathlib
import shutil
import struct
import subprocess

SOURCE = pathlib.Path(__file__).with_name("faults.c")
LAYOUT = struct.Struct("=QQIIQ472s")
STEP, SYNC, WRITE, SEND = 1, 2, 4, 8
# What can be spoilt, and how, by engine: (kind of call, mode).
MODES = {
    "sqlite": {"a statement fails with an I/O error": (STEP, 10), "a statement finds the disk full": (STEP, 13),
               "a sync fails with an I/O error": (SYNC, 5), "a write finds the disk full": (WRITE, 28)},
    "postgresql": {"the connection goes before a statement": (SEND, 1),
                   "the connection goes before its answer": (SEND, 2), "the disk is full at a statement": (SEND, 3)}}


class Saboteur:
    """`Saboteur(house)` before it starts; then `arm` and `disarm`."""

    def __init__(self, house):
        compiler = shutil.which("cc") or shutil.which("clang")
        assert compiler, "a C compiler is needed (cc or clang)"
        library, path = house.folder / "faults.so", house.folder / "faults.control"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl", "-lpthread"], check=True)
        path.write_bytes(bytes(LAYOUT.size))
        # The server alone, not the commands beside it.
        house.starter = [*house.starter, "env", f"LD_PRELOAD={library}", f"FAULT_CONTROL={path}"]
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), LAYOUT.size)

    def read(self):
        calls, _, _, _, fired, what = LAYOUT.unpack(self.memory[:])
        return calls, fired, what.split(b"\0")[0].decode(errors="replace")

    def arm(self, kind, mode, number):
        """The call with this number from now on."""
        self.memory[:] = LAYOUT.pack(0, number, kind, mode, 0, b"")

    def disarm(self):
        """What became of it: how many calls there were, and the statement that was spoilt, if any."""
        calls, fired, what = self.read()
        self.memory[:] = LAYOUT.pack(0, 0, 0, 0, 0, b"")
        return calls, what if fired else None
