import Foundation
import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: accounts on their way out, and back")
struct DeletionTests {
    private static let month = 30 * day

    private func offer(_ store: Store, _ name: String = "offer", of id: String = "id-ann") async throws {
        try await store.keep(
            OneTimeArtefact(kind: .comeBack, digest: digest(name), binding: "\(id) b", expiresAt: start + day),
            superseding: false)
    }

    private func restore(
        _ store: Store, _ name: String = "offer", after earliest: Int64 = -1, proving hash: String? = "hash-ann",
        openingWith other: String? = nil
    ) async throws -> Bool {
        var opening = SessionOpening(session("back \(name)"), replacing: nil, for: nil)
        opening.provenHash = other ?? hash
        let restoration = Restoration(
            accountID: "id-ann", deletedAfter: start + earliest, offer: digest(name), binding: "id-ann b",
            provenHash: hash, opening: opening)
        return try await store.restore(restoration, mailing: [news("back \(name)")], at: start + 60)
    }

    private func isLive(_ store: Store, _ name: String = "offer", of id: String = "id-ann") async throws -> Bool {
        try await store.isLive(.comeBack, digest(name), binding: "\(id) b", at: start)
    }

    @Test(
        "SE6, PW12: an offer to come back ends with everything else, by recovery and by an operator, and only its own",
        arguments: StoreKind.allCases)
    func offersEnd(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for name in ["ann", "ann2"] { _ = try await store.create(account(name)) }
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            for id in ["id-ann", "id-ann2", "ID-ANN", "id_ann", "id"] { try await offer(store, id, of: id) }
            let address = try #require(EmailAddress("ann@example.org"))
            let proof = MailProof(
                link: digest("link"), code: digest("code"), purpose: .recovery, accountID: "id-ann", address: address,
                browser: digest("browser"), createdAt: start, expiresAt: start + 600)
            try await store.begin(proof, with: .init(), at: start)
            let reset = PasswordReset(
                link: proof.link, accountID: "id-ann", address: address, newHash: "new", browser: digest("browser"))
            #expect(try await store.resetPassword(reset, mailing: news("told"), at: start) != nil)
            #expect(try await !isLive(store, "id-ann"))
            #expect(try await !restore(store, "id-ann"))
            for id in ["id-ann2", "ID-ANN", "id_ann", "id"] {
                #expect(try await isLive(store, id, of: id), "\(id)")
            }
            _ = try await store.delete("id-ann2", by: .operator, mailing: [], at: start)
            #expect(try await !isLive(store, "id-ann2", of: "id-ann2"))
        }
    }

    @Test(
        "SE6: an offer opens nothing when the password is another than the one that was proven",
        arguments: StoreKind.allCases)
    func otherPassword(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann"))
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            try await offer(store)
            for hash in ["old", "", nil, "HASH-ANN"] {
                #expect(try await !restore(store, proving: hash), "\(hash ?? "none")")
            }
            await #expect(throws: StorageError.self) { try await restore(store, openingWith: "old") }
            #expect(try await store.account(id: "id-ann")?.deletion != nil)
            #expect(try await store.sessions(of: "id-ann", at: start).isEmpty)
            #expect(try await store.claimLetters(10, leasing: 60, at: start + 60).isEmpty)
            #expect(try await restore(store))
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["back offer"])
        }
    }

    @Test("SE6: with the account go its sessions, grants and links, in one step", arguments: StoreKind.allCases)
    func delete(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let session = try await store.signIn("ann")
            let given = grant("g", from: session, isOffline: true)
            try await store.issue(given)
            #expect(try await store.delete("id-ann", by: .person, mailing: [], at: start) == .deleted)
            #expect(try await store.session(session.secret, at: start) == nil)
            #expect(try await !store.isAlive(given))
            let ann = try await store.account(id: "id-ann")
            #expect(ann?.status == .disabled && ann?.deletion == Deletion(time: start, actor: .person))
            #expect(try await store.delete("id-ann", by: .operator, mailing: [], at: start + 5) == .nothing)
            #expect(try await store.account(id: "id-ann")?.deletion?.actor == .person)
            #expect(try await store.delete("nobody", by: .person, mailing: [], at: start) == .nothing)
        }
    }

    @Test("Of two administrators who leave at once one stays (IN3)", arguments: StoreKind.allCases)
    func lastAdministrator(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            for name in ["ann", "ben"] { _ = try await first.create(account(name, roles: [.administrator])) }
            let left = try await winners(of: 2) { number in
                try await (number == 0 ? first : second).delete(
                    number == 0 ? "id-ann" : "id-ben", by: .person, mailing: [], at: start) == .deleted
            }
            #expect(left == 1)
        }
    }

    @Test(
        "Only its person's deletion is taken back, in time, and by an offer that is spent",
        arguments: StoreKind.allCases)
    func comeBack(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann"))
            try await offer(store)
            #expect(try await !restore(store), "not deleted")
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            #expect(try await !restore(store), "an offer of before")
            try await offer(store)
            #expect(try await !restore(store, "other"))
            #expect(try await !restore(store, after: 0), "deleted too long ago")
            #expect(try await restore(store))
            #expect(try await store.account(id: "id-ann")?.status == .active)
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            #expect(try await !restore(store), "spent")
        }
    }

    @Test("What an operator deleted its person cannot bring back", arguments: StoreKind.allCases)
    func byOperator(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann"))
            _ = try await store.delete("id-ann", by: .operator, mailing: [], at: start)
            try await offer(store)
            #expect(try await !restore(store))
        }
    }

    @Test(
        "Whom an operator shuts out after a deletion of their own cannot come back, and is gone when they would have been",
        arguments: StoreKind.allCases, [AdministrativeChange.disable, .delete])
    func shutOut(kind: StoreKind, change: AdministrativeChange) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann"))
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            try await offer(store)
            let seen = try #require(try await store.account(id: "id-ann"))
            guard case .changed(let out) = try await store.change(change, of: seen, mailing: [], at: start + day) else {
                Issue.record("not changed")
                return
            }
            #expect(out.deletion == Deletion(time: start, actor: .operator) && out.status == .disabled)
            #expect(try await !restore(store))
            #expect(try await store.account(id: "id-ann")?.deletion?.actor == .operator)
            #expect(try await store.deletedAccounts(until: start, after: nil, limit: 9).map(\.id) == ["id-ann"])
        }
    }

    @Test("IN3: of a return and an operator who shuts out at once one wins", arguments: StoreKind.allCases)
    func returnAgainstOperator(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            _ = try await first.create(account("ann"))
            _ = try await first.delete("id-ann", by: .person, mailing: [], at: start)
            try await offer(first)
            let seen = try #require(try await first.account(id: "id-ann"))
            let won = try await winners(of: 2) { number in
                guard number == 0 else { return try await restore(first) }
                if case .changed = try await second.change(.disable, of: seen, mailing: [], at: start + 60) {
                    return true
                }
                return false
            }
            #expect(won == 1, "who comes late is told that it has changed")
            let after = try #require(try await first.account(id: "id-ann"))
            #expect(after.status == .active || after.deletion?.actor == .operator)
        }
    }

    @Test(
        "Somebody who was disabled meanwhile deletes nothing, and so does not come back by way of leaving",
        arguments: StoreKind.allCases)
    func disabledMeanwhile(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann", status: .disabled))
            #expect(try await store.delete("id-ann", by: .person, mailing: [], at: start) == .nothing)
            let ann = try await store.account(id: "id-ann")
            #expect(ann?.deletion == nil && ann?.status == .disabled)
            try await offer(store)
            #expect(try await !restore(store))
            #expect(try await store.delete("id-ann", by: .operator, mailing: [], at: start) == .deleted)
            #expect(try await !restore(store))
        }
    }

    @Test("Of a return and a removal at once one wins, and there is no half of either", arguments: StoreKind.allCases)
    func returnAgainstPurge(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            _ = try await first.create(account("ann"))
            _ = try await first.delete("id-ann", by: .person, mailing: [], at: start)
            try await offer(first)
            let won = try await winners(of: 2) { number in
                number == 0
                    ? try await restore(first) : try await second.purge("id-ann", deletedUntil: start)
            }
            #expect(won == 1)
            let ann = try await first.account(id: "id-ann")
            #expect(ann == nil || ann?.status == .active)
        }
    }

    @Test(
        "B117, B119: what is due counts from the day of deletion, to the second, in its order",
        arguments: StoreKind.allCases)
    func due(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for (number, name) in ["ann", "ben", "cid", "dan", "eve"].enumerated() {
                _ = try await store.create(account(name))
                guard name != "eve" else { continue }
                _ = try await store.delete("id-\(name)", by: .person, mailing: [], at: start + Int64(number / 2) * day)
            }
            func due(_ days: Int64, _ seconds: Int64 = 0) async throws -> [String] {
                let page = try await store.deletedAccounts(
                    until: start + days * day + seconds, after: nil, limit: 10)
                return page.map(\.id)
            }
            #expect(try await due(0, -1).isEmpty)
            #expect(try await due(0) == ["id-ann", "id-ben"])
            #expect(try await due(1) == ["id-ann", "id-ben", "id-cid", "id-dan"])
            let first = try await store.deletedAccounts(until: start + day, after: nil, limit: 3)
            let rest = try await store.deletedAccounts(until: start + day, after: first.last, limit: 3)
            #expect((first + rest).map(\.id) == ["id-ann", "id-ben", "id-cid", "id-dan"])
        }
    }

    @Test(
        "B124: a removed account leaves no trace but its id in events, in no table there is",
        arguments: StoreKind.allCases)
    func traces(kind: StoreKind) async throws {
        try await kind.withDatabase { database in
            let store = try await database.open()
            let session = try await store.signIn("ann")
            try await store.issue(grant("g", from: session, isOffline: true))
            try await store.remember(browser: digest("browser"), of: "id-ann", at: start)
            #expect(try await store.decide(.magicLinks(true), of: "id-ann", mailing: []))
            _ = try await store.replaceProfile(
                of: "id-ann", from: try #require(store.account(id: "id-ann")).profile,
                to: Profile(name: "Planted Name", preferredUsername: "planted.user", biography: "Planted words"),
                at: start)
            let file = PictureFile(format: .png, width: 16, height: 16, bytes: Array("planted pixels".utf8))
            _ = try await store.setPicture(
                Picture(id: "planted-picture", accountID: "id-ann", file: file, createdAt: start), at: start)
            try await store.plant(in: session)
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            #expect(try await !store.purge("id-ann", deletedUntil: start + -1))
            #expect(try await store.purge("id-ann", deletedUntil: start))
            #expect(try await !store.purge("id-ann", deletedUntil: start))
            for (table, column) in try await columns(store) {
                let rows = try await store.database.read { connection in
                    try connection.rows("SELECT \(column) FROM \(table)", []).map { "\($0)".lowercased() }
                }
                for word in ["planted", "id-ann", "ann@"] {
                    #expect(!rows.contains { $0.contains(word) }, "\(table).\(column) holds \(word)")
                }
            }
            await store.close()
        }
    }

    /// Of every table that names a person or could.
    private func columns(_ store: Store) async throws -> [(String, String)] {
        let tables = [
            ("accounts", "*"), ("account_roles", "*"), ("account_preferences", "*"), ("sign_in_methods", "*"),
            ("pictures", "id, account_id"), ("sessions", "subject"), ("known_browsers", "subject, device"),
            ("grants", "subject"), ("access_tokens", "subject"), ("consents", "subject"), ("outbox", "account_id"),
            ("mail_proofs", "account_id, email"), ("account_notices", "subject"), ("explanations", "subject, checks"),
            ("pending_authorizations", "chosen_subject, consented_subject"), ("one_time_artefacts", "binding"),
            ("arrivals", "account_id"), ("upstream_identities", "*"), ("expected_identities", "*"),
            ("upstream_attempts", "link_account"), ("factors", "account_id, name"), ("backup_codes", "account_id"),
            ("factor_standings", "account_id"), ("remembered_browsers", "account_id, device"),
            ("factor_recoveries", "account_id"),
        ]
        return tables
    }

    @Test("JW6: a removed id is free for nobody: the same address gets another", arguments: StoreKind.allCases)
    func idsAreNew(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann"))
            _ = try await store.delete("id-ann", by: .person, mailing: [], at: start)
            #expect(try await !store.create(account("ann")), "while it waits, its address is taken")
            #expect(try await store.purge("id-ann", deletedUntil: start))
            #expect(try await store.account(canonicalEmail: "ann@example.org") == nil)
        }
    }

    @Test("B125: of many processes that remove the same account one is told so", arguments: StoreKind.allCases)
    func purgeRace(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            _ = try await first.create(account("ann"))
            _ = try await first.delete("id-ann", by: .person, mailing: [], at: start)
            let won = try await winners(of: 20) { number in
                try await (number.isMultiple(of: 2) ? first : second).purge("id-ann", deletedUntil: start)
            }
            #expect(won == 1)
        }
    }
}
