"""Reads pytest's reports and says in one line what came of the outside tests. A skipped test proves nothing, so it
counts as failed; so does a report that is not there.

    outcome.py REPORT.xml...
"""
import sys
import xml.etree.ElementTree as ElementTree


def outcome(path):
    """(passed, failed) of one report."""
    try:
        cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 0, 1
    if not cases:
        print(f"{path}: no test was run", file=sys.stderr)
        return 0, 1
    passed = 0
    for case in cases:
        faults = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        if faults:
            print(f"{', '.join(faults)}: {case.get('classname')} {case.get('name')}", file=sys.stderr)
        else:
            passed += 1
    return passed, len(cases) - passed


def main(paths):
    outcomes = [outcome(path) for path in paths]
    passed, failed = (sum(numbers) for numbers in zip(*outcomes, strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
