"""Millions of rows straight into a database: copies of one person's account, grant and refresh token.

Keys ascend as they are written, so that trees grow at their ends; the indexes that can be made afterwards are. Every
copy is a row as the server would have made it, but for the names: unique indexes and checks are in force in the end.
"""
import contextlib
import hashlib
import sqlite3
import struct
import time
from abc import ABC, abstractmethod

# Seconds: whoever asks for too much is told so.
PATIENCE = 1200
CHUNK = 500_000
TABLES = ("accounts", "grants", "refresh_tokens")


class Filling(ABC):
    @abstractmethod
    def run(self, sql): ...

    @abstractmethod
    def rows(self, sql): ...

    @abstractmethod
    def columns(self, table): ...

    @abstractmethod
    def indexes(self): ...

    @abstractmethod
    def hexadecimal(self, number): ...

    @abstractmethod
    def digest(self, number, total): ...

    @abstractmethod
    def series(self, first, last): ...

    def account(self, number):
        return f"person{number:08x}00000000"

    def email(self, number):
        return f"person{number:08x}@large.example.org"

    def grant(self, number):
        return f"grant{number:08x}000000000"

    def fill(self, email, people, tokens, say):
        deadline = time.monotonic() + PATIENCE
        account = self.rows(f"SELECT id FROM accounts WHERE canonical_email = '{email}'")[0][0]
        grant = self.rows(f"SELECT id FROM grants WHERE subject = '{account}' AND is_offline = 1")[0][0]
        kept = self.indexes()
        for name, _ in kept:
            self.run(f"DROP INDEX {name}")
        number = "n.number"

        def text(prefix, value, suffix):
            return f"'{prefix}' || {self.hexadecimal(value)} || '{suffix}'"

        email = text("person", number, "@large.example.org")
        plans = [
            ("accounts", people, f"t.id = '{account}'", {
                "id": text("person", number, "00000000"), "email": email, "canonical_email": email,
                "canonical_username": "NULL", "preferred_username": "NULL"}),
            ("grants", people, f"t.id = '{grant}'", {
                "id": text("grant", number, "000000000"), "subject": text("person", number, "00000000")}),
            # Tokens of one family lie far apart, as chance would have it.
            ("refresh_tokens", tokens, f"t.grant_id = '{grant}' AND t.spent_at IS NULL", {
                "digest": self.digest(number, tokens), "grant_id": text("grant", f"(n.number % {people})", "000000000"),
                "spent_at": f"CASE WHEN n.number < {tokens - people} THEN t.issued_at END"}),
        ]
        for table, count, template, changed in plans:
            names = self.columns(table)
            values = ", ".join(changed.get(name, f"t.{name}") for name in names)
            for first in range(0, count, CHUNK):
                assert time.monotonic() < deadline, f"filling took longer than {PATIENCE} s"
                last = min(count, first + CHUNK) - 1
                self.run(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {self.series(first, last)} n "
                         f"CROSS JOIN {table} t WHERE {template}")
                say(f"{table}: {last + 1:,} of {count:,} rows")
        for name, statement in kept:
            assert time.monotonic() < deadline, f"filling took longer than {PATIENCE} s"
            say(f"index {name}")
            self.run(statement)
        self.finish()


class SQLiteFilling(Filling):
    """No journal meanwhile: what does not come to its end is thrown away."""

    def __init__(self, path):
        self.path, self.total = path, 1
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.create_function("digest_of", 2, self._digest, deterministic=True)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144", "foreign_keys=OFF"):
            self.database.execute(f"PRAGMA {pragma}").fetchall()

    @staticmethod
    def _digest(number, total):
        return struct.pack(">I", (number << 32) // total) + hashlib.sha256(number.to_bytes(8)).digest()[:28]

    def run(self, sql):
        self.database.execute(sql)

    def rows(self, sql):
        return self.database.execute(sql).fetchall()

    def columns(self, table):
        return [row[1] for row in self.rows(f"PRAGMA table_info({table})")]

    def indexes(self):
        names = ", ".join(f"'{name}'" for name in TABLES)
        return self.rows(
            f"SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name IN ({names}) AND sql IS NOT NULL")

    def hexadecimal(self, number):
        return f"printf('%08x', {number})"

    def digest(self, number, total):
        return f"digest_of({number}, {total})"

    def series(self, first, last):
        return (f"(WITH RECURSIVE s(number) AS (SELECT {first} UNION ALL "
                f"SELECT number + 1 FROM s WHERE number < {last}) SELECT number FROM s)")

    def finish(self):
        self.database.execute("PRAGMA journal_mode=WAL").fetchall()

    def replace_unspent(self, pairs):
        with self.database:
            self.database.execute("BEGIN")
            self.database.executemany(
                "UPDATE refresh_tokens SET digest = ? WHERE grant_id = ? AND spent_at IS NULL", pairs)

    def bytes(self):
        return self.path.stat().st_size

    def close(self):
        self.database.close()


class PostgreSQLFilling(Filling):
    """Foreign keys are not looked at row by row: what they point to was written just before."""

    def __init__(self, server, database):
        self.server, self.database = server, database

    def run(self, sql):
        self.server.run("SET session_replication_role = replica; SET synchronous_commit = off; "
                        f"SET maintenance_work_mem = '512MB'; {sql}", self.database, within=PATIENCE)

    def rows(self, sql):
        return [line.split("|") for line in self.server.run(sql, self.database).splitlines()]

    def columns(self, table):
        return [row[0] for row in self.rows(
            "SELECT column_name FROM information_schema.columns "
            f"WHERE table_name = '{table}' ORDER BY ordinal_position")]

    def indexes(self):
        names = ", ".join(f"'{name}'" for name in TABLES)
        return self.rows(f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({names}) "
                         "AND indexname NOT IN (SELECT conname FROM pg_constraint)")

    def hexadecimal(self, number):
        return f"lpad(to_hex({number}), 8, '0')"

    def digest(self, number, total):
        prefix = self.hexadecimal(f"({number} * 4294967296 / {total})")
        return f"decode({prefix} || md5({number}::text) || substr(md5((-{number})::text), 1, 24), 'hex')"

    def series(self, first, last):
        return f"(SELECT number FROM generate_series({first}::bigint, {last}::bigint) number)"

    def finish(self):
        for table in TABLES:
            self.server.run(f"VACUUM ANALYZE {table}", self.database, within=PATIENCE)

    def replace_unspent(self, pairs):
        values = ", ".join(f"(decode('{digest.hex()}', 'hex'), '{grant}')" for digest, grant in pairs)
        self.run(f"UPDATE refresh_tokens t SET digest = v.digest FROM (VALUES {values}) v (digest, grant_id) "
                 "WHERE t.grant_id = v.grant_id AND t.spent_at IS NULL")

    def bytes(self):
        return self.server.bytes(self.database)

    def close(self):
        with contextlib.suppress(AssertionError):
            self.server.run("CHECKPOINT", self.database)
