"""`martlet accounts purge`, as an operator types it and as cron runs it (B117-B125)."""
import json
import os
import pty
import subprocess
import time

import pytest
from martlet import Martlet

DAY = 86_400


@pytest.fixture
def house():
    with Martlet() as house:
        house.stop()
        yield house


@pytest.fixture(scope="module")
def untouched():
    """For what changes nothing."""
    with Martlet() as house:
        house.stop()
        yield house


def leave(house, name, days):
    """Somebody who deleted their account so many days ago."""
    email, _ = house.add_person(f"{name}@example.org", name.title())
    house.sql(f"UPDATE accounts SET status = 'disabled', deleted_by = 'person', deleted_at = {int(time.time()) - days * DAY}"
              f" WHERE canonical_email = '{email}'")


def left(house):
    return sorted(row.split("@")[0] for row in house.sql("SELECT canonical_email FROM accounts").split())


def at_terminal(house, *arguments, answer):
    """What a person at a terminal sees who types an answer: exit code and output."""
    main, side = pty.openpty()
    process = subprocess.Popen([house.binary, "accounts", "purge", *arguments], cwd=house.folder, env=house.environment,
                               stdin=side, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    os.write(main, answer.encode())
    output, errors = process.communicate(timeout=60)
    os.close(main)
    os.close(side)
    return process.returncode, output, errors


def test_the_cut_off_is_the_day_of_deletion(house):
    """B117, B119: defect of others: thirty days twice over."""
    for name, days in (("ada", 29), ("bob", 31), ("cid", 59), ("dan", 61)):
        leave(house, name, days)
    house.add_person("eve@example.org", "Eve")
    assert house.command("accounts", "purge", "--days", "45", "--dry-run").stdout.startswith("2 accounts deleted by")
    house.command("accounts", "purge", "--days", "60", "--no-input")
    assert left(house) == ["ada", "bob", "cid", "eve"]
    house.command("accounts", "purge", "--no-input")
    assert left(house) == ["ada", "eve"]


def test_a_dry_run_changes_nothing(house):
    """B118, B120."""
    leave(house, "ada", 31)
    result = house.command("accounts", "purge", "--dry-run", "--verbose")
    assert "1 account deleted by" in result.stdout and "would be removed" in result.stdout
    assert "ada" not in result.stdout and left(house) == ["ada"]
    told = json.loads(house.command("accounts", "purge", "--dry-run", "--json").stdout)
    assert (told["due"], told["removed"], told["dry_run"]) == (1, 0, True)


def test_without_a_terminal_it_wants_to_be_told(house):
    """B121: exit code 2, and nothing done."""
    leave(house, "ada", 31)
    result = house.command("accounts", "purge", check=False)
    assert result.returncode == 2 and "--no-input" in result.stderr and left(house) == ["ada"]
    result = house.command("accounts", "purge", "--no-input", "--json", "--verbose")
    told = json.loads(result.stdout)
    assert (told["removed"], told["failed"]) == (1, 0) and told["accounts"][0]["result"] == "removed"
    assert left(house) == []


@pytest.mark.parametrize("answer", ["n\n", "\n", "maybe\n", "no\n"])
def test_at_a_terminal_anything_but_yes_is_no(house, answer):
    """B122."""
    leave(house, "ada", 31)
    code, _, errors = at_terminal(house, answer=answer)
    assert code == 1 and "[y/N]" in errors and "nothing was changed" in errors and left(house) == ["ada"]


@pytest.mark.parametrize("answer", ["y\n", "YES\n"])
def test_at_a_terminal_yes_is_yes(house, answer):
    """B122."""
    leave(house, "ada", 31)
    code, output, _ = at_terminal(house, "--verbose", answer=answer)
    assert code == 0 and "removed 1" in output and left(house) == []


def test_one_that_fails_keeps_none_of_the_others(house):
    """B123."""
    for name in ("ada", "bob", "cid"):
        leave(house, name, 31)
    house.sql("CREATE TABLE anchor (account_id TEXT REFERENCES accounts (id))")
    house.sql("INSERT INTO anchor SELECT id FROM accounts WHERE canonical_email = 'bob@example.org'")
    result = house.command("accounts", "purge", "--no-input", check=False)
    assert result.returncode == 1 and "removed 2, failed 1" in result.stdout and left(house) == ["bob"]
    house.sql("DROP TABLE anchor")
    assert house.command("accounts", "purge", "--no-input").returncode == 0 and left(house) == []


def test_what_is_recorded_names_nobody(house):
    """B124: one event an account, by an operator, and no word of the person."""
    leave(house, "ada", 31)
    house.command("accounts", "purge", "--no-input")
    rows = house.sql("SELECT actor, details FROM audit_events WHERE kind = 'account_purged'").strip().splitlines()
    assert len(rows) == 1 and rows[0].startswith("operator:") and rows[0].endswith("{}")


@pytest.mark.parametrize("days", ["-1", "x", "1.5", "100000"])
def test_days_are_a_number_of_days(untouched, days):
    result = untouched.command("accounts", "purge", "--days", days, "--no-input", check=False)
    assert result.returncode == 2


def test_nothing_to_do_is_no_fault(untouched):
    assert "No account was deleted by" in untouched.command("accounts", "purge").stdout
