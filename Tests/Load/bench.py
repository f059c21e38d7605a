#!/usr/bin/env python3
"""Measures a release build on this machine and prints a Markdown table (make bench).

Everything stays on loopback and in a temporary folder, and every part is bounded in time; the whole takes about three
minutes. Load comes from wrk, which takes part of the same cores: read requests a second as a lower bound, and the
server's own CPU time for each request as what it costs. Beside them stand the ceilings: what OpenSSL, libsodium, SQLite
and the HTTP server alone can do here. Ends with 1 when an answer was wrong, or when tokens had to wait for passwords.
"""
import argparse
import base64
import ctypes
import hashlib
import json
import os
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Clients"))

from martlet import PASSWORD, Martlet  # noqa: E402
from person import Person  # noqa: E402

CALLBACK = "http://127.0.0.1:9/callback"
API = "https://api.example.org"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
TICK = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count()
CONNECTIONS = 32
BROWSERS = 32


# Ceilings


def openssl_signatures(algorithm, seconds):
    """Signatures and verifications a second on one core, by OpenSSL's own measure."""
    done = subprocess.run(
        ["openssl", "speed", "-seconds", str(seconds), algorithm], capture_output=True, text=True, check=True)
    sign, verify = re.findall(r"([\d.]+)", done.stdout.splitlines()[-1])[-2:]
    return float(sign), float(verify)


def argon2_rate(seconds, threads=CORES):
    """Argon2id with 19 MiB, two passes, one lane: what a password costs, on all cores."""
    sodium = ctypes.CDLL("libsodium.so.23")
    assert sodium.sodium_init() >= 0
    counts, end = [0] * threads, time.monotonic() + seconds

    def work(index):
        out = ctypes.create_string_buffer(128)
        while time.monotonic() < end:
            code = sodium.crypto_pwhash_str(
                out, b"kettle orbit lantern mosaic", ctypes.c_ulonglong(27), ctypes.c_ulonglong(2),
                ctypes.c_size_t(19456 * 1024))
            assert code == 0
            counts[index] += 1

    workers = [threading.Thread(target=work, args=[index]) for index in range(threads)]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.monotonic() - began)


def commit_rate(folder, seconds):
    """Durable commits of one row each, as the server's database is set: WAL, synchronous=FULL."""
    database = sqlite3.connect(Path(folder) / "commits.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE token(digest BLOB PRIMARY KEY, client TEXT, expires INTEGER)")
    count, began = 0, time.monotonic()
    while time.monotonic() < began + seconds:
        database.execute("INSERT INTO token VALUES(randomblob(32), 'client', 1800000000)")
        count += 1
    rate = count / (time.monotonic() - began)
    database.close()
    return rate


def ceilings(rounds=3):
    """The best of some rounds: what disturbs a measurement only ever makes it slower."""
    found = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="commits-") as folder:
            found.append((*openssl_signatures("ecdsap256", 1), openssl_signatures("rsa3072", 1)[0], argon2_rate(2),
                          commit_rate(folder, 1)))
    return [max(values) for values in zip(*found, strict=True)]


# Load


class Load:
    """One server under wrk."""

    def __init__(self, house, seconds):
        self.house, self.seconds = house, seconds
        self.folder = Path(tempfile.mkdtemp(prefix="load-", dir=house.folder))
        self.faults = []

    def line(self, method, path, body="", **headers):
        headers = {"Host": f"localhost:{self.house.port}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = body if isinstance(body, str) else urllib.parse.urlencode(body)
        return "\t".join([method, path, "\x1f".join(f"{k}: {v}" for k, v in headers.items()), body])

    def begin(self, lines, mode="cycle", expected=200, tokens=None, collect=None, connections=CONNECTIONS, seconds=None,
              port=None):
        """Starts wrk; what `end` is to be called with."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        (folder / "requests").write_text("\n".join(lines) + "\n")
        environment = os.environ | {
            "LOAD_REQUESTS": str(folder / "requests"), "LOAD_MODE": mode, "LOAD_EXPECTED": str(expected),
            "LOAD_RESULT": str(folder / "result")}
        if tokens:
            (folder / "tokens").write_text("\n".join(tokens) + "\n")
            environment["LOAD_TOKENS"] = str(folder / "tokens")
        if collect:
            environment["LOAD_COLLECT"] = str(collect)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds or self.seconds}s", "--timeout", "20s", "-s",
                   str(HERE / "load.lua"), f"http://127.0.0.1:{port or self.house.port}"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return process, folder, cpu_seconds(self.house.process.pid)

    def end(self, started, what):
        process, folder, cpu_before = started
        try:
            text, _ = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert process.returncode == 0, text
        cpu = cpu_seconds(self.house.process.pid) - cpu_before
        result = json.loads((folder / "result").read_text())
        if result["bad"] or result["broken"] or not result["good"]:
            self.faults.append(f"{what}: {result['bad']} wrong answers, {result['broken']} broken: {result['fault']}")
        result["rate"] = result["good"] / result["seconds"] if result["seconds"] > 0 else 0
        result["cpu"] = cpu * 1e6 / max(1, result["good"])
        return result

    def run(self, what, lines, **options):
        return self.end(self.begin(lines, **options), what)


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def busy_seconds():
    """Of all cores and everybody."""
    user, nice, system, _, _, irq, soft, steal = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9])
    return (user + nice + system + irq + soft + steal) / TICK


def own_seconds():
    """Of this program and of whatever it has started and seen end."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(
        resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def memory(pid, name):
    return int(re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M).group(1)) / 1024


