import os

import pytest

from behind_nginx import TwoBehindNginx
from martlet import ENGINE, ENGINES, Martlet
from person import Person
from shares import ByFile, longest_first
from upstream import Upstream

EMAIL = "ada@example.org"
CONFIDENTIAL = "http://127.0.0.1:9901/callback"
PUBLIC = "http://127.0.0.1:9902/callback"
GONE = "http://127.0.0.1:9901/gone"
CLIENTS = (CONFIDENTIAL, PUBLIC, GONE)
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


LONG = ["test_second_factor_matrix", "test_second_factor", "test_mail_killed", "test_killed", "test_experiments",
        "test_upstream_faults", "test_upstream_tokens", "test_people", "test_mail_outbox", "test_second_factor_races", "test_factor_recovery",
        "test_backup", "test_import", "test_magic_link_attacks", "test_purge", "test_stopping", "test_magic_link_policy"]


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


def pytest_collection_modifyitems(config, items):
    """What is about one engine is no test of the other, and what root alone can do none for others: left out there, not
    skipped."""
    foreign = [engine for engine in ENGINES if engine != ENGINE] + (["root"] if os.geteuid() != 0 else [])
    foreign += ["once"] if ENGINE != ENGINES[0] else []
    others = [item for item in items if any(item.get_closest_marker(mark) for mark in foreign)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]
    assert items, "nothing to test"
    longest_first(items, LONG)


def pytest_terminal_summary(terminalreporter):
    """Tables that tests filled cell by cell, whether or not all of it is as it must be: of each cell
    `record_property("table", [title, [number, row], [number, column], cell])`."""
    tables = {}
    for report in [report for some in terminalreporter.stats.values() for report in some]:
        for name, value in getattr(report, "user_properties", []) if getattr(report, "when", "") == "call" else []:
            if name == "table":
                title, row, column, cell = value
                tables.setdefault(title, {})[tuple(row), tuple(column)] = cell
    for title, cells in tables.items():
        rows, columns = (sorted({place[side] for place in cells}) for side in (0, 1))
        lines = [["", *(name for _, name in columns)]]
        lines += [[row[1], *(cells.get((row, column), "-") for column in columns)] for row in rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line("  ".join(map(str.ljust, line, widths)).rstrip())


def pytest_generate_tests(metafunc):
    """What is written with Authlib is run twice: with one process, and with two of them behind nginx."""
    if metafunc.module.__name__ == "test_authlib" and "martlet" in metafunc.fixturenames:
        metafunc.parametrize(
            "martlet", [Martlet, TwoBehindNginx], indirect=True, scope="session", ids=["one", "two-behind-nginx"])


@pytest.fixture(scope="session")
def martlet(request):
    """One server for all, with a person who is an administrator and clients of every kind."""
    house = getattr(request, "param", Martlet)()
    house.add_client(
        "wiki", "wiki's secret", redirect_uris=[CONFIDENTIAL], post_logout_redirect_uris=[GONE],
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        scope="openid profile email roles offline_access",
        # It asks about its own tokens, so it belongs to their audience (D8).
        martlet_audience=["https://wiki.example.org"])
    house.add_client("other", "other's secret", redirect_uris=[CONFIDENTIAL + "/other"])
    house.add_client("careless", "careless secret", redirect_uris=[CONFIDENTIAL], martlet_may_omit_pkce=True)
    house.add_client(
        "phone", redirect_uris=[PUBLIC], grant_types=["authorization_code", "refresh_token"],
        scope="openid profile email offline_access", token_endpoint_auth_method="none")
    for algorithm in ALGORITHMS:
        house.add_client(
            algorithm.lower(), "its secret", redirect_uris=[CONFIDENTIAL], id_token_signed_response_alg=algorithm)
    house.add_person(EMAIL)
    with house:
        yield house


@pytest.fixture(scope="session")
def signed_in(martlet):
    """A browser on which Ada has signed in already. Passwords are tried seldom: there are limits on that (PW7)."""
    person = Person(EMAIL, clients=CLIENTS)
    page = person.sign_in_on(person.go(f"{martlet.issuer}/sign-in"))
    assert page.path == "/account", page
    return person


@pytest.fixture
def stranger():
    """A browser nobody has used before."""
    return Person(EMAIL, clients=CLIENTS)


@pytest.fixture(scope="session")
def upstream_process():
    with Upstream() as upstream:
        yield upstream


@pytest.fixture
def upstream(upstream_process):
    """The stand-in of the upstream providers, as if freshly started."""
    upstream_process.reset()
    return upstream_process
