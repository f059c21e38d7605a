"""What the figures are to reach, and whether they do."""
from dataclasses import dataclass

from machine import CORES
from rows import ROWS

RIVAL_RATIOS = {"client_credentials": 8, "introspection": 6, "userinfo": 10, "refresh": 10, "flow": 15}
LARGE_ROWS = ("client_credentials", "introspection", "userinfo", "refresh", "exchange", "flow", "sign_in")
MEGABYTE = 1e6


@dataclass(frozen=True)
class Verdict:
    subject: str
    what: str
    target: str
    found: str
    is_reached: bool
    limit: str = ""

    @property
    def word(self):
        return "reached" if self.is_reached else "**missed**"


def limit(figures, subject, row):
    """What a row waits for, by what was busy meanwhile."""
    server, generator, cpu = (figures.median(subject, row, what) for what in ("server_cores", "generator_cores", "cpu"))
    if not cpu:
        return "—"
    idle = CORES - server - generator - figures.median(subject, row, "elsewhere")
    who = "server and database" if subject.startswith("postgresql") else "server"
    spent = f"{who} {server:.2f} cores ({cpu:,.0f} µs each), wrk {generator:.2f}"
    return f"waiting, {idle:.2f} cores idle: {spent}" if idle > 0.15 * CORES else f"processor: {spent}"


def share(figures, subject, row, of, least, name):
    rate = figures.median(subject, row)
    if rate is None or not of:
        return []
    return [Verdict(
        subject, ROWS[row].title, f"≥ {100 * least:.0f} % of {name}",
        f"{100 * rate / of:.0f} % ({rate:,.0f} of {of:,.0f})", rate >= least * of, limit(figures, subject, row))]


def together(*rates):
    """Doing one after the other for each request."""
    return 1 / sum(1 / rate for rate in rates) if all(rates) else None


def of_engine(figures, subject):
    """Beside the ceilings of the same run."""
    hello = figures.median(subject, "hello")
    found = []
    for name, cores in (("es256", "one core"), ("es256_all", f"{CORES} cores")):
        found += share(figures, subject, "client_credentials", together(hello, figures.ceiling(name)), 0.60,
                       f"1/(1/hello + 1/sign), signing on {cores}")
    for row, least in (("introspection", 0.50), ("userinfo", 0.50), ("refresh", 0.35), ("exchange", 0.35)):
        found += share(figures, subject, row, hello, least, "hello")
    found += share(figures, subject, "sign_in", figures.ceiling("argon2"), 0.85, "raw Argon2id")
    if figures.has(subject, "sign_in"):
        p99, rate = figures.median(subject, "sign_in", ".p99"), figures.median(subject, "sign_in", ".rate")
        found.append(Verdict(
            subject, "client_credentials beside these sign-ins", "p99 < 50 ms", f"{p99:.1f} ms at {rate:.0f} a second",
            p99 < 50))
    for kept, what, most in ((figures.idle, "idle", 40), (figures.peak, "under load", 96)):
        if subject in kept:
            megabytes = kept[subject] / MEGABYTE
            found.append(Verdict(
                subject, f"resident memory, {what}", f"< {most} MB", f"{megabytes:.1f} MB", megabytes < most))
    if subject in figures.first_answer:
        taken = figures.first_answer[subject]
        found.append(Verdict(
            subject, "first discovery answer after the start", "≤ 150 ms", f"{taken:.0f} ms", taken <= 150))
    return found


def of_slow_disk(figures, subject):
    alone = max(figures.one_at_a_time.get(subject, [0]))
    found = []
    for row in ("refresh", "exchange"):
        rate = figures.median(subject, row)
        if rate is not None and alone:
            found.append(Verdict(
                subject, f"{ROWS[row].title}, fsync slowed to 5 ms", "≥ 10 times one commit at a time",
                f"{rate / alone:.1f} times ({rate:,.0f}, {alone:,.0f})", rate >= 10 * alone,
                limit(figures, subject, row)))
    return found


def of_large_database(figures, subject):
    """Its medians beside those of the same engine with next to nothing in it."""
    small, found = subject.removesuffix("_large"), []
    for row in LARGE_ROWS:
        before, after = figures.median(small, row, "p50"), figures.median(subject, row, "p50")
        if before and after:
            found.append(Verdict(
                subject, f"{ROWS[row].title}, large database", "median ≤ 1.5 times that of an empty one",
                f"{after / before:.2f} times ({after:.1f} ms, {before:.1f} ms)", after <= 1.5 * before,
                limit(figures, subject, row)))
    return found


def beside_rival(figures, subject, rival):
    found = []
    for row, times in RIVAL_RATIOS.items():
        ours, theirs = figures.median(subject, row), figures.median(rival, row)
        if ours and theirs:
            found.append(Verdict(
                subject, ROWS[row].title, f"≥ {times} times", f"{ours / theirs:.1f} times ({ours:,.0f}, {theirs:,.0f})",
                ours >= times * theirs, limit(figures, subject, row)))
    for kept, what in ((figures.idle, "idle"), (figures.peak, "under load")):
        if subject in kept and rival in kept:
            ratio = kept[subject] / kept[rival]
            found.append(Verdict(
                subject, f"resident memory, {what}", "≤ 2 times",
                f"{ratio:.1f} times ({kept[subject] / MEGABYTE:.1f} MB, {kept[rival] / MEGABYTE:.1f} MB)", ratio <= 2))
    return found


def everything(figures):
    """By heading."""
    found = {}
    for subject in ("sqlite", "postgresql"):
        found[subject] = of_engine(figures, subject)
        found[subject + "_slow"] = of_slow_disk(figures, subject + "_slow")
        found[subject + "_large"] = of_large_database(figures, subject + "_large")
    found["rival"] = beside_rival(figures, "sqlite", "glewlwyd_es256")
    return {heading: verdicts for heading, verdicts in found.items() if verdicts}
