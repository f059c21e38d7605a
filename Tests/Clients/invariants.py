"""The ledger invariants I1 to I6 after a run: what the crowd wrote down beside what the house says, and what its rows
say of each other. Each gives what it found wrong."""
from person import Person

# What one row promises and another breaks (I2, I3, I6).
CONTRADICTIONS = {
    "a family without exactly one token that was not spent":
        "SELECT grant_id FROM refresh_tokens GROUP BY grant_id HAVING count(*) <> count(spent_at) + 1",
    "a code that was spent for nothing, or not spent for something":
        "SELECT c.grant_id FROM authorization_codes c JOIN grants g ON g.id = c.grant_id WHERE g.is_offline = 1 AND "
        "(c.spent_at IS NULL) = (EXISTS (SELECT t.digest FROM refresh_tokens t WHERE t.grant_id = g.id))",
    "two codes for one grant":
        "SELECT grant_id FROM authorization_codes GROUP BY grant_id HAVING count(*) > 1",
    "a grant of nobody":
        "SELECT g.id FROM grants g WHERE NOT EXISTS (SELECT a.id FROM accounts a WHERE a.id = g.subject)",
    "a session that says more than was proven":
        "SELECT id FROM sessions WHERE is_half = 1 AND factor_at IS NOT NULL",
}


def violations_of(house):
    """I2, I3, I6: as far as rows alone tell. On SQLite also whether its file is whole."""
    found = [f"{what}: {rows[:300]}" for what, statement in CONTRADICTIONS.items() if (rows := house.sql(statement))]
    if not house.database:
        found += [row for row in house.sql("PRAGMA integrity_check").splitlines() if row != "ok"]
        found += [f"a row that points nowhere: {row}" for row in house.sql("PRAGMA foreign_key_check").splitlines()]
    return found


def broken_promises(run):
    """I1, I4: what was acknowledged is there, and what was taken back is gone. `run`: one whose crowd has stopped."""
    ledger, worker, found = run.ledger, run.workers[0], []
    found += [("is not active", token) for token, _ in ledger.active if not is_active(worker, token)]
    found += [("is active still", token) for token in ledger.revoked if is_active(worker, token)]
    for cookies in ledger.signed_out:
        stranger = Person()
        stranger.session.cookies = cookies
        if stranger.go(worker.doors[0] + "/account").path != "/sign-in":
            found.append(("was signed out and is in",))
    for worker in run.workers:
        if worker in run.visitors:
            worker.once()
        elif not worker.is_signed_in():
            found.append(("was signed in and is out", worker.person.email))
    for token, client in list(ledger.live.items()):
        worker.take("refresh token", token, client)
    return found + ledger.surprises


def taken_twice(run):
    """I2: everything that was ever spent is presented once more."""
    ledger, worker, found = run.ledger, run.workers[0], []
    for artefact, (kind, client) in dict(ledger.spent).items():
        answer = worker.present(kind, artefact, client)
        if answer is not None and artefact not in ledger.repeatable:
            found.append((kind, client, "was taken again"))
    return found + [("taken twice", artefact) for artefact in ledger.twice()] + ledger.surprises


def is_active(worker, token):
    answer = worker.post("/introspect", "watch", {"token": token})
    assert answer.status_code == 200, answer.text
    return answer.json()["active"]
