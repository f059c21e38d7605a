#!/usr/bin/env python3
"""Runs the fuzz targets and prints for each how long, how often and how far (make fuzz).

Each begins with what is kept in Tests/Fuzz/TARGET/corpus, where every input has once been of interest; among them are
those that once broke a rule, so that a run of no seconds repeats them all. What a run finds beside goes to
.build/fuzz/corpus and is begun with the next time. An input that breaks a rule is kept in Tests/Fuzz/TARGET/corpus
under the name broken-…, and the run ends with 1.
"""
import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / ".build" / "fuzz"
PROGRAM = BUILD / "fuzz"

# One input may take so long on a machine that does much beside.
SECONDS_EACH = 30
LONGEST = 16_384
MEMORY = 2048


def environment(target):
    return os.environ | {
        "FUZZ_TARGET": target,
        # Of a crash libFuzzer tells enough, and Swift's own backtraces take minutes.
        "SWIFT_BACKTRACE": "enable=no",
        "ASAN_OPTIONS": "quarantine_size_mb=16",
        "LSAN_OPTIONS": f"suppressions={HERE / 'leaks.txt'}:print_suppressions=0",
    }


def fuzz(target, seconds):
    """The line to print, and whether every rule held."""
    kept, found = HERE / target / "corpus", BUILD / "corpus" / target
    found.mkdir(parents=True, exist_ok=True)
    words = HERE / target / "words.dict"
    # With no seconds each input that is kept is run once.
    runs = [f"-max_total_time={seconds}"] if seconds else ["-runs=0"]
    command = [
        str(PROGRAM), *runs, f"-timeout={SECONDS_EACH}",
        # Looked for once, at the end: after every input it takes longer than all else.
        "-detect_leaks=0", f"-report_slow_units={SECONDS_EACH}", f"-max_len={LONGEST}", f"-rss_limit_mb={MEMORY}",
        "-print_final_stats=1", f"-artifact_prefix={kept}/broken-", *([f"-dict={words}"] if words.exists() else []),
        str(found), str(kept),
    ]
    log = BUILD / f"{target}.log"
    began = time.monotonic()
    with log.open("wb") as output:
        # To a file and not a pipe: what a process that dies has written stays whole.
        code = subprocess.run(command, stdout=output, stderr=output, env=environment(target)).returncode
    text = log.read_text(errors="replace")
    executions = re.search(r"number_of_executed_units: (\d+)", text)
    last = re.findall(r"cov: (\d+) ft: \d+ corp: (\d+)/", text)
    covered, size = last[-1] if last else ("-", "-")
    line = (
        f"{target:24}{time.monotonic() - began:7.0f} s {int(executions[1]) if executions else 0:12,} executions"
        f"{covered:>7} branches{size:>6} inputs"
    )
    return (line, True) if code == 0 else (line + "  BROKEN\n" + told(target, text, log), False)


def told(target, text, log):
    """What was broken, and how to see it again."""
    why = re.findall(r"Fatal error: .*|(?:SUMMARY|ERROR): .*", text)
    lines = [f"    {each}" for each in why[:2]]
    for each in re.findall(r"Test unit written to (\S+)", text):
        # A leak is found at the end, and no input is known to be at fault.
        if "LeakSanitizer" in text:
            Path(each).unlink(missing_ok=True)
            continue
        lines.append(f"    again: FUZZ_TARGET={target} SWIFT_BACKTRACE=enable=no {PROGRAM} {each}")
    # Small ones are told whole, for wherever the files are gone afterwards.
    lines += [f"    in base64: {each}" for each in re.findall(r"Base64: (\S+)", text) if len(each) <= 2000]
    return "\n".join(lines + [f"    the whole story: {log}"])


def main():
    every = sorted(each.parent.name for each in HERE.glob("*/corpus"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=900, help="for each target; 0 repeats the kept inputs alone")
    parser.add_argument("--only", default="", help="targets, with commas between them: " + ",".join(every))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at a time")
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else every
    if unknown := [each for each in chosen if each not in every]:
        sys.exit(f"no target is called {', '.join(unknown)}; there are {', '.join(every)}")
    good = True
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        for line, held in pool.map(lambda each: fuzz(each, options.seconds), chosen):
            print(line, flush=True)
            good = good and held
    print(f"{len(chosen)} targets, {options.seconds} s each: {'every rule held' if good else 'A RULE IS BROKEN'}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
