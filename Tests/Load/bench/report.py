"""Markdown of what was measured."""
import ceilings
import targets
from machine import CORES
from rows import ROWS

MEGABYTE = targets.MEGABYTE
NOTHING = "—"
HEADINGS = {
    "sqlite": "On SQLite", "postgresql": "On PostgreSQL",
    "sqlite_slow": "On SQLite, a disk that takes 5 ms for every fsync",
    "postgresql_slow": "On PostgreSQL, a disk that takes 5 ms for every fsync",
    "sqlite_large": "On SQLite, a large database", "postgresql_large": "On PostgreSQL, a large database",
    "sqlite_several": "On SQLite, several processes", "postgresql_several": "On PostgreSQL, several processes",
    "rival": "Beside the rival",
}
PAIRS = (("sqlite", "glewlwyd_es256"), ("sqlite_rs256", "glewlwyd_rs256"))
COMPARED = ("client_credentials", "introspection", "userinfo", "refresh", "flow")


def table(head, align, rows):
    lines = ["| " + " | ".join(map(str, line)) + " |" for line in (head, align, *rows)]
    return "\n".join(lines)


def number(value, digits=0):
    return NOTHING if value is None else f"{value:,.{digits}f}"


def of_subject(figures, subject):
    """Every row of one server."""
    lines = []
    for row, kept in ROWS.items():
        if figures.has(subject, row):
            rate, p50, p99, cpu = (figures.median(subject, row, what) for what in ("rate", "p50", "p99", "cpu"))
            lines.append((kept.title, figures.connections[subject][row], number(rate), number(p50, 1),
                          number(p99, 1), number(cpu or None), targets.limit(figures, subject, row)))
    head = ("what", "connections", "a second", "p50 ms", "p99 ms", "server CPU, µs each", "what limits it")
    return table(head, ("---", "--:", "--:", "--:", "--:", "--:", "---"), lines)


def of_verdicts(verdicts):
    return table(("what", "to reach", "found", ""), ("---", "---", "---", "---"),
                 [(one.what, one.target, one.found, one.word) for one in verdicts])


def of_ceilings(figures):
    rows = [(title, number(figures.ceiling(name))) for name, title in ceilings.TITLES.items() if figures.ceiling(name)]
    for subject, found in figures.one_at_a_time.items():
        storage = figures.subjects[subject]["storage"]
        rows.append((f"one-row commits one after the other, {storage}", number(max(found))))
    return table(("what this machine can do", "a second"), ("---", "--:"), rows)


def of_rival(figures):
    """Both columns with the ratio, once for each algorithm."""
    parts = []
    for ours, theirs in PAIRS:
        if not (figures.samples.get(ours) and figures.samples.get(theirs)):
            continue
        names = [figures.subjects[subject]["name"] for subject in (ours, theirs)]
        rows = []
        for row in COMPARED:
            mine, other = figures.median(ours, row), figures.median(theirs, row)
            if mine and other:
                count = figures.connections[theirs][row]
                rows.append((
                    ROWS[row].title, number(mine), f"{number(other)} ({count} connections)", f"{mine / other:.1f}"))
        for kept, what in ((figures.idle, "idle"), (figures.peak, "under load")):
            if ours in kept and theirs in kept:
                mine, other = kept[ours] / MEGABYTE, kept[theirs] / MEGABYTE
                rows.append((f"resident memory {what}, MB", number(mine, 1), number(other, 1), f"{mine / other:.1f}"))
        if ours in figures.first_answer and theirs in figures.first_answer:
            mine, other = figures.first_answer[ours], figures.first_answer[theirs]
            rows.append(("first answer after the start, ms", number(mine), number(other), f"{mine / other:.1f}"))
        for trait in ("workers", "storage", "durability", "algorithm", "passwords"):
            rows.append((trait, *(figures.subjects[subject][trait] for subject in (ours, theirs)), ""))
        parts.append(table(("a second", *names, "ratio"), ("---", "--:", "--:", "--:"), rows))
    return "\n\n".join(parts)


def facts(figures):
    median, worst = figures.elsewhere()
    found = [
        f"{CORES} cores, shared with wrk (one thread, closed loops); medians of {figures.options['rounds']} rounds of "
        f"{figures.options['seconds']} s each, ceilings the best of the rounds. Other work on the machine took "
        f"{median:.2f} cores in the middle, {worst:.2f} in the worst run"
        + (", so that these figures are too low." if median > 0.15 else ".")]
    if "issuer" in figures.peak:
        found.append(f"Resident memory: {figures.peak['issuer'] / MEGABYTE:.1f} MB at most.")
    for subject, idle in figures.idle.items():
        name = figures.subjects[subject]["name"]
        peak = f", {figures.peak[subject] / MEGABYTE:.1f} MB at most under load" if subject in figures.peak else ""
        first = figures.very_first_answer.get(subject)
        found.append(
            f"{name}: {idle / MEGABYTE:.1f} MB idle{peak}; first answer "
            f"{figures.first_answer[subject]:.0f} ms after the start"
            + (f", {first:.0f} ms the very first time, when keys are made." if first else "."))
    return [*found, *figures.notes]


def markdown(figures):
    verdicts, parts = targets.everything(figures), []
    if figures.ceilings or figures.one_at_a_time:
        parts.append("## Ceilings\n\n" + of_ceilings(figures))
    for subject, traits in figures.subjects.items():
        if figures.samples.get(subject):
            parts.append(f"## {HEADINGS.get(subject, traits['name'])}\n\n" + of_subject(figures, subject))
            if subject in verdicts:
                parts[-1] += "\n\n" + of_verdicts(verdicts[subject])
    rival = of_rival(figures)
    if rival:
        parts.append(f"## {HEADINGS['rival']}\n\n{rival}")
        if "rival" in verdicts:
            parts[-1] += "\n\n" + of_verdicts(verdicts["rival"])
    parts.append("## Facts\n\n" + "\n".join(f"- {fact}" for fact in facts(figures)))
    return "\n\n".join(part for part in parts if part.strip())
