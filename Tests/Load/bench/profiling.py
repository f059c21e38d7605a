"""Where the server's time goes: samples by perf, or instructions by valgrind's callgrind, told by whose they are."""
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from house import House
from rows import ROWS

OWN = (
    "Cryptography", "JSON", "JOSE", "OAuth", "Identity", "Storage", "Outbound", "Places", "Web", "WebAuthn", "martlet")
LIBRARIES = (
    ("libcrypto", "OpenSSL"), ("libsodium", "libsodium"), ("libsqlite3", "SQLite"), ("libpq", "libpq"),
    ("libjansson", "Jansson"), ("libc.so", "C library"), ("libm.so", "C library"), ("kernel", "kernel"),
    ("[unknown]", "kernel"))
# Beginnings of what is no Swift function, and whose it is.
RUNTIME = re.compile(r"^_?swift_|^_swift|^Swift|swift::|^objc_")
MANGLED = re.compile(r"\$[sS](\d+)(\w+)")
TOP = 25


def room(symbol, library):
    """Whose a function is: a room of the house, a package, a library, the runtime, the kernel."""
    for part, name in LIBRARIES:
        if part in library:
            return name
    found = MANGLED.search(symbol)
    if found:
        module = found.group(2)[:int(found.group(1))]
        return module if module in OWN else "SwiftNIO" if module.startswith("NIO") else module
    if symbol.startswith("$s"):
        return "Swift library"
    if RUNTIME.search(symbol) or "swift" in library.lower():
        return "Swift runtime"
    return "other"


def demangled(symbols):
    if not symbols or not shutil.which("swift"):
        return symbols
    done = subprocess.run(
        ["swift", "demangle", "--simplified"], input="\n".join(symbols), capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else symbols


def told(row, found, callers=()):
    """`found`: (share, symbol, library); `callers` with the shares of what they call in theirs."""
    rooms = Counter()
    for share, symbol, library in found:
        rooms[room(symbol, library)] += share
    top = sorted(found, reverse=True)[:TOP]
    lines = [f"### {ROWS[row].title}", "", "| whose | share |", "| --- | --: |"]
    lines += [f"| {name} | {share:.1f} % |" for name, share in rooms.most_common(14)]
    lines += functions("function, by itself", top)
    ours = [each for each in callers if room(each[1], each[2]) in OWN]
    if ours:
        lines += functions("function of the house, with all that it calls", sorted(ours, reverse=True)[:TOP])
    return "\n".join(lines)


def functions(title, found):
    lines = ["", f"| {title} | whose | share |", "| --- | --- | --: |"]
    for (share, symbol, library), text in zip(found, demangled([symbol for _, symbol, _ in found]), strict=True):
        lines.append(f"| `{text[:100].replace('|', '/')}` | {room(symbol, library)} | {share:.1f} % |")
    return lines


def by_perf(house, row, options, folder):
    """The processor's clock, for virtual machines often have no counters."""
    data = folder / "perf.data"
    recorder = subprocess.Popen(
        ["perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "--call-graph", "fp", "-p", str(house.process), "-o",
         str(data)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not data.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        ROWS[row].measure(house, options.connections, options.seconds)
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.wait(timeout=30)
    return perf_report(data, "overhead"), perf_report(data, "overhead_children")


def perf_report(data, share):
    """`overhead` is of a function by itself, `overhead_children` with all that it calls."""
    done = subprocess.run(
        ["perf", "report", "--stdio", "-i", str(data), "--sort", "symbol,dso", "-t", "\t", "-g", "none", "-F",
         f"{share},symbol,dso", "--children" if share.endswith("children") else "--no-children", "--percent-limit",
         "0.02"],
        capture_output=True, text=True, timeout=120)
    found = []
    for line in done.stdout.splitlines():
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) >= 3 and columns[0].endswith("%"):
            found.append((float(columns[0][:-1]), re.sub(r"^\[[.k]\]\s*", "", columns[1]), columns[2]))
    assert found, f"perf told nothing: {done.stderr[-300:]}"
    return found


def by_callgrind(options, row, folder):
    """Every instruction is counted, so the server is some fifty times slower; few connections, one house a row."""
    file = folder / "callgrind.out"
    house = House("Martlet", options.binary)
    with house:
        house.martlet.stop()
        house.martlet.starter = ["valgrind", "--tool=callgrind", "--quiet", f"--callgrind-out-file={file}"]
        house.martlet.start()
        ROWS[row].measure(house, 4, options.seconds)
    done = subprocess.run(
        ["callgrind_annotate", "--threshold=98", str(file)], capture_output=True, text=True, timeout=120)
    found = []
    for line in done.stdout.splitlines():
        match = re.match(r"\s*[\d,]+ \(\s*([\d.]+)%\)\s+(\S*?):(.*?)(?: \[(.*)\])?$", line)
        if match:
            found.append((float(match.group(1)), match.group(3).strip(), Path(match.group(4) or "").name))
    assert found, f"callgrind told nothing: {done.stderr[-300:]}"
    return found


def run(options):
    parts, rows = [], [row for row in options.profile if row in (*House.rows, *House.rows_of_people)]
    with tempfile.TemporaryDirectory(prefix="profile-") as folder:
        if shutil.which("perf"):
            parts.append("Shares of processor time (perf, 997 samples a second; SQLite, ES256).")
            with House("Martlet", options.binary) as house:
                for row in rows:
                    print(f"profiling {row}", file=sys.stderr, flush=True)
                    parts.append(told(row, *by_perf(house, row, options, Path(folder))))
        elif shutil.which("valgrind"):
            parts.append("Shares of instructions (valgrind's callgrind; SQLite, ES256; a start is included).")
            for row in rows:
                print(f"profiling {row}", file=sys.stderr, flush=True)
                parts.append(told(row, by_callgrind(options, row, Path(folder))))
        else:
            print("Neither perf (linux-perf) nor valgrind is installed.", file=sys.stderr)
            return 1
    text = "\n\n".join(parts)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "profile.md").write_text(text + "\n")
    print(text)
    return 0
