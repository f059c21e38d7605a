import Foundation
import OAuth
import TestSupport
import Testing

@testable import Storage

@Suite("A role that serves need not own the tables (CF7)")
struct PostgreSQLRoleTests {
    /// A role that may do what serving needs, and nothing else.
    private func makeRole(_ scratch: PostgreSQLScratch) async throws -> String {
        let role = "server_\(scratch.name)"
        try await scratch.run(
            """
            CREATE ROLE \(role) LOGIN;
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \(role)
            """)
        return role
    }

    private func remove(_ role: String, _ scratch: PostgreSQLScratch) async throws {
        try await scratch.run("DROP OWNED BY \(role); DROP ROLE \(role)")
    }

    private func open(_ scratch: PostgreSQLScratch, _ role: String) async throws -> Store {
        try await Store.open(postgreSQL: PostgreSQLAddress(scratch.server.address(of: scratch.name, role: role)))
    }

    @Test("CF7: with the schema in place it opens and works with SELECT, INSERT, UPDATE and DELETE alone")
    func serves() async throws {
        try await PostgreSQLScratch.with { scratch in
            let role = try await makeRole(scratch)
            await (try open(scratch, "postgres")).close()
            let store = try await open(scratch, role)
            let session = try await store.signIn("ann")
            try await store.issue(grant("g", from: session))
            #expect(try await store.isAlive(grant("g")))
            #expect(try await store.end(sessionID: "s1", of: "id-ann", at: start))
            #expect(try await store.sweep(at: start + 90 * day, limit: 100) > 0)
            for statement in ["DROP TABLE grants", "CREATE TABLE x (y TEXT)", "ALTER TABLE grants ADD z TEXT"] {
                let seen = await fault {
                    try await store.database.write { _ = try $0.execute(statement, []) }
                }
                #expect(seen.kind == "forbidden", "\(statement)")
            }
            await store.close()
            try await remove(role, scratch)
        }
    }

    @Test("CF7: with the schema missing or behind it is told who has to do what, and nothing is changed")
    func outdated() async throws {
        try await PostgreSQLScratch.with { scratch in
            let role = try await makeRole(scratch)
            let known = Migration.latest
            await #expect(throws: StorageError.outdatedSchema(found: 0, known: known)) { try await open(scratch, role) }
            await (try open(scratch, "postgres")).close()
            try await scratch.run("DROP TABLE client_assertions; DELETE FROM schema_migrations WHERE version >= 3")
            let found = try #require(try await scratch.run("SELECT MAX(version) FROM schema_migrations").first)
            let seen = await fault { _ = try await open(scratch, role) }
            #expect(seen.kind == "outdatedSchema" && seen.text.contains("schema version \(found),"))
            #expect(seen.text.contains("martlet migrate"))
            #expect(try await scratch.run("SELECT MAX(version) FROM schema_migrations") == [found])
            try await remove(role, scratch)
        }
    }

    @Test("A role that may not even read is told what it lacks")
    func blind() async throws {
        try await PostgreSQLScratch.with { scratch in
            await (try open(scratch, "postgres")).close()
            let role = try await makeRole(scratch)
            let seen = await fault { _ = try await open(scratch, role) }
            #expect(seen.kind == "forbidden" && seen.text.contains("SELECT, INSERT, UPDATE and DELETE"))
            try await remove(role, scratch)
        }
    }
}
