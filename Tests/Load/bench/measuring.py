"""Rounds over all servers and rows, one measurement at a time, so that whatever the machine does meets them alike."""
import contextlib
import sys
import time

import ceilings
import glewlwyd
from durable_postgresql import DurablePostgreSQL
from figures import Figures
from house import House
from issuer import Application, Issuer
from large import LargeHouse
from machine import memory
from processes import SeveralProcesses
from rows import ROWS
from slow_disk import SlowServers
from targets import LARGE_ROWS
from visitor import Visitor

SLOW_ROWS = ("refresh", "exchange")
SEVERAL_ROWS = ("client_credentials", "introspection", "userinfo", "refresh", "exchange", "flow")
# For the rival: a smaller number of connections that is tried as well, and the seconds of a trial.
FEW, TRIAL = 16, 2
COMPARED_ROWS = ("client_credentials", "introspection", "userinfo", "refresh", "flow")


class Measuring(contextlib.ExitStack):
    """Servers that run, what is to be measured of each, and the figures."""

    def __init__(self, options):
        super().__init__()
        self.options, self.servers, self.slow, self.postgresql = options, {}, None, None
        self.figures = Figures(
            {"seconds": options.seconds, "rounds": options.rounds, "connections": options.connections})
        self.began = time.monotonic()

    def say(self, text):
        print(f"[{time.monotonic() - self.began:5.0f} s] {text}", file=sys.stderr, flush=True)

    # What is measured

    def open(self):
        if self.options.issuer:
            return self.add("issuer", self.given_issuer(), None)
        if "postgresql" in self.options.engines:
            self.postgresql = self.enter_context(DurablePostgreSQL())
        for engine in self.options.engines:
            self.add(engine, self.house(engine), None)
            if self.options.processes > 1:
                several = self.house(engine, SeveralProcesses, count=self.options.processes)
                self.add(engine + "_several", several, SEVERAL_ROWS)
        if self.options.rival:
            self.open_rival()
        if self.options.large:
            for engine in self.options.engines:
                large = self.house(engine, LargeHouse, rows=self.options.large, say=self.say)
                self.add(engine + "_large", large, LARGE_ROWS)
        if self.options.slow_disk:
            self.say("opening servers with a slow disk")
            self.slow = self.enter_context(SlowServers(
                self.options.binary, self.options.engines, self.options.database_connections))
            for key, house in self.slow.houses.items():
                self.keep(key, house, SLOW_ROWS)

    def house(self, engine, kind=House, **more):
        if engine == "sqlite":
            return kind("Martlet, SQLite, ES256", self.options.binary, **more)
        name = self.postgresql.database("martlet")
        if kind is LargeHouse:
            more["server"], more["database_name"] = self.postgresql, name
        return kind("Martlet, PostgreSQL, ES256", self.options.binary, database=self.postgresql.address(name),
                    roots=[self.postgresql.root], database_connections=self.options.database_connections, **more)

    def open_rival(self):
        reason = glewlwyd.missing()
        if reason:
            return self.figures.notes.append(f"No rival: {reason}.")
        self.add("sqlite_rs256", House("Martlet, SQLite, RS256", self.options.binary, "RS256"), COMPARED_ROWS)
        for algorithm in ("ES256", "RS256"):
            key = f"glewlwyd_{algorithm.lower()}"
            self.add(key, glewlwyd.Glewlwyd(algorithm), COMPARED_ROWS)
            self.choose_connections(key)

    def given_issuer(self):
        one = self.options
        application = Application(one.client_id, one.client_secret, one.redirect_uri, one.own_scope, one.scope,
                                  one.offline_scope, one.secret_in_body)
        visitor = Visitor(one.username, one.password) if one.username else None
        issuer = Issuer(one.issuer, one.issuer, application, visitor=visitor)
        if one.pid:
            issuer.roots, issuer.process = [one.pid], one.pid
        return contextlib.nullcontext(issuer)

    def add(self, key, server, rows):
        self.say(f"opening {getattr(server, 'name', key)}")
        server = self.enter_context(server)
        self.keep(key, server, rows)
        if server.process and not self.options.issuer:
            self.figures.very_first_answer[key] = 1000 * server.first_start
            self.figures.first_answer[key], self.figures.idle[key] = server.time_starts(self.options.starts)

    def keep(self, key, server, rows):
        rows = rows or (*server.rows, *(server.rows_of_people if server.visitor else ()))
        rows = [row for row in rows if not self.options.rows or row in self.options.rows]
        self.servers[key] = server, rows
        self.figures.subjects[key] = server.describe()
        self.figures.connections[key] = {
            row: ROWS[row].connections if row == "sign_in" else self.options.connections for row in rows}

    def choose_connections(self, key):
        """Many connections may be more than a server likes: the rival is measured with what suits it better."""
        server, rows = self.servers[key]
        for row in rows:
            rates = {}
            for count in {FEW, self.options.connections}:
                with contextlib.suppress(AssertionError):
                    rates[count] = ROWS[row].measure(server, count, TRIAL).rate
            if rates:
                self.figures.connections[key][row] = max(rates, key=rates.get)
        self.say(f"connections: {self.figures.connections[key]}")

    # The rounds

    def run(self):
        total = self.options.rounds * sum(len(rows) for _, rows in self.servers.values())
        done = 0
        for turn in range(1, self.options.rounds + 1):
            if not self.options.issuer and self.options.ceilings:
                self.say(f"round {turn} of {self.options.rounds}: ceilings")
                self.figures.add_each(self.figures.ceilings, ceilings.measure(self.postgresql))
            if self.slow:
                self.figures.add_each(self.figures.one_at_a_time, self.slow.one_at_a_time())
            for key, (server, rows) in self.servers.items():
                for row in rows:
                    done += 1
                    self.measure(key, server, row, f"{done} of {total}")
        for key, (server, _) in self.servers.items():
            if server.process:
                self.figures.peak[key] = memory(server.process, "VmHWM")
            if isinstance(server, House):
                events, lines = server.lost()
                if events or lines:
                    self.figures.notes.append(
                        f"{server.name}: {events:,} security events and {lines:,} log lines could not be kept.")
        return self.figures

    def measure(self, key, server, row, place):
        try:
            sample = ROWS[row].measure(server, self.figures.connections[key][row], self.options.seconds)
        except Exception as error:  # The others go on; what did not work is told and makes the outcome bad.
            text = " ".join(str(error).split())[:300] or repr(error)
            self.figures.faults.append(f"{server.name}, {row}: {text}")
            return self.say(f"{place}: {server.name}: {row}: NOT MEASURED: {text}")
        self.figures.add(key, row, sample)
        self.say(f"{place}: {server.name}: {ROWS[row].title}: {sample.rate:,.0f} a second"
                 + (f" ({sample.fault})" if sample.fault else ""))
