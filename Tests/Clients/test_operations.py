"""What an operator reads and asks: figures, health, the log, and that the street sees none of it (CF1, CF4, CF6, OP6)."""
import datetime
import json
import resource
import time

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from martlet import Martlet
from person import Person

EMAIL = "ada@example.org"
TYPE = "text/plain; version=0.0.4; charset=utf-8"


@pytest.fixture(scope="module")
def server():
    house = Martlet()
    house.add_client("machine", "s" * 43, grant_types=["client_credentials"], redirect_uris=[], response_types=[], scope="")
    house.add_person(EMAIL)
    with house:
        yield house


def private(server, path):
    return requests.get(f"http://127.0.0.1:{server.management}{path}", timeout=5)


def figures(server):
    """Every number there is, read by Prometheus' own parser: (name, labels) to value."""
    answer = private(server, "/metrics")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == TYPE
    assert answer.text.endswith("\n")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), family
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, key
            found[key] = sample.value
    return found


def figure(server, name, **labels):
    return figures(server).get((name, tuple(sorted(labels.items()))), 0)


def token(server, secret="s" * 43, **more):
    return requests.post(server.issuer + "/token", auth=("machine", secret), timeout=5,
                         data={"grant_type": "client_credentials", **more})


def test_three_sign_ins_are_three(server):
    before = figure(server, "martlet_sign_ins_total", method="password", outcome="success")
    commits = figure(server, "martlet_database_commit_duration_seconds_count")
    for _ in range(3):
        person = Person(EMAIL)
        assert person.sign_in_on(person.go(f"{server.issuer}/sign-in")).path == "/account"
    assert figure(server, "martlet_sign_ins_total", method="password", outcome="success") == before + 3
    assert figure(server, "martlet_events_total", event="sign_in") == before + 3
    assert figure(server, "martlet_database_commit_duration_seconds_count") >= commits + 3


def test_tokens_and_refusals_are_counted_by_grant_and_by_error(server):
    before = figures(server)

    def more(name, **labels):
        key = (name, tuple(sorted(labels.items())))
        return after.get(key, 0) - before.get(key, 0)

    for _ in range(5):
        assert token(server).ok
    assert token(server, scope="no-such-scope").status_code == 400
    assert token(server, secret="wrong").status_code == 401
    after = figures(server)
    assert more("martlet_tokens_issued_total", grant_type="client_credentials") == 5
    assert more("martlet_refusals_total", endpoint="token", error="invalid_scope") == 1
    assert more("martlet_refusals_total", endpoint="client_authentication", error="invalid_client") == 1
    assert more("martlet_http_requests_total", route="/token", method="POST", status="2xx") == 5
    assert more("martlet_http_requests_total", route="/token", method="POST", status="4xx") == 2
    assert more("martlet_http_request_duration_seconds_count", route="/token") == 7
    assert more("martlet_http_request_duration_seconds_bucket", route="/token", le="+Inf") == 7


def test_no_stranger_makes_a_series_and_no_secret_is_in_one(server):
    token(server)
    requests.get(server.issuer + "/nowhere", timeout=5)
    before = set(figures(server))
    for number in range(50):
        requests.get(f"{server.issuer}/made-up-{number}?q={number}", timeout=5)
        requests.get(f"{server.issuer}/setup/secret-{number}", timeout=5)
        requests.request(f"VERB{number}", server.issuer + "/nowhere", timeout=5)
    new = set(figures(server)) - before
    labels = {value for _, pairs in new for _, value in pairs}
    assert labels <= {"none", "/setup/*", "GET", "other", "2xx", "4xx", "+Inf"} | {v for _, p in before | new for n, v in p if n == "le"}
    text = private(server, "/metrics").text
    assert "made-up" not in text and "secret" not in text and "machine" not in text and EMAIL not in text


