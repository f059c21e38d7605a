"""Measures a Martlet on this machine, beside what the machine can do at all and beside a rival; says what it reaches.

  make bench                                     build a release and measure everything (about a quarter of an hour)
  make bench BENCH='--seconds 2 --rounds 1'      a quick look
  python Tests/Load/bench --rows refresh,flow --engines sqlite --no-rival
  python Tests/Load/bench --large                ... and with 1,000,000 people and 10,000,000 refresh tokens
  python Tests/Load/bench --profile              where the time goes, instead of how much there is
  python Tests/Load/bench --issuer https://id.example.com --client-id bench --client-secret-file secret.txt

Everything that it starts is on loopback, in temporary folders, and ends with it. The load comes from wrk, which takes
part of the same cores: a rate is what is left beside the generator. Progress goes to standard error, Markdown to
standard output; both Markdown and every raw figure (JSON) are written to the folder given by --output.

Exit code: 0 measured; 1 an answer was wrong or a row could not be measured; 2 options that make no sense;
3 with --demand, when a target was missed.
"""
import argparse
import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parents[1] / "Clients"))

import profiling  # noqa: E402
import report  # noqa: E402
import targets  # noqa: E402
from measuring import Measuring  # noqa: E402
from rows import ROWS  # noqa: E402

ENGINES = ("sqlite", "postgresql")


def names(known):
    def read(text):
        found = text.split(",")
        unknown = [name for name in found if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
        return found
    return read


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/martlet",
                        help="the server (a release build)")
    parser.add_argument("--seconds", type=int, default=5, help="length of one measurement, 1 to 30 (default 5)")
    parser.add_argument("--rounds", type=int, default=3,
                        help="rounds over everything, of which medians are told (default 3)")
    parser.add_argument("--connections", type=int, default=64, help="connections that wait for answers (default 64)")
    parser.add_argument("--starts", type=int, default=5, help="starts of each server that are timed (default 5)")
    parser.add_argument("--engines", type=names(ENGINES), default=list(ENGINES), metavar="NAME,…",
                        help="sqlite, postgresql, or both (the default)")
    parser.add_argument("--rows", type=names(ROWS), metavar="NAME,…", help=f"some of: {', '.join(ROWS)}")
    parser.add_argument("--no-ceilings", dest="ceilings", action="store_false", help="not the machine itself")
    parser.add_argument("--no-rival", dest="rival", action="store_false", help="do not start Glewlwyd")
    parser.add_argument("--no-slow-disk", dest="slow_disk", action="store_false",
                        help="no rows with fsync slowed to 5 ms")
    parser.add_argument("--large", type=int, nargs="?", const=10_000_000, metavar="TOKENS",
                        help="also with a database of so many refresh tokens (default 10,000,000: some minutes to "
                             "write, several GB of disk for each engine) and a tenth as many people")
    parser.add_argument("--processes", type=int, default=1, metavar="N",
                        help="also N processes on one database, 2 to 16, each with a generator of its own")
    parser.add_argument("--database-connections", type=int, metavar="N",
                        help="connections that a process keeps to PostgreSQL (default: what Martlet does unasked)")
    parser.add_argument("--profile", type=names(ROWS), nargs="?", metavar="NAME,…",
                        const=["client_credentials", "introspection", "userinfo", "refresh", "flow"],
                        help="where the server's time goes in these rows, by perf or else by valgrind's callgrind")
    parser.add_argument("--output", type=Path, default=ROOT / "Tests/output", help="folder for bench.md and bench.json")
    parser.add_argument("--demand", action="store_true", help="a missed target makes the exit code 3")
    given = parser.add_argument_group(
        "any issuer", "Measures an issuer that runs already, by what its discovery document says, and starts nothing. "
        "The client needs client_credentials; with --username also the authorization code, PKCE, --redirect-uri, and a "
        "refresh token. Only ask those who have agreed to be asked.")
    given.add_argument("--issuer", metavar="URL")
    given.add_argument("--pid", type=int, help="its process, if it runs here: for processor time and memory")
    given.add_argument("--client-id")
    given.add_argument("--client-secret")
    given.add_argument("--client-secret-file", type=Path)
    given.add_argument("--secret-in-body", action="store_true", help="client_secret_post, not client_secret_basic")
    given.add_argument("--own-scope", default="", help="scope for client_credentials")
    given.add_argument("--username")
    given.add_argument("--password")
    given.add_argument("--redirect-uri", default="http://127.0.0.1:9/callback", help="nobody needs to listen there")
    given.add_argument("--scope", default="openid")
    given.add_argument("--offline-scope", default="openid offline_access", help="scope that brings a refresh token")
    return parser


def checked(parser):
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    if not 1 <= options.seconds <= 30 or not 1 <= options.rounds <= 9 or not 1 <= options.connections <= 1000:
        parser.error("--seconds must be from 1 to 30, --rounds from 1 to 9, --connections from 1 to 1000")
    if not 1 <= options.starts <= 20:
        parser.error("--starts must be from 1 to 20")
    if not 1 <= options.processes <= 16:
        parser.error("--processes must be from 1 to 16")
    if not shutil.which("wrk"):
        parser.error("wrk is needed: apt-get install wrk")
    if options.client_secret_file:
        options.client_secret = options.client_secret_file.read_text().strip()
    if options.issuer and not (options.client_id and options.client_secret):
        parser.error("--issuer needs --client-id and --client-secret or --client-secret-file")
    if bool(options.username) != bool(options.password):
        parser.error("--username and --password belong together")
    if options.large is not None and not 1000 <= options.large <= 100_000_000:
        parser.error("--large must be from 1000 to 100000000")
    if not options.issuer and not options.binary.exists():
        parser.error(f"there is no {options.binary}: swift build -c release --product martlet")
    return options


def main():
    options = checked(arguments())
    if options.profile:
        return profiling.run(options)
    with Measuring(options) as measuring:
        measuring.open()
        figures = measuring.run()
        text = report.markdown(figures)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "bench.md").write_text(text + "\n")
    (options.output / "bench.json").write_text(json.dumps(figures.document(), indent=1) + "\n")
    print(text)
    for fault in figures.faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    if figures.faults:
        return 1
    verdicts = [verdict for verdicts in targets.everything(figures).values() for verdict in verdicts]
    return 3 if options.demand and not all(verdict.is_reached for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
