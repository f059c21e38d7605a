#!/usr/bin/env python3
"""Breaks things on purpose, and says what came of it (make experiments).

Each experiment starts a house of its own on loopback, ends only what it has started, and is bounded in time. It prints
figures beside what they must be; of several runs the worst one counts, figure by figure. Ends with 1 when a figure
misses its bound, or a run ends in any other way than by itself.

    .build/venv/bin/python Tests/Load/experiments --only EX5 --engine postgresql --runs 1

The server keeps the first core, everything else has the others. A release build is taken if there is one, or what
MARTLET_BINARY names.
"""
import argparse
import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Clients"))
ENGINES = ("sqlite", "postgresql")


def experiments():
    """By their names, in the order of their numbers."""
    paths = sorted(HERE.glob("ex[0-9]*.py"), key=lambda path: int(path.stem[2:].split("_")[0]))
    return {"EX" + str(int(path.stem[2:].split("_")[0])): path.stem for path in paths}


def arguments():
    known = experiments()
    titles = "\n".join(f"  {name:5} {title_of(stem)}" for name, stem in known.items())
    parser = argparse.ArgumentParser(
        prog="experiments", description=__doc__, epilog="The experiments:\n" + titles,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="EX5", choices=[*known], help="this one; may be given again")
    parser.add_argument("--engine", choices=[*ENGINES, "both"], default="both", help="the database (both)")
    parser.add_argument("--runs", type=int, default=5, help="how often each is done (5); the soak is done once")
    parser.add_argument("--short", action="store_true", help="the forms that make test runs")
    parser.add_argument("--seed", help="what chance begins with, as an earlier run printed it; for one run")
    parser.add_argument("--json", type=pathlib.Path, help="a file for everything that was found, ledgers included")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args()


def title_of(stem):
    text = (HERE / f"{stem}.py").read_text()
    return text.split('"""')[1].split("\n\n")[0].replace("\n", " ")


def inside(name, options):
    """One run, in a process of its own; what it found is its last line."""
    from trial import Trial

    trial = Trial(options.short, options.seed)
    fault = None
    try:
        importlib.import_module(experiments()[name]).run(trial)
    except Exception:
        fault = traceback.format_exc()
        print(fault, file=sys.stderr)
    print(json.dumps(trial.record() | {"fault": fault}))
    sys.stdout.flush()
    sys.exit(0 if trial.passes and not fault else 1)


def one_run(name, engine, options, limit):
    command = [sys.executable, str(HERE), "--inside", name] + (["--short"] if options.short else [])
    command += ["--seed", options.seed] if options.seed else []
    # The last share of ports, so that tests may run beside it.
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {
        "MARTLET_TEST_ENGINE": engine, "PYTEST_XDIST_WORKER": "gw7"})
    try:
        out, _ = child.communicate(timeout=limit)
    except BaseException as error:
        # Interrupted, it ends what it has started.
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(timeout=60)
        except subprocess.TimeoutExpired:
            child.kill()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
        return {"fault": f"was not done within {limit} s", "figures": [], "notes": [], "seed": None, "engine": engine}
    try:
        return json.loads(out.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        return {"fault": f"ended with {child.returncode}", "figures": [], "notes": [], "seed": None, "engine": engine}


def worst(records):
    """Figure by figure, as first met."""
    from trial import Figure

    found = {}
    for record in records:
        for values in record["figures"]:
            figure = Figure(**values)
            known = found.get(figure.name)
            if known is None or figure.is_worse_than(known) or (known.passes and not figure.passes):
                found[figure.name] = figure
    return list(found.values())


def main():
    options = arguments()
    if options.inside:
        return inside(options.inside, options)
    results, failed = [], []
    for name, stem in experiments().items():
        if options.only and name not in options.only:
            continue
        module = importlib.import_module(stem)
        for engine in ENGINES if options.engine == "both" else (options.engine,):
            if engine not in getattr(module, "ENGINES", ENGINES):
                continue
            runs = min(options.runs, getattr(module, "RUNS", options.runs))
            records, begun = [], time.monotonic()
            for number in range(runs):
                print(f"{name} on {engine}, run {number + 1} of {runs}", file=sys.stderr, flush=True)
                records.append(one_run(name, engine, options, getattr(module, "LIMIT", 1200)))
            figures, faults = worst(records), [record["fault"] for record in records if record["fault"]]
            good = figures and not faults and all(figure.passes for figure in figures)
            failed += [] if good else [f"{name} on {engine}"]
            results.append({"experiment": name, "engine": engine, "runs": records})
            took = time.monotonic() - begun
            verdict = "passed" if good else "FAILED"
            print(f"{name} {title_of(stem)}\n  {engine}, worst of {runs}, {took:.0f} s: {verdict}")
            for line in [*map(str, figures), *(fault.strip().splitlines()[-1] for fault in faults)]:
                print(f"    {line}")
            sys.stdout.flush()
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed" + "".join(f"\n  {name}" for name in failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
