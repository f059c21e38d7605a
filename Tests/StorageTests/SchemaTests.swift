import Testing

@testable import Storage

@Suite("StoreContract: the schema")
struct SchemaTests {
    @Test("A new database is brought to the known schema, and again is harmless", arguments: StoreKind.allCases)
    func idempotent(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            let status = try await Migrator.status(store.database)
            #expect(status.found == status.known && status.isComplete && status.unknown == nil)
            #expect(status.known >= 3)
            try await store.signIn("ann")
            try await Migrator.migrate(store.database)
            #expect(try await store.account(id: "id-ann") != nil)
            await store.close()
        }
    }

    @Test("Processes that start at once on a new database all come up", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let stores = try await withThrowingTaskGroup(of: Store.self) { group in
                for _ in 1...6 { group.addTask { try await database.open() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for store in stores {
                let status = try await Migrator.status(store.database)
                #expect(status.isComplete)
            }
            for store in stores { await store.close() }
        }
    }

    @Test("A database of a newer version is refused, and left as it is", arguments: StoreKind.allCases)
    func newer(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            let known = try await Migrator.status(store.database).known
            _ = try await store.database.write { connection in
                try connection.execute(
                    "INSERT INTO schema_migrations (version, name) VALUES ($1, $2)",
                    [.integer(known + 1), .text("from the future")])
            }
            await store.close()
            await #expect(throws: StorageError.newerSchema(found: known + 1, known: known)) {
                try await database.open()
            }
        }
    }

    @Test(
        "A step that this program does not know makes a database newer, also beneath the highest it does know",
        arguments: StoreKind.allCases, [Int64(-1), 0, 16, 18, 20])
    func unknownBeneath(kind: StoreKind, version: Int64) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            try #require(!Migration.versions.contains(version))
            _ = try await store.database.write { connection in
                try connection.execute(
                    "INSERT INTO schema_migrations (version, name) VALUES ($1, 'elsewhere')", [.integer(version)])
            }
            #expect(try await Migrator.status(store.database).unknown == version)
            await store.close()
            await #expect(throws: StorageError.newerSchema(found: version, known: Migration.latest)) {
                try await database.open()
            }
        }
    }

    @Test("Steps are in the order of their versions, each once, and every version is above nothing")
    func order() {
        let versions = Migration.all.map(\.version)
        #expect(versions == versions.sorted() && Set(versions).count == versions.count)
        #expect(versions.first == 1 && Set(Migration.all.map(\.name)).count == versions.count)
    }

    @Test(
        "What a database lacks is asked of the set of steps, not of the highest",
        arguments: [
            (Set<Int64>(), false, nil), ([1], false, nil), ([2], false, nil), ([1, 2], false, nil), ([3], false, nil),
            ([1, 2, 3], false, nil), ([1, 2, 5], false, nil), ([1, 2, 3, 5], true, nil), ([1, 2, 3, 4, 5], true, 4),
            ([1, 2, 3, 5, 9], true, 9), ([9], false, 9), ([1, 4], false, 4),
        ] as [(Set<Int64>, Bool, Int64?)])
    func status(ran: Set<Int64>, isComplete: Bool, unknown: Int64?) {
        let steps = [1, 2, 3, 5].map { Migration(version: $0, name: "\($0)", statements: []) }
        let status = SchemaStatus(ran: ran, of: steps)
        #expect(status.isComplete == isComplete && status.unknown == unknown && status.known == 5)
    }

    private func indexes(of migrations: [Migration]) -> [Substring] {
        migrations.flatMap(\.statements).compactMap { statement in
            let words = statement.split(separator: " ")
            return words.first == "CREATE" ? words.firstIndex(of: "INDEX").map { words[$0 + 1] } : nil
        }
    }

    @Test("A migration that was interrupted goes on where it stopped", arguments: StoreKind.allCases)
    func interrupted(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            let kept = try Migration.shapes(after: [1, 2])
            let shapes = try Migration.shapes(after: Migration.versions)
            try await store.database.write { connection in
                for index in indexes(of: Migration.all.filter { $0.version > 2 }) {
                    try connection.execute("DROP INDEX \(index)", [])
                }
                for table in shapes.reversed() {
                    guard let old = kept.first(where: { $0.name == table.name }) else {
                        try connection.execute("DROP TABLE \(table.name)", [])
                        continue
                    }
                    for column in table.columns where !old.columns.contains(column) {
                        try connection.execute("ALTER TABLE \(table.name) DROP COLUMN \(column)", [])
                    }
                }
                try connection.execute("DELETE FROM schema_migrations WHERE version > 2", [])
            }
            await store.close()
            let again = try await database.open()
            #expect(try await again.signingKeys().isEmpty)
            await again.close()
        }
    }

    @Test(
        "B023: an upgrade signs out whoever never proved their address, from apps too, and nobody else",
        arguments: StoreKind.allCases)
    func unprovenEndings(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            let (ann, bob) = (try await store.signIn("ann"), try await store.signIn("bob", session: "s2"))
            let squatted = [grant("g1", from: ann), grant("g2", from: ann, isOffline: true)]
            let proven = grant("g3", from: bob, isOffline: true)
            for given in squatted + [proven] { try await store.issue(given) }
            _ = try await store.database.write { connection in
                try connection.execute("UPDATE accounts SET email_verified = 0 WHERE id = 'id-ann'", [])
                try connection.execute("DELETE FROM schema_migrations WHERE version = 22", [])
            }
            await store.close()
            let upgraded = try await database.open()
            #expect(try await upgraded.session(ann.secret, at: start) == nil)
            #expect(try await upgraded.sessions(of: "id-ann", at: start).isEmpty)
            for given in squatted {
                #expect(try await !upgraded.isAlive(given))
                #expect(try await upgraded.grant(given.id)?.ending == .sessionEnded)
            }
            #expect(try await upgraded.session(bob.secret, at: start) == bob)
            #expect(try await upgraded.isAlive(proven))
            await upgraded.close()
        }
    }

    @Test(
        "The schema refuses a digest that is none, a state that is none, and rows that hang from nothing",
        arguments: StoreKind.allCases)
    func constraints(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.signIn("ann")
            let statements = [
                "INSERT INTO known_browsers (browser, subject, last_seen_at) VALUES ($1, 'id-ann', 1)",
                "UPDATE sessions SET secret = $1",
                "UPDATE accounts SET status = 'asleep'",
                "UPDATE accounts SET email_verified = 2",
                "UPDATE accounts SET canonical_email = NULL",
                "UPDATE sessions SET subject = 'nobody'",
                "INSERT INTO account_roles (account_id, role, context) VALUES ('nobody', 'r', '')",
                "INSERT INTO account_roles (account_id, role, context) VALUES ('id-ann', '', '')",
                "INSERT INTO master_key_binding (slot, fingerprint) VALUES (2, 'f')",
            ]
            for statement in statements {
                let values: [SQLValue] = statement.contains("$1") ? [.bytes([1, 2, 3])] : []
                await #expect(throws: StorageError.self, "\(statement)") {
                    try await store.database.write { connection in try connection.execute(statement, values) }
                }
            }
        }
    }

    @Test("What is taken away with a person is everything of theirs", arguments: StoreKind.allCases)
    func cascade(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let given = grant("g", from: try await store.signIn("ann"))
            try await store.issue(given)
            try await store.remember(browser: digest("b"), of: "id-ann", at: start)
            _ = try await store.database.write { connection in try connection.execute("DELETE FROM accounts", []) }
            #expect(try await store.grant("g") == nil)
            #expect(try await store.code(digest("code-g")) == nil)
            #expect(try await store.refreshToken(digest("rt-g")) == nil)
            #expect(try await store.accessToken(digest("at-g")) == nil)
            #expect(try await store.session(session("s1").secret, at: start) == nil)
            #expect(try await !store.isKnown(browser: digest("b"), of: "id-ann"))
            #expect(try await !store.isLive(accessTokenID: "jti-at-g", grantID: "g", issuedAt: start, at: start))
        }
    }
}