# A house to measure


def basic(client, secret):
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def open_house(binary, **settings):
    house = Martlet(binary, settings)
    house.add_client(
        "service", "its secret", grant_types=["client_credentials"], martlet_audience=[API])
    house.add_client(
        "web", "its secret", redirect_uris=[CALLBACK], martlet_skips_consent=True,
        martlet_audience=["https://web.example.org"])
    house.add_client(
        "phone", redirect_uris=[CALLBACK], grant_types=["authorization_code", "refresh_token"],
        scope="openid profile email offline_access", token_endpoint_auth_method="none",
        id_token_signed_response_alg="ES256")
    house.add_person()
    return house


def authorization(client, scope):
    return "/authorize?" + urllib.parse.urlencode({
        "client_id": client, "redirect_uri": CALLBACK, "response_type": "code", "scope": scope, "nonce": "n-0S6_WzA2Mj",
        "state": "af0ifjsldkj", "code_challenge": CHALLENGE, "code_challenge_method": "S256"})


def exchange(person, house, client, secret, arrival):
    form = {"grant_type": "authorization_code", "code": arrival.parameters["code"], "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER}
    if secret is None:
        form["client_id"] = client
    answer = person.session.post(f"{house.issuer}/token", data=form, auth=secret and (client, secret), timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def cookies(person):
    return "; ".join(f"{name}={value}" for name, value in person.session.cookies.items())


def known_browsers(house, count):
    """Sign-in forms of browsers that the person has used before: each has a throttling lane of its own (PW8)."""
    forms = []
    for _ in range(count):
        person = Person("ada@example.org", PASSWORD)
        page = person.go(f"{house.issuer}/sign-in")
        csrf = page.form("/sign-in").fields["csrf"]
        assert person.sign_in_on(page).path == "/account"
        browser = {"martlet-browser": person.session.cookies["martlet-browser"]}
        forms.append((csrf, "; ".join(f"{name}={value}" for name, value in browser.items())))
    return forms


# The run


class Report:
    def __init__(self):
        self.rows = []

    def add(self, what, connections, result, ceiling=None, name=""):
        share = f"{100 * result['rate'] / ceiling:.0f} % of {name}" if ceiling else name
        self.rows.append((what, connections, f"{result['rate']:,.0f}", f"{result['p50']:.1f}", f"{result['p99']:.1f}",
                          f"{result['cpu']:,.0f}", share))
        print(f"  {what}: {result['rate']:,.0f} a second", file=sys.stderr)

    def table(self):
        head = ("what", "connections", "a second", "p50 ms", "p99 ms", "server CPU, µs each", "beside the ceiling")
        lines = [head, ("---", "--:", "--:", "--:", "--:", "--:", "---"), *self.rows]
        return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def token_request(load):
    return load.line(
        "POST", "/token", {"grant_type": "client_credentials"}, Authorization=basic("service", "its secret"))


def measure(binary, seconds):
    report, facts, faults = Report(), [], []
    busy, own, began = busy_seconds(), own_seconds(), time.monotonic()
    print("ceilings …", file=sys.stderr)
    es256, es256_verify, rsa3072, argon2, commits = ceilings()

    house = open_house(binary)
    with house:
        first_start = house.ready_after
        starts = []
        for _ in range(5):
            house.stop()
            house.start()
            starts.append(house.ready_after)
        pid = house.process.pid
        time.sleep(1)
        idle = memory(pid, "VmRSS")
        load = Load(house, seconds)
        load.run("warm-up", [load.line("GET", "/jwks.json")], seconds=2)

        hello = load.run("health", [load.line("GET", "/health/live")], port=house.management)
        report.add("health check: the HTTP server alone", CONNECTIONS, hello)
        for what, path in (("discovery", "/.well-known/openid-configuration"), ("key set", "/jwks.json")):
            report.add(what, CONNECTIONS, load.run(what, [load.line("GET", path)]), hello["rate"], "health check")

        what = "client_credentials, ES256 access token"
        report.add(what, CONNECTIONS, load.run(what, [token_request(load)]), es256, "OpenSSL's ES256, one core")

        person = Person("ada@example.org", PASSWORD, clients=[CALLBACK])
        arrival = person.walk(house.issuer + authorization("web", "openid profile email"))
        token = exchange(person, house, "web", "its secret", arrival)["access_token"]
        introspection = load.line("POST", "/introspect", {"token": token}, Authorization=basic("web", "its secret"))
        report.add("introspection", CONNECTIONS, load.run("introspection", [introspection]), es256_verify,
                   "OpenSSL's ES256 verifications, one core")
        userinfo = load.line("GET", "/userinfo", Authorization=f"Bearer {token}")
        report.add("userinfo", CONNECTIONS, load.run("userinfo", [userinfo]), es256_verify,
                   "OpenSSL's ES256 verifications, one core")

        refresh_tokens = []
        for _ in range(CONNECTIONS + 4):
            arrival = person.walk(house.issuer + authorization("phone", "openid offline_access"))
            refresh_tokens.append(exchange(person, house, "phone", None, arrival)["refresh_token"])
        refresh = load.line("POST", "/token", "grant_type=refresh_token&client_id=phone&refresh_token=@TOKEN@")
        result = load.run("refresh", [refresh], mode="rotate", tokens=refresh_tokens)
        report.add("refresh, rotating; ES256 ID and access token", CONNECTIONS, result, commits, "one-row commits, one after the other")

        codes = load.folder / "codes"
        visit = load.line("GET", authorization("web", "openid profile email"), Cookie=cookies(person))
        result = load.run("authorize", [visit], expected=303, collect=codes, seconds=min(seconds, 4))
        report.add("authorize, signed in: a code", CONNECTIONS, result, commits, "one-row commits, one after the other")
        forms = [
            load.line(
                "POST", "/token", {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
                                   "code_verifier": VERIFIER}, Authorization=basic("web", "its secret"))
            for code in codes.read_text().split()]
        result = load.run("code exchange", forms, mode="once", seconds=8)
        report.add("code exchange: RS256 ID token, ES256 access token", CONNECTIONS, result, rsa3072,
                   "OpenSSL's RS256 (3072), one core")

        browsers = known_browsers(house, BROWSERS)
        sign_in = [
            load.line("POST", "/sign-in", {"csrf": csrf, "email": "ada@example.org", "password": PASSWORD}, Cookie=cookie)
            for csrf, cookie in browsers]
        result = load.run("password sign-in", sign_in, expected=303, connections=8)
        report.add("sign-in with a password", 8, result, argon2, f"libsodium's Argon2id, {CORES} threads")

        alone = load.run("tokens alone", [token_request(load)], connections=1, seconds=4)
        hashing = load.begin(sign_in, expected=303, connections=BROWSERS, seconds=8)
        time.sleep(1)
        beside = load.run("tokens beside passwords", [token_request(load)], connections=1, seconds=5)
        crowd = load.end(hashing, "passwords flat out")
        wait = 1000 * BROWSERS / max(1, crowd["rate"])
        facts += [
            f"A token request takes {alone['p50']:.1f} ms (p99 {alone['p99']:.1f} ms) on its own, and "
            f"{beside['p50']:.1f} ms (p99 {beside['p99']:.1f} ms) while {BROWSERS} people at a time sign in with passwords, "
            f"{crowd['rate']:.0f} a second, who wait {crowd['p50']:.0f} ms each."]
        if beside["p99"] > wait / 2:
            faults.append(f"token requests wait behind passwords: p99 {beside['p99']:.0f} ms, a password {wait:.0f} ms")
        facts += [
            f"Memory: {idle:.0f} MiB idle, {memory(pid, 'VmHWM'):.0f} MiB at most under this load.",
            f"From start to the first answer: {1000 * statistics.median(starts):.0f} ms; "
            f"{1000 * first_start:.0f} ms the very first time, when the keys are made."]
        faults += load.faults

    with open_house(binary, MARTLET_SIGNING_ACCESS_TOKEN_ALGORITHM="RS256") as house:
        load = Load(house, seconds)
        what = "client_credentials, RS256 access token"
        result = load.run(what, [token_request(load)])
        report.rows.insert(4, None)
        report.add(what, CONNECTIONS, result, rsa3072, "OpenSSL's RS256 (3072), one core")
        report.rows[4] = report.rows.pop()
        faults += load.faults

    others = max(0, busy_seconds() - busy - (own_seconds() - own)) / (time.monotonic() - began)
    facts += [
        f"Ceilings: OpenSSL signs {es256:,.0f} ES256 and {rsa3072:,.0f} RS256 (3072 bits) a second on one core and "
        f"verifies {es256_verify:,.0f} ES256; libsodium hashes {argon2:.0f} passwords a second on {CORES} threads; SQLite "
        f"makes {commits:,.0f} one-row commits a second, one after the other (the server gathers several in one).",
        f"{CORES} cores, shared with wrk. Other work on the machine took {others:.2f} of them meanwhile"
        + (", so that these figures are too low." if others > 0.15 else ".")]
    return report, facts, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default=HERE.parents[1] / ".build/release/martlet")
    parser.add_argument("--seconds", type=int, default=5, help="length of one measurement, 2 to 10")
    options = parser.parse_args()
    if not 2 <= options.seconds <= 10:
        parser.error("--seconds must be from 2 to 10")
    report, facts, faults = measure(options.binary, options.seconds)
    print(report.table() + "\n\n" + "\n".join(f"- {fact}" for fact in facts))
    for fault in faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
