"""Load from wrk, and what came of it."""
import json
import os
import subprocess
import tempfile
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

from machine import Meter

HERE = Path(__file__).resolve().parent
# What is still missing this long after the end of a run will not come.
PATIENCE = 60


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict = field(default_factory=dict)
    body: str = ""

    @staticmethod
    def form(path, fields, **headers):
        # What is filled in later must not be escaped.
        body = urllib.parse.urlencode(fields, safe="@")
        return Request("POST", path, {"Content-Type": "application/x-www-form-urlencoded", **headers}, body)

    def line(self, host):
        headers = "\x1f".join(f"{name}: {value}" for name, value in ({"Host": host} | self.headers).items())
        line = "\t".join([self.method, self.path, headers, self.body])
        assert "\n" not in line
        return line


@dataclass
class Sample:
    """One run. Latencies in milliseconds; `cpu` is the servers' time for each answer, in µs; the rest in cores."""
    rate: float
    p50: float
    p99: float
    cpu: float = 0.0
    server_cores: float = 0.0
    generator_cores: float = 0.0
    elsewhere: float = 0.0
    good: int = 0
    fault: str = ""
    # Of requests sent meanwhile at an even pace, where there are any: rate, p50, p99.
    beside: dict = None


class Run:
    """wrk on its way; `Sample`s come from `end`."""

    def __init__(self, door, requests, *, seconds, connections, mode=None, expected=200, tokens=None, collect=None,
                 pause=None, roots=()):
        self.folder = tempfile.TemporaryDirectory(prefix="load-")
        self.seconds, folder = seconds, Path(self.folder.name)
        (folder / "requests").write_text("\n".join(request.line(door.host) for request in requests) + "\n")
        environment = os.environ | {"LOAD_REQUESTS": str(folder / "requests"), "LOAD_RESULT": str(folder / "result")}
        if mode:
            environment |= {"LOAD_MODE": mode, "LOAD_EXPECTED": str(expected)}
        if tokens:
            (folder / "tokens").write_text("\n".join(tokens) + "\n")
            environment["LOAD_TOKENS"] = str(folder / "tokens")
        if collect:
            environment["LOAD_COLLECT"] = str(collect)
        if pause:
            environment["LOAD_PAUSE"] = str(pause)
        script = HERE / ("sequence.lua" if mode else "fixed.lua")
        self.meter = Meter(roots)
        self.process = subprocess.Popen(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(script), door.address],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def end(self):
        try:
            text, _ = self.process.communicate(timeout=self.seconds + PATIENCE)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        server, own, elsewhere, wall = self.meter.read()
        assert self.process.returncode == 0, text
        result = json.loads((Path(self.folder.name) / "result").read_text())
        self.folder.cleanup()
        fault = ""
        if result["bad"] or result["broken"] or not result["good"]:
            fault = f"{result['bad']} wrong answers, {result['broken']} broken of {result['good']}: {result['fault']}"
        rate = result["good"] / result["seconds"] if result["seconds"] > 0 else 0.0
        each = 1e6 * server / max(1, result["good"])
        return Sample(rate, result["p50"], result["p99"], each, server / wall, own / wall, elsewhere / wall,
                      result["good"], fault)


@dataclass(frozen=True)
class Door:
    """Where to connect to, and what to call it: a name may have addresses at which nobody listens."""
    address: str
    host: str

    @staticmethod
    def of(url):
        parts = urllib.parse.urlsplit(url)
        host = parts.netloc
        name = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return Door(f"{parts.scheme}://{name}:{port}", host)
