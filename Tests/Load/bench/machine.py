"""What the kernel knows of processes and of the whole machine: processor time in seconds, memory in bytes."""
import contextlib
import os
import re
import resource
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
CORES = len(os.sched_getaffinity(0))


def family(roots):
    """These processes and all that descend from them."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def cpu_seconds(roots):
    """Of the families, those of their members included that have ended meanwhile."""
    total = 0
    for pid in family(roots):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(map(int, fields[11:15]))
    return total / TICK


def memory(pid, what="VmRSS"):
    """`VmRSS` is what is resident now, `VmHWM` the most that ever was."""
    return int(re.search(rf"^{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M).group(1)) * 1024


def busy_seconds():
    """Of all cores and everybody, the time taken away by the host included."""
    user, nice, system, _, _, irq, soft, steal = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9])
    return (user + nice + system + irq + soft + steal) / TICK


def own_seconds():
    """Of this program and of whatever it has started and seen end."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


class Meter:
    """From its making to `read`: seconds of processor that the servers took, the generator with this program, and
    anybody else; and how long it was."""

    def __init__(self, roots):
        self.roots, self.began = roots, time.monotonic()
        self.before = self._now()

    def _now(self):
        return cpu_seconds(self.roots), own_seconds(), busy_seconds()

    def read(self):
        server, own, busy = (after - before for before, after in zip(self.before, self._now(), strict=True))
        return server, own, max(0.0, busy - server - own), time.monotonic() - self.began


def description():
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    total = int(re.search(r"^MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.M).group(1)) / 2**20
    system = re.search(r'^PRETTY_NAME="(.*)"$', Path("/etc/os-release").read_text(), re.M)
    return {"cores": CORES, "processor": model.group(1) if model else "unknown", "memory_gib": round(total, 1),
            "system": system.group(1) if system else "unknown", "kernel": os.uname().release}
