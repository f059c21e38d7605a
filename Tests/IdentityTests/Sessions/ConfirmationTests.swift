import Identity
import OAuth
import Storage
import Testing

@Suite("B093: proving again who one is")
struct ConfirmationTests {
    /// Counters by which something happens in the moment after a password was found right.
    private struct EventfulCounters: ThrottleStore {
        let store: any ThrottleStore
        let happens: @Sendable () async throws -> Void

        func count(_ lanes: [ThrottleLane], at now: Instant) async throws -> [ThrottleCount] {
            try await store.count(lanes, at: now)
        }

        func attempts(_ keys: [String], at now: Instant) async throws -> [Int64] {
            try await store.attempts(keys, at: now)
        }

        func clear(_ key: String) async throws { try await store.clear(key) }

        func succeed(_ own: String, others: [String], at now: Instant) async throws {
            try await store.succeed(own, others: others, at: now)
            try await happens()
        }
    }

    private func confirm(
        _ door: Door, _ session: Session, _ password: String = Door.password,
        meanwhile happens: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> Identity.Confirmation.Outcome {
        let counters = EventfulCounters(store: door.store, happens: happens)
        let lanes = PasswordLanes(throttle: Throttle(store: counters, key: Array(repeating: 7, count: 32)))
        let check = PasswordCheck(
            accounts: door.store, browsers: door.store, lanes: lanes, hasher: door.hasher, audit: door.audit)
        return try await Identity.Confirmation(accounts: door.store, check: check, sessions: door.sessions).confirm(
            session, password: password, network: ClientNetwork("203.0.113.7"), at: Door.noon + 600)
    }

    @Test("SE6: a password set anew between the check and the write renews nothing, and is asked for again")
    func changedMeanwhile() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let opened = try await door.open(for: ann)
        let new = try door.scheme.hash(Array("nine copper teapots".utf8))
        let outcome = try await confirm(door, opened.session) {
            let isReplaced = try await door.store.replacePasswordHash(
                of: ann.id, from: ann.passwordHash, to: new, at: Door.noon)
            #expect(isReplaced)
        }
        guard case .denied(let refusal) = outcome else {
            Issue.record("a former password confirmed")
            return
        }
        #expect(refusal.answer == .wrong && refusal.subject == ann.id)
        #expect(try await door.store.sessions(of: ann.id, at: Door.noon + 600) == [opened.session])
        #expect(!door.audit.kinds.contains(.reauthenticated))
        #expect(try await confirm(door, opened.session).session == nil)
        let renewed = try #require(try await confirm(door, opened.session, "nine copper teapots").session)
        #expect(try await door.store.sessions(of: ann.id, at: Door.noon + 600) == [renewed])
        #expect(renewed.id == opened.session.id && renewed.secret != opened.session.secret)
        #expect(door.audit.kinds.filter { $0 == .reauthenticated }.count == 1)
    }

    @Test("SE6: nor does one that was taken away, or of an account that was shut out", arguments: [true, false])
    func shutOutMeanwhile(isDisabled: Bool) async throws {
        let door = try await Door()
        let ann = try await door.person()
        let opened = try await door.open(for: ann)
        let outcome = try await confirm(door, opened.session) {
            _ = try await door.store.database.write { connection in
                let change = isDisabled ? "status = 'disabled'" : "password_hash = NULL"
                return try connection.execute("UPDATE accounts SET \(change) WHERE id = $1", [.text(ann.id)])
            }
        }
        #expect(outcome.session == nil && !door.audit.kinds.contains(.reauthenticated))
        let left = try await door.store.session(opened.session.secret, at: Door.noon + 600)
        #expect(left == (isDisabled ? nil : opened.session))
    }
}

extension Identity.Confirmation.Outcome {
    /// `nil` unless it was confirmed.
    fileprivate var session: Session? {
        if case .confirmed(let opened) = self { opened.session } else { nil }
    }
}
