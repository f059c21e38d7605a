import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: the last administrator is the last who can sign in")
struct LastAdministratorTests {
    enum Other: CaseIterable, Sendable {
        case disabled, withoutPassword, unproven, neither, ofOneContext, ofAnotherRole
    }

    private func other(_ kind: Other, in store: Store) async throws -> Account {
        let roles: [Role] =
            switch kind {
            case .ofOneContext: [Role("administrator", context: "p1")]
            case .ofAnotherRole: [Role("Administrator"), Role("staff")]
            case .disabled, .withoutPassword, .unproven, .neither: [.administrator]
            }
        let account = Account(
            id: "id-other", email: try #require(EmailAddress("other@example.org")),
            isEmailVerified: kind != .unproven && kind != .neither, profile: Profile(), roles: roles,
            status: kind == .disabled ? .disabled : .active,
            passwordHash: kind == .withoutPassword || kind == .neither ? nil : "hash", createdAt: start,
            updatedAt: start)
        #expect(try await store.create(account))
        return account
    }

    @Test(
        "Nobody leaves to whom there is only somebody beside who cannot get in by themselves",
        arguments: StoreKind.allCases, Other.allCases)
    func onlyInName(kind: StoreKind, other beside: Other) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("root", roles: [.administrator])))
            _ = try await other(beside, in: store)
            let root = try #require(try await store.account(id: "id-root"))
            for change in [AdministrativeChange.disable, .delete, .setRoles([]), .setRoles([Role("staff")])] {
                let outcome = try await store.change(change, of: root, mailing: [], at: start + 1)
                #expect(outcome == .lastAdministrator, "\(change)")
            }
            for actor in [Deletion.Actor.person, .operator] {
                #expect(try await store.delete("id-root", by: actor, mailing: [], at: start) == .lastAdministrator)
            }
            #expect(try await store.account(id: "id-root") == root)
        }
    }

    @Test(
        "Whoever cannot get in is no loss, and who has a password and a proven address by now counts",
        arguments: StoreKind.allCases, [Other.withoutPassword, .unproven, .neither])
    func noLoss(kind: StoreKind, other beside: Other) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("root", roles: [.administrator])))
            _ = try await other(beside, in: store)
            #expect(try await store.setRoles([], of: "id-other", at: start))
            #expect(try await store.setRoles([.administrator], of: "id-other", at: start))
            #expect(try await !store.setRoles([], of: "id-root", at: start))
            try await store.database.write { connection in
                _ = try connection.execute(
                    "UPDATE accounts SET password_hash = 'hash', email_verified = 1 WHERE id = 'id-other'", [])
            }
            #expect(try await store.setRoles([], of: "id-root", at: start))
        }
    }
}
