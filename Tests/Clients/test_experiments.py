"""The experiments of Tests/Load in their short forms: fewer of everything, for seconds in place of minutes, and
figures of time told and not judged, for other tests are busy beside them. Full forms: `make experiments`.

What the short forms leave out: outages that last (EX5), nine tenths of the crowd (EX8, EX11, EX12), requests but five
and faults but the first kind (EX28), sizes beyond 10 MiB (EX13), all that takes a rate of hundreds a second (EX16,
EX20), the way back (EX23), and anything about growth (EX24)."""
import importlib
import pathlib
import sys

import pytest

from martlet import ENGINE

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "Load/experiments"
sys.path.append(str(FOLDER))

from trial import Trial  # noqa: E402

NAMES = sorted((path.stem for path in FOLDER.glob("ex[0-9]*.py")), key=lambda stem: int(stem[2:].split("_")[0]))
# The short form of EX1 is test_killed.py, which has the same crowd.
ELSEWHERE = ("ex01_killed",)
# Which of the processes that run tests has which, so that none is left alone at the end.
SHARES = 4


def engines(stem):
    return getattr(importlib.import_module(stem), "ENGINES", ("sqlite", "postgresql"))


def cases():
    stems = [stem for stem in NAMES if ENGINE in engines(stem) and stem not in ELSEWHERE]
    return [pytest.param(stem, id=f"{stem} share-{number % SHARES}") for number, stem in enumerate(stems)]


@pytest.mark.parametrize("stem", cases())
def test_short_form(stem):
    trial = Trial(short=True)
    print(f"seed {trial.seed}")
    importlib.import_module(stem).run(trial)
    missed = [str(figure) for figure in trial.figures if not figure.passes]
    assert trial.figures and not missed, "\n".join([*missed, *trial.notes])
