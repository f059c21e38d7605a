"""Several Martlets on one database, each with a generator of its own, as behind a load balancer that takes no time."""
import contextlib
import statistics
import time

from house import SETTLING, House
from load import Door, Run, Sample
from machine import memory


class SeveralProcesses(House):
    def __init__(self, name, binary, count, **more):
        super().__init__(f"{name}, {count} processes", binary, **more)
        self.count, self.siblings = count, []

    def describe(self):
        return super().describe() | {"workers": f"{self.count} processes on one database"}

    def __enter__(self):
        super().__enter__()
        self.opened = contextlib.ExitStack()
        try:
            for _ in range(self.count - 1):
                sibling = self.martlet.sibling()
                self.opened.callback(sibling.stop)
                sibling.start()
                self.siblings.append(sibling)
        except BaseException:
            self.__exit__()
            raise
        self._look()
        return self

    def __exit__(self, *error):
        try:
            self.opened.close()
        finally:
            super().__exit__(*error)

    def time_starts(self, starts):
        """Those of one process are measured by themselves."""
        self.martlet.stop()
        self.martlet.start()
        self._look()
        time.sleep(SETTLING)
        return 1000 * self.martlet.ready_after, memory(self.process)

    def _look(self):
        super()._look()
        self.roots += [sibling.process.pid for sibling in self.siblings]

    def run(self, requests, *, connections, mode=None, tokens=None, collect=None, **options):
        """Each process gets its share of connections, of tokens, and of requests that are sent once."""
        if collect:
            return Run(self.door, requests, roots=self.roots, connections=connections, mode=mode, collect=collect,
                       **options)
        doors = [self.door, *(Door(sibling.own_address, self.door.host) for sibling in self.siblings)]
        runs = []
        for place, door in enumerate(doors):
            def share(all_of_them, place=place):
                return all_of_them[place::len(doors)]
            runs.append(Run(
                door, share(requests) if mode == "once" else requests, roots=self.roots, mode=mode,
                connections=max(1, connections // len(doors)), tokens=share(tokens) if tokens else None, **options))
        return Together(runs)


class Together:
    def __init__(self, runs):
        self.runs = runs

    def end(self):
        """Rates add up; the last to end has seen the time that all generators took."""
        samples = [run.end() for run in self.runs]
        rate, last = sum(sample.rate for sample in samples), samples[-1]
        return Sample(
            rate, statistics.mean(sample.p50 for sample in samples), max(sample.p99 for sample in samples),
            1e6 * last.server_cores / rate if rate else 0.0, last.server_cores, last.generator_cores, last.elsewhere,
            sum(sample.good for sample in samples), next((sample.fault for sample in samples if sample.fault), ""))