def test_the_process_and_its_keys_are_told(server):
    now = figures(server)
    single = lambda name: now[name, ()]  # noqa: E731
    assert 10e6 < single("process_resident_memory_bytes") < 1e9
    assert 5 < single("process_open_fds") < single("process_max_fds")
    assert abs(single("process_start_time_seconds") - time.time()) < 600
    assert single("process_cpu_seconds_total") > 0
    assert single("martlet_ready") == single("martlet_database_up") == 1 and single("martlet_draining") == 0
    assert single("martlet_connections_limit") == 12_000
    for algorithm in ("RS256", "PS256", "ES256", "EdDSA"):
        key = (("algorithm", algorithm),)
        assert 0 <= now["martlet_signing_key_age_seconds", key] < 600
        assert abs(now["martlet_signing_key_rotates_in_seconds", key] - 90 * 86_400) < 600
    assert any(name == "martlet_build_info" for name, _ in now)


def test_open_connections_are_counted_and_why_some_ended_IN5(server):
    import socket
    before = figure(server, "martlet_connections_open")
    refused = figure(server, "martlet_connections_refused_total", reason="bad_request")
    held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(7)]
    wait_for(lambda: figure(server, "martlet_connections_open") >= before + 7)
    for connection in held:
        connection.sendall(b"nonsense\r\n\r\n")
        connection.close()
    wait_for(lambda: figure(server, "martlet_connections_open") <= before)
    assert figure(server, "martlet_connections_refused_total", reason="bad_request") == refused + 7


def wait_for(condition, seconds=8):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


@pytest.mark.parametrize("path", ["/metrics", "/health/live", "/health/ready"])
def test_the_private_address_reads_and_nothing_else_CF6(server, path):
    assert requests.get(server.issuer + path, timeout=5).status_code == 404
    for method in ("POST", "PUT", "DELETE"):
        assert requests.request(method, f"http://127.0.0.1:{server.management}{path}", timeout=5).status_code == 405
    with requests.Session() as session:  # HEAD brings no body that the next answer would be read from
        assert session.head(f"http://127.0.0.1:{server.management}{path}", timeout=5).status_code == 200
        assert session.get(f"http://127.0.0.1:{server.management}{path}", timeout=5).status_code == 200


@pytest.mark.sqlite
def test_ready_is_false_while_nothing_can_be_written_and_true_again_without_a_restart_OP6():
    """A limit on the size of files stands for a full disk: the write fails, and reading goes on."""
    with Martlet() as server:
        assert private(server, "/health/ready").status_code == 200
        unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
        wait_for(lambda: private(server, "/health/ready").status_code == 503, seconds=30)
        assert private(server, "/health/live").status_code == 200
        assert figure(server, "martlet_database_up") == figure(server, "martlet_ready") == 0
        assert requests.get(server.issuer + "/jwks.json", timeout=5).ok
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)
        wait_for(lambda: private(server, "/health/ready").status_code == 200, seconds=30)
        assert figure(server, "martlet_database_failures_total", kind="write") > 0


def test_every_log_line_is_json_in_utc_and_bears_the_reference_of_its_request_CF1_CF4(server):
    refused = token(server, secret="wrong\r\n{\"forged\": 1}\x1b[2J")
    reference = refused.headers["X-Request-Id"]
    page = requests.get(server.issuer + "/nowhere", headers={"X-Request-Id": "forged0000"}, timeout=5)
    assert page.headers["X-Request-Id"] in page.text and "forged0000" not in page.text
    wait_for(lambda: reference in server.read_log() and page.headers["X-Request-Id"] in server.read_log())
    lines = [json.loads(line) for line in server.read_log().splitlines()]
    for line in lines:
        assert list(line)[:3] == ["time", "level", "message"], line
        assert line["time"].endswith("Z") and datetime.datetime.fromisoformat(line["time"])
        assert line["level"] in ("trace", "debug", "info", "notice", "warning", "error", "critical")
        if line.get("event", "").startswith(("sign_in", "token", "client_auth")) or line["message"] == "request":
            assert len(line["reference"]) == 10, line
    same = [line for line in lines if line.get("reference") == reference]
    assert {line.get("event", line["message"]) for line in same} == {"client_authentication_refused", "request"}
    assert "forged" not in server.read_log() and "\x1b" not in server.read_log()
