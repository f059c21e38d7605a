import Identity
import OAuth
import Testing
import Web

@testable import Storage
@testable import martlet

extension TestHouse {
    /// The letters that wait in the outbox, blank ones left out. Of those of one second the order is anybody's.
    func letters(_ kind: Letter.Kind? = nil, to address: String? = nil) async throws -> [Letter] {
        let key = house.groundwork.masterKey.derivedKey(label: "outbox")
        let postbox = try Postbox(key: key, random: house.groundwork.random)
        let rows = try await store.database.read { connection in
            try connection.rows(
                """
                SELECT id, kind, account_id, sealed_letter, created_at, expires_at, is_blank FROM outbox
                ORDER BY created_at
                """, [])
        }
        return try rows.compactMap { row -> Letter? in
            var cursor = RowCursor(row)
            let sealed = SealedLetter(
                id: try cursor.text(), kind: try #require(Letter.Kind(rawValue: try cursor.text())),
                accountID: try cursor.optionalText(), sealed: try cursor.bytes(), createdAt: try cursor.instant(),
                expiresAt: try cursor.instant(), isBlank: try cursor.flag())
            return sealed.isBlank ? nil : postbox.open(sealed)
        }.filter { (kind == nil || $0.kind == kind) && (address == nil || $0.to.canonical == address) }
    }

    /// The action of the newest letter of a kind, and its code.
    func mailed(_ kind: Letter.Kind, to address: String = "grace@example.org") async throws -> (
        path: String, code: String
    ) {
        let letter = try #require(try await letters(kind, to: address).last, "no \(kind) to \(address)")
        return (try #require(letter.path), letter.code ?? "")
    }

    /// Everybody with a mailbox may sign up.
    static func open(settings change: (inout Settings) -> Void = { _ in }) async throws -> TestHouse {
        try await TestHouse {
            $0.signUp.mode = .open
            change(&$0)
        }
    }

    /// Somebody whose address was never proven: imported, or made for them.
    func unprovenPerson(_ email: String = "grace@example.org", password: String? = TestHouse.password) async throws
        -> Account
    {
        let now = clock.now
        let account = Account(
            id: try Identifier.make(from: house.groundwork.random), email: try #require(EmailAddress(email)),
            isEmailVerified: false, profile: Profile(name: "Grace Hopper"),
            passwordHash: try await password.asyncMap { try await house.hasher.hash($0) }, createdAt: now,
            updatedAt: now)
        guard try await store.create(account) else { throw BrokenClients(faults: ["address taken"]) }
        return account
    }
}

extension Store {
    /// Puts letters into the outbox that nothing has caused.
    func post(_ letters: [SealedLetter]) async throws {
        try await database.write { connection in
            for letter in letters { try connection.post(letter) }
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ change: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await change(self)
    }
}

extension TestBrowser {
    static let draft = ["name": "Grace Hopper", "email": "grace@example.org", "password": "four lamps over harbour"]

    /// Fills in the sign-up form and sends it; the page where the code is typed.
    func signUp(_ page: TestPage, _ changes: [String: String?] = [:]) async -> TestPage {
        await submit(page, Self.draft.mapValues(Optional.some).merging(changes) { $1 }, action: "/sign-up")
    }

    func type(_ code: String, on page: TestPage) async -> TestPage {
        await submit(page, ["code": code], action: page.forms.first?.action)
    }
}
