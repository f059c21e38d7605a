#!/usr/bin/env python3
"""Builds the fuzzing program, .build/fuzz/fuzz, out of the ordinary debug build, which must be there (make fuzz).

Only the files that read outside bytes are compiled a second time, now so that libFuzzer sees which branches an input
takes. Everything else, the dependencies above all, is linked as it lies in .build/debug: a second build of them all
would take longer than the fuzzing. How a file is compiled is taken from SwiftPM's own plan of that build, so that
nothing is said twice. AddressSanitizer watches the files that hand memory to C libraries.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEBUG = ROOT / ".build" / "debug"
OUTPUT = ROOT / ".build" / "fuzz"
PROGRAM = OUTPUT / "fuzz"

# Of each room the folders with what outside bytes reach, those first that take long to compile.
ROOMS = {
    "Web": ["Gate", "Server", "Routes/Administration"],
    "Identity": ["Values", "Upstream", "Pictures"],
    "OAuth": ["."],
    "Cryptography": ["."],
    "Outbound": ["."],
    "WebAuthn": ["."],
    "JSON": ["."],
    "JOSE": ["."],
}
NEAR_C = {"Cryptography", "Outbound", "WebAuthn", "JSON"}

# The fuzzing program takes its arguments from the plan of this one, which may import every room.
MODEL = "martlet"

COMPILER = Path(shutil.which("swiftc") or sys.exit("swiftc is not in PATH")).resolve()
# Where the compiler's own macros are; only its driver knows by itself.
MACROS = COMPILER.parents[1] / "lib" / "swift" / "host" / "plugins"

# SwiftPM's arguments that are about its own outputs: those with a value behind them, and those without.
WITH_VALUE = {
    "-emit-module-path", "-output-file-map", "-index-store-path", "-emit-objc-header-path", "-module-cache-path",
    "-module-name", "-o", "-Xfrontend", "-Xlinker",
}
ALONE = {
    "-emit-dependencies", "-emit-module", "-incremental", "-enable-batch-mode", "-serialize-diagnostics",
    "-parseable-output", "-emit-objc-header", "-emit-executable", "-parse-as-library", "-c", "-g", "-j2",
}


def plan(kind, name):
    """The arguments by which SwiftPM compiles a module (`module`) or links a program (`exe`), without its outputs."""
    title = re.compile(rf'  "C\.{name}-.*-debug\.{kind}":')
    lines = iter((ROOT / ".build" / "debug.yaml").read_text().splitlines())
    if not any(title.fullmatch(line) for line in lines):
        sys.exit(f"SwiftPM has no plan of {name}; build first: make build")
    rest = iter(json.loads(next(line for line in lines if line.startswith("    args: "))[10:])[1:])
    for argument in rest:
        if argument == "-Xcc":
            yield from (argument, next(rest))
        elif argument in WITH_VALUE:
            next(rest)
        elif argument not in ALONE and not re.fullmatch(r"@.*sources|-j\d+", argument):
            yield argument


def run(what, arguments):
    began = time.monotonic()
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        sys.exit(f"{what} could not be built for fuzzing")
    print(f"  {what} in {time.monotonic() - began:.0f} s", flush=True)


def compile_files(name, files, others, arguments, flags):
    """One object for each of the files; `others` are the rest of their module."""
    folder = OUTPUT / name
    folder.mkdir(parents=True, exist_ok=True)
    objects = [folder / f"{file.name}.o" for file in files]
    needed = [DEBUG / MODEL, Path(__file__), *files]
    newest = max(each.stat().st_mtime for each in needed)
    if all(each.exists() and each.stat().st_mtime > newest for each in objects):
        return objects
    command = ["swiftc", "-frontend", "-c", "-module-name", name, "-parse-as-library", "-gline-tables-only"]
    command += ["-disable-objc-interop", "-plugin-path", str(MACROS), "-module-cache-path", str(OUTPUT / "modules")]
    command += [*flags, *arguments]
    for file, made in zip(files, objects):
        command += ["-primary-file", str(file), "-o", str(made)]
    run(name, command + [str(each) for each in others])
    for made in objects:
        # The compiler leaves a file alone that would not change.
        made.touch()
    return objects


def compile_room(name):
    source = ROOT / "Sources" / name
    every = sorted(source.rglob("*.swift"))
    files = [each for each in every if any((source / folder) in each.parents for folder in ROOMS[name])]
    others = [each for each in every if each not in files]
    sanitizers = ["-sanitize=fuzzer"] + (["-sanitize=address"] if name in NEAR_C else [])
    return compile_files(name, files, others, plan("module", name), sanitizers)


def compile_program():
    """Not watched itself: what is to be found lies in the rooms."""
    files = sorted((ROOT / "Tests" / "Fuzz" / "Program").rglob("*.swift"))
    return compile_files("Fuzz", files, [], plan("module", MODEL), [])


def link(objects):
    if PROGRAM.exists() and PROGRAM.stat().st_mtime > max(each.stat().st_mtime for each in objects):
        return
    arguments = list(plan("exe", MODEL))
    listed = next(each for each in arguments if each.startswith("@"))
    replaced = {f"{each.parent.name}.build/{each.name}" for each in objects}
    every = Path(listed[1:]).read_text().splitlines()
    others = [line for line in every if "/".join(line.strip("'").split("/")[-2:]) not in replaced]
    (OUTPUT / "objects").write_text("\n".join([str(each) for each in objects] + others) + "\n")
    arguments[arguments.index(listed)] = f"@{OUTPUT / 'objects'}"
    run("linked", ["swiftc", "-sanitize=fuzzer,address", "-o", str(PROGRAM)] + arguments)


def main():
    began = time.monotonic()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=int(os.environ.get("JOBS") or os.cpu_count() or 1)) as pool:
        parts = [pool.submit(compile_room, name) for name in ROOMS] + [pool.submit(compile_program)]
        link([each for part in parts for each in part.result()])
    print(f"  the fuzzing program in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
