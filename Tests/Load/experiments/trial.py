"""What every experiment has in common: a house of its own, figures beside what they must be, and the bill of health of
the database afterwards."""
import collections
import contextlib
import os
import pathlib
import random
import re
import secrets
import sys
import threading
import time
from dataclasses import asdict, dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Clients"))

from apps import furnish_files  # noqa: E402
from invariants import violations_of  # noqa: E402
from martlet import ENGINE, ROOT, Martlet  # noqa: E402

MEBIBYTE = 1 << 20
# In the full form the server has the first core for itself; the load, and PostgreSQL with it, has the others.
CORES = sorted(os.sched_getaffinity(0))


@dataclass
class Figure:
    """A number and its bound. A time that a busy machine would spoil is told, and not judged, in the short form."""
    name: str
    value: float
    bound: float
    unit: str = ""
    at_least: bool = False
    is_judged: bool = True

    @property
    def passes(self):
        return not self.is_judged or (self.value >= self.bound if self.at_least else self.value <= self.bound)

    def is_worse_than(self, other):
        return self.value < other.value if self.at_least else self.value > other.value

    def __str__(self):
        sign = ">=" if self.at_least else "<="
        verdict = ("ok" if self.passes else "FAILED") if self.is_judged else "not judged"
        return f"{self.name}: {spelt(self.value)}{self.unit} ({sign} {spelt(self.bound)}{self.unit}) {verdict}"


def spelt(value):
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"


class Trial:
    """One run of one experiment. `short` is for `make test`, where other tests are busy beside it."""

    def __init__(self, short, seed=None):
        self.short, self.engine = short, ENGINE
        self.seed = seed or secrets.token_hex(4)
        self.random = random.Random(self.seed)
        self.figures, self.notes, self.began = [], [], time.monotonic()
        if not short and len(CORES) > 1:
            os.sched_setaffinity(0, set(CORES[1:]))

    def pick(self, short, full):
        return short if self.short else full

    # Houses

    def house(self, settings=None, furnished=True, kind=Martlet, **more):
        """Pinned to a core of its own in the full form; furnished with the apps that all tests of load know."""
        release = ROOT / ".build/release/martlet"
        binary = None if self.short or "MARTLET_BINARY" in os.environ or not release.exists() else release
        house = kind(binary=binary, settings=settings, **more)
        self.pin(house)
        if furnished:
            furnish_files(house)
        return house

    def pin(self, house):
        if not self.short and len(CORES) > 1:
            house.starter = ["taskset", "-c", str(CORES[0]), *house.starter]

    # Findings

    def most(self, name, value, bound, unit="", timed=False):
        self.add(Figure(name, value, bound, unit, False, not (timed and self.short)))

    def least(self, name, value, bound, unit="", timed=False):
        self.add(Figure(name, value, bound, unit, True, not (timed and self.short)))

    def none(self, name, found):
        """Things of which there must not be any; the first few are told."""
        found = list(found)
        for one in found[:5]:
            self.say(f"{name}: {str(one)[:600]}")
        self.most(name, len(found), 0)

    def add(self, figure):
        self.figures.append(figure)
        self.say(str(figure))

    def say(self, text):
        self.notes.append(text)
        print(f"  {time.monotonic() - self.began:6.1f} s  {text}", file=sys.stderr, flush=True)

    def sound(self, house):
        """I2, I3 and I6 as far as they can be read from the rows themselves."""
        self.none("rows that contradict each other (I2, I3, I6)", violations_of(house))

    @property
    def passes(self):
        return bool(self.figures) and all(figure.passes for figure in self.figures)

    def record(self):
        return {"seed": self.seed, "engine": self.engine, "figures": [asdict(figure) for figure in self.figures],
                "notes": self.notes}


class Vitals:
    """`with Vitals(house) as vitals:` looks at the server's memory and files again and again. A process that ends, or
    becomes another one, is a crash. `closely`: also at what memory and files there are, to tell where a growth is."""

    def __init__(self, house, every=0.1, closely=False):
        self.pid, self.every, self.samples, self.closely, self.details = house.process.pid, every, [], closely, []
        self.process, self.over, self.since = house.process, threading.Event(), house.started
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        while not self.over.wait(self.every):
            self.look()

    def look(self):
        try:
            self.samples.append((time.monotonic(), resident(self.pid), open_files(self.pid)))
            if self.closely:
                self.details.append((resident(self.pid, "RssAnon"), kinds_of_files(self.pid)))
        except (OSError, AttributeError):
            self.over.set()

    def __enter__(self):
        # A second after its start a server gives back what only that needed: growth is counted from there.
        time.sleep(max(0.0, self.since + 2 - time.monotonic()))
        self.look()
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.thread.join()
        self.look()

    @property
    def is_alive(self):
        return self.process.poll() is None

    @property
    def first(self):
        return self.samples[0][1]

    @property
    def peak(self):
        return max(sample[1] for sample in self.samples)

    @property
    def growth(self):
        """In MiB."""
        return self.peak - self.first


def resident(pid, what="VmRSS"):
    """In MiB. `RssAnon` is without what lies in files: its own, which it has to give back itself."""
    return int(re.search(rf"^{what}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1]) / 1024


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def kinds_of_files(pid):
    """How many of each: sockets, pipes, the names of files."""
    found = collections.Counter()
    for entry in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            found[os.path.basename(os.readlink(f"/proc/{pid}/fd/{entry}").split(":")[0])] += 1
    return found


def percentile(values, share):
    """The value that so much of all does not exceed; for ever where there is none."""
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("inf")


def until(condition, seconds, what):
    """How long it took."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - begun
