"""A Martlet whose database holds a great many people and tokens, written straight into it."""
import base64
import hashlib
import os
import secrets
import shutil
import time

from filling import PostgreSQLFilling, SQLiteFilling
from house import EMAIL, House
from martlet import PASSWORD
from visitor import Visitor

# To each person one grant, which is still alive, with this many refresh tokens, all but the last of them spent.
FAMILY = 10
# Tokens of families all over the database that are known here, to refresh with and to get access tokens by.
KNOWN, REFRESHED, ASKED_ABOUT = 8192, 1024, 128
# What a row takes on the disk with its indexes, generously, and twice that while they are built.
BYTES_A_ROW = 800


class LargeHouse(House):
    """`rows` refresh tokens, a tenth as many people. Everybody has the password that the one person has."""

    def __init__(self, name, binary, rows, say, server=None, database_name=None, **more):
        self.count, self.say, self.server, self.database_name = rows, say, server, database_name
        super().__init__(f"{name}, {rows:,} refresh tokens", binary, **more)
        self.known = []

    def describe(self):
        return super().describe() | {"people": self.count // FAMILY, "refresh_tokens": self.count, "fill": self.fill}

    def prepare(self):
        """One person's sign-in makes the rows that all others are copies of."""
        place = self.server.folder if self.server else self.martlet.folder
        needed, free = self.count * BYTES_A_ROW, shutil.disk_usage(place).free
        assert free > needed, f"{needed / 1e9:.0f} GB are needed at {place}, {free / 1e9:.0f} GB are free"
        self.martlet.start()
        token = super().refresh_tokens(1)[0]
        self.martlet.stop()
        filling = (PostgreSQLFilling(self.server, self.database_name) if self.server
                   else SQLiteFilling(self.martlet.folder / "data/martlet.db"))
        began, people = time.monotonic(), self.count // FAMILY
        filling.fill(EMAIL, people, self.count, self.say)
        step = max(1, people // KNOWN)
        for number in range(0, people, step)[:KNOWN]:
            known = token[:-43] + base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()
            self.known.append((known, filling.grant(number), hashlib.sha256(known.encode()).digest()))
        filling.replace_unspent([(digest, grant) for _, grant, digest in self.known])
        self.known = [known for known, _, _ in self.known]
        self.fill = {"seconds": round(time.monotonic() - began, 1), "bytes": filling.bytes()}
        filling.close()
        self.say(f"filled in {self.fill['seconds']:.0f} s: {self.fill['bytes'] / 1e9:.2f} GB")
        self.filling, self.visitor = filling, Visitor(filling.email(people // 2), PASSWORD)

    def refresh_tokens(self, count):
        """Each of another family, more than were asked for, so that hardly any page is met twice."""
        count = 1 if count == 1 else max(count, min(REFRESHED, len(self.known) // 4))
        assert len(self.known) >= count, "all known refresh tokens are used up"
        taken, self.known = self.known[:count], self.known[count:]
        return taken

    def access_tokens(self):
        """Of as many people."""
        tokens = [self.refresh_tokens(1)[0] for _ in range(min(ASKED_ABOUT, max(1, len(self.known) // 8)))]
        return [self.send(self.refreshing(token)).json()["access_token"] for token in tokens]

    def sign_ins(self, count):
        while len(self.known_forms) < count:
            email = self.filling.email(secrets.randbelow(self.count // FAMILY))
            self.known_forms.append(self._known_browser(email))
        return self.known_forms[:count]
