import Foundation
import Identity
import OAuth

@testable import Storage

/// A folder for backups that goes with the test.
final class BackupScratch: Sendable {
    let folder = NSTemporaryDirectory() + "martlet-backup-" + UUID().uuidString
    var file: String { folder + "/a backup?of #1 %41.bak" }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    func bytes() throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: file))) }

    func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: file)) }

    /// Changes what the file says; with `sealing`, as somebody would who knows how it is sealed.
    func alter(sealing: Bool = true, _ change: (SQLiteConnection) throws -> Void) throws {
        let connection = try BackupFile.create(at: file)
        defer { connection.close() }
        try connection.execute("PRAGMA foreign_keys = OFF", [])
        try change(connection)
        guard sealing else { return }
        let digest = try connection.contentDigest()
        try connection.execute("UPDATE backup_facts SET value = $1 WHERE name = 'digest'", [.text(digest)])
    }
}

struct FixedClock: WallClock {
    let now: Instant
}

let occasion = BackupFacts.Occasion(
    madeAt: start + hour, program: "0.1.0", engine: "test", issuer: "https://id.example.org")

extension Store {
    func restore(_ backup: Backup, replacing: Bool, clock: any WallClock) async throws -> Restored {
        try await restore(backup, replacing: replacing, clock: clock, alone: nil)
    }

    /// Something in every table, and in some more than one page holds.
    func fill(people: Int = 1203) async throws {
        let signedIn = try await signIn("ann")
        try await issue(StorageTests.grant("g-online", from: signedIn))
        try await issue(StorageTests.grant("g-offline", from: signedIn, isOffline: true))
        try await open(StorageTests.session("s2", of: "id-ann"), replacing: nil, for: nil, at: start)
        try await keep(StorageTests.pending("p"))
        try await keep(
            OneTimeArtefact(kind: .setupLink, digest: digest("link"), binding: "", expiresAt: start + day),
            superseding: true)
        try await keep(StorageTests.accessToken("machine", of: nil))
        try await revokeAccessToken(id: "jti-revoked", until: start + hour, at: start)
        _ = try await remember(assertionID: "jti-seen", of: "app", usableSince: start, until: start + hour)
        _ = try await add(signingKey("k1", generation: 1))
        _ = try await add(signingKey("k2", generation: 2, signsFrom: day))
        _ = try await bind(masterKeyFingerprint: "fingerprint")
        try await remember(browser: digest("browser"), of: "id-ann", at: start)
        try await database.write { connection in
            for number in 0..<people { try connection.insertPerson(number) }
            try connection.insert(
                into: "throttle_counters",
                ["lane": .text("lane"), "attempts": .integer(3), "window_ends_at": .instant(start + day)])
        }
    }

    /// Every row of every table that is carried, as a person could read it.
    func contents() async throws -> [String: [String]] {
        let shapes = try BackupPlan.carried(Migration.shapes(after: Migration.versions))
        return try await database.read { connection in
            try shapes.reduce(into: [:]) { contents, shape in
                try TablePages(table: shape).forEach(on: connection) { rows in
                    contents[shape.name, default: []] += rows.map { "\($0.values)" }
                }
                contents[shape.name]?.sort()
            }
        }
    }

    func counts() async throws -> [String: Int64] {
        Dictionary(uniqueKeysWithValues: try await holdings().map { ($0.table, $0.count) })
    }
}

extension SQLConnection {
    fileprivate func insertPerson(_ number: Int) throws {
        let id = number.isMultiple(of: 2) ? "Person-\(number)" : "person_\(number)"
        try execute(
            """
            INSERT INTO accounts (id, email, canonical_email, email_verified, name, status, created_at, updated_at)
            VALUES ($1, $2, $2, 1, $3, 'active', $4, $5)
            """,
            [
                .text(id), .text("\(id)@example.org"),
                number.isMultiple(of: 3) ? .null : .text("Zoë \"\n' 𝄞 \(number)"),
                .integer(Int64(number)), .instant(start),
            ])
        for role in ["staff", "Staff", "élève"] {
            try execute(
                "INSERT INTO account_roles (account_id, role, context) VALUES ($1, $2, $3)",
                [.text(id), .text(role), .text(number.isMultiple(of: 5) ? "" : "here")])
        }
        try execute(
            "INSERT INTO consents (subject, client_id, scopes, resources, granted_at) VALUES ($1, 'app', 'openid', '[]', 7)",
            [.text(id)])
    }
}
