import OAuth
import Storage
import Testing

@Suite("StoreContract: security events (CF1, CF2)")
struct AuditEventTests {
    private func event(
        _ number: Int, kind: String = "sign_in", subject: String? = "id-ann", client: String? = nil,
        reference: String? = nil, details: [String: String] = [:]
    ) -> AuditRecord {
        AuditRecord(
            id: "e\(1000 + number)", at: start.seconds * 1_000_000 + Int64(number), kind: kind, outcome: "done",
            actor: "person:id-ann", subject: subject, clientID: client, network: "192.0.2.0/24", reference: reference,
            process: "p1", details: details)
    }

    private func query(_ change: (inout AuditQuery) -> Void = { _ in }) -> AuditQuery {
        var query = AuditQuery()
        change(&query)
        return query
    }

    @Test("Events come back as they were, the newest last", arguments: StoreKind.allCases)
    func kept(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let all = [
                event(1, details: ["reason": "a \"b\"\\\n€ 𝄞'; DROP TABLE audit_events; --", "": "empty"]),
                event(2, subject: nil, client: "app", reference: "0a1b2c3d4e"), event(3),
            ]
            try await store.append(all)
            #expect(try await store.auditEvents(query()) == all)
        }
    }

    @Test("The same event twice is one event, as it was first", arguments: StoreKind.allCases)
    func again(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.append([event(1), event(2)])
            try await store.append([event(2, kind: "other"), event(3)])
            #expect(try await store.auditEvents(query()) == [event(1), event(2), event(3)])
        }
    }

    @Test("Of a batch with a fault nothing is kept", arguments: StoreKind.allCases)
    func whole(kind: StoreKind) async throws {
        try await kind.withStore { store in
            await #expect(throws: StorageError.self) { try await store.append([event(1), event(2, kind: "")]) }
            let kept = try await store.auditEvents(query())
            #expect(kept.isEmpty)
        }
    }

    @Test("Asked for by time, kind, subject, client, reference, and all of them at once", arguments: StoreKind.allCases)
    func asked(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.append([
                event(1), event(2, kind: "sign_out"), event(3, subject: "id-bob"), event(4, client: "app"),
                event(5, reference: "0a1b2c3d4e"), event(6, kind: "sign_out", client: "app", reference: "ffffffffff"),
            ])
            let at = start.seconds * 1_000_000
            let questions: [(AuditQuery, [String])] = [
                (query { $0.since = at + 5 }, ["e1005", "e1006"]),
                (query { $0.kind = "sign_out" }, ["e1002", "e1006"]),
                (query { $0.subject = "id-bob" }, ["e1003"]),
                (query { $0.clientID = "app" }, ["e1004", "e1006"]),
                (query { $0.reference = "0a1b2c3d4e" }, ["e1005"]),
                (query { ($0.since, $0.kind, $0.reference) = (at, "sign_out", "ffffffffff") }, ["e1006"]),
                (query { ($0.subject, $0.clientID, $0.reference) = ("id-ann", "app", "0a1b2c3d4e") }, []),
                (query { $0.kind = "sign_out' OR '1'='1" }, []),
                (query { $0.limit = 2 }, ["e1005", "e1006"]), (query { $0.limit = -1 }, []),
            ]
            for (question, ids) in questions { #expect(try await store.auditEvents(question).map(\.id) == ids) }
        }
    }

    @Test("They go after their time, the oldest first, in small steps", arguments: StoreKind.allCases)
    func swept(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.append((1...7).map { event($0) })
            #expect(try await store.removeAuditEvents(before: start, limit: 100) == 0)
            for expected in [3, 3, 1, 0] {
                #expect(try await store.removeAuditEvents(before: start + 1, limit: 3) == expected)
                #expect(try await store.auditEvents(query()).last?.id == (expected == 3 ? "e1007" : nil))
            }
            #expect(try await store.removeAuditEvents(before: Instant(seconds: .min), limit: 3) == 0)
            #expect(try await store.removeAuditEvents(before: start + 1, limit: -1) == 0)
        }
    }

    @Test(
        "A person who is gone leaves their events, which name them by nothing but the id", arguments: StoreKind.allCases
    )
    func gone(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.signIn("ann")
            try await store.append([event(1)])
            _ = try await store.database.write { try $0.execute("DELETE FROM accounts", []) }
            #expect(try await store.auditEvents(query()) == [event(1)])
        }
    }
}
