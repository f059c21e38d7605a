import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: mail about an account on its way out")
struct DeletionMailTests {
    @Test(
        "SE6, ML10: with an account goes the mail that lets somebody in, and none that warns or leads back",
        arguments: StoreKind.allCases, [Deletion.Actor.person, .operator])
    func waitingMail(kind: StoreKind, actor: Deletion.Actor) async throws {
        try await kind.withStore { store in
            _ = try await store.create(account("ann"))
            let letters = Letter.Kind.allCases.map { news($0.rawValue, of: $0) }
            try await store.post(letters)
            let others = Letter.Kind.allCases.map { news("bob \($0.rawValue)", of: $0, about: "id-bob") }
            try await store.post(others)
            #expect(try await store.delete("id-ann", by: actor, mailing: [news("told")], at: start) == .deleted)
            let waiting = try await store.database.read { connection in
                try connection.rows("SELECT id FROM outbox", []).map { try $0.text(0) }
            }
            for entrance in [
                "sign_up", "invitation", "verification", "recovery", "recovery_started", "confirmation",
                "address_change",
            ] { #expect(!waiting.contains(entrance), "\(entrance)") }
            for warning in [
                "address_changed", "address_change_requested", "password_changed", "sign_in_notice",
                "notices_turned_off", "address_restored", "told",
            ] { #expect(waiting.contains(warning), "\(warning)") }
            #expect(waiting.count { $0.hasPrefix("bob") } == Letter.Kind.allCases.count)
        }
    }

    @Test("ML10: where ways back lead is told while they live, of one account alone", arguments: StoreKind.allCases)
    func waysBack(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for name in ["ann", "bob"] { _ = try await store.create(account(name)) }
            for (number, (id, old, life)) in [
                ("id-ann", "first@example.org", day), ("id-ann", "first@example.org", day),
                ("id-ann", "second@example.org", day), ("id-ann", "over@example.org", 0),
                ("id-bob", "bobs@example.org", day),
            ].enumerated() {
                let proof = MailProof(
                    link: digest("link \(number)"), code: digest("code \(number)"), purpose: .addressChange,
                    accountID: id, address: try #require(EmailAddress("new@example.org")),
                    browser: digest("browser \(number)"), createdAt: start, expiresAt: start + 600)
                let undo = AddressUndo(
                    link: digest("undo \(number)"), accountID: id, address: try #require(EmailAddress(old)),
                    createdAt: start, expiresAt: start + life)
                try await store.begin(proof, with: .init(letters: [], undo: undo), at: start)
            }
            let now = try await store.addressesToReturnTo(of: "id-ann", at: start).map(\.canonical)
            #expect(now == ["first@example.org", "second@example.org"])
            #expect(try await store.addressesToReturnTo(of: "id-ann", at: start + day).isEmpty)
            #expect(try await store.addressesToReturnTo(of: "nobody", at: start).isEmpty)
        }
    }
}
