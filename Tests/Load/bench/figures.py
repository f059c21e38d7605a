"""Everything that was measured, raw, and the medians of it."""
import statistics
import time
from dataclasses import asdict, dataclass, field

from machine import description


@dataclass
class Figures:
    options: dict
    # By subject, then by row: a sample for each round.
    samples: dict = field(default_factory=dict)
    # By subject, then by row: how many connections waited for answers.
    connections: dict = field(default_factory=dict)
    subjects: dict = field(default_factory=dict)
    ceilings: dict = field(default_factory=dict)
    one_at_a_time: dict = field(default_factory=dict)
    # By subject: milliseconds to the first answer, bytes.
    first_answer: dict = field(default_factory=dict)
    very_first_answer: dict = field(default_factory=dict)
    idle: dict = field(default_factory=dict)
    peak: dict = field(default_factory=dict)
    fills: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    began: float = field(default_factory=time.time)

    def add(self, subject, row, sample):
        self.samples.setdefault(subject, {}).setdefault(row, []).append(sample)
        if sample.fault:
            self.faults.append(f"{self.subjects[subject]['name']}, {row}: {sample.fault}")

    def add_each(self, kept, found):
        for name, value in found.items():
            kept.setdefault(name, []).append(value)

    def has(self, subject, row):
        return bool(self.samples.get(subject, {}).get(row))

    def median(self, subject, row, what="rate"):
        """`what` is a field of `Sample`, with a dot before it of the requests beside it; `None` if not measured."""
        if not self.has(subject, row):
            return None
        samples = self.samples[subject][row]
        if what.startswith("."):
            return statistics.median(sample.beside[what[1:]] for sample in samples)
        return statistics.median(getattr(sample, what) for sample in samples)

    def ceiling(self, name):
        """The best of the rounds: what disturbs a measurement only ever makes it slower."""
        return max(self.ceilings[name]) if self.ceilings.get(name) else None

    def elsewhere(self):
        """Cores that other work took, in the median of all runs and in the worst of them."""
        found = [sample.elsewhere for rows in self.samples.values() for samples in rows.values() for sample in samples]
        return (statistics.median(found), max(found)) if found else (0.0, 0.0)

    def document(self):
        return {
            "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.began)),
            "minutes": round((time.time() - self.began) / 60, 1), "machine": description(), "options": self.options,
            "subjects": self.subjects, "connections": self.connections, "ceilings": self.ceilings,
            "one_commit_at_a_time": self.one_at_a_time,
            "first_answer_ms": self.first_answer, "very_first_answer_ms": self.very_first_answer,
            "idle_bytes": self.idle, "peak_bytes": self.peak, "fills": self.fills, "faults": self.faults,
            "notes": self.notes,
            "samples": {subject: {row: [asdict(sample) for sample in samples] for row, samples in rows.items()}
                        for subject, rows in self.samples.items()}}
