import pathlib
import subprocess
import sys
import time

import pytest
import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Clients"))

from client import Receiver  # noqa: E402
from martlet import Martlet, free_port  # noqa: E402
from screen import Screen  # noqa: E402
from shares import ByFile, longest_first  # noqa: E402


LONG = ["test_pages", "test_providers", "test_magic_links", "test_sign_in"]


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


def pytest_collection_modifyitems(items):
    longest_first(items, LONG)


@pytest.fixture(scope="module")
def house():
    """A server of this module's own, without any person yet."""
    with Martlet() as house:
        yield house


@pytest.fixture(scope="module")
def ada(house):
    """The first person: address and password."""
    return house.add_person()


@pytest.fixture(scope="module")
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def demo(house, ada):
    """The demo in front of the server; its address."""
    port = free_port()
    log = open(house.folder / "demo.txt", "w")
    process = subprocess.Popen(
        [house.binary, "demo", "--port", str(port)], cwd=house.folder, env=house.environment, stdout=log, stderr=log,
        stdin=subprocess.DEVNULL)
    address = f"http://localhost:{port}/"
    try:
        wait_for(process, house, address)
        house.reload()
        yield address
    finally:
        process.terminate()
        assert process.wait(timeout=15) in (0, -15), (house.folder / "demo.txt").read_text()


def wait_for(process, house, address):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, (house.folder / "demo.txt").read_text()
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.02)
    raise AssertionError("the demo does not answer")


@pytest.fixture(scope="session")
def chromium():
    screen = Screen()
    yield screen
    screen.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if call.when == "call":
        item.failed = report.failed


@pytest.fixture
def screen(chromium, request):
    """A browser that nobody has used. Where a test fails, its last page is kept."""
    chromium.reset()
    yield chromium
    if getattr(request.node, "failed", False):
        chromium.shot("failed-" + request.node.name)
