import Identity
import OAuth
import Testing
import Web

@testable import Storage
@testable import martlet

extension TestHouse {
    static let recoveryWait: Int64 = 86_400

    /// Has a second factor that is lost: nobody knows the key of it.
    func lose(_ account: Account) async throws {
        let now = clock.now
        _ = try await store.database.change {
            try $0.execute(
                """
                INSERT INTO factors (id, account_id, kind, name, seed, last_step, created_at)
                VALUES ($1, $2, 'totp', 'Telephone', $3, 0, $4)
                """, [.text("lost-\(account.id)"), .text(account.id), .bytes([1, 2, 3]), .integer(now.seconds)])
        }
    }

    func factorCount(of account: Account) async throws -> Int {
        try await store.holdings(of: account.id).factors.count
    }

    /// The code of the newest mail that begins or ends a wait.
    func recoveryCode(to address: String = "ada@example.org") async throws -> String {
        let letter = try #require(try await letters(.factorRecovery, to: address).last)
        #expect(letter.path == nil && letter.secondPath == nil)
        return try #require(letter.code)
    }

    /// Where the links lead that stop it, of all notices so far.
    func stopLinks(to address: String = "ada@example.org") async throws -> [String] {
        try await letters(.factorRecoveryAsked, to: address).compactMap(\.secondPath)
    }
}

extension TestBrowser {
    static let lost = "/second-factor/lost"

    /// Through the first step alone.
    func half(_ email: String = "ada@example.org") async -> TestBrowser {
        // Whoever is half in is led on from the page unless somebody else is to sign in.
        _ = await signIn(await get("/sign-in?switch=1"), email)
        return self
    }

    /// Up to the page where the code is typed.
    func askForRecovery() async -> TestPage {
        await submit(await visit(Self.lost), [:], action: Self.lost)
    }

    /// Up to the wait.
    func beginRecovery(_ house: TestHouse, _ email: String = "ada@example.org") async throws -> TestPage {
        let page = await half(email).askForRecovery()
        return await type(try await house.recoveryCode(to: email), on: page)
    }

    /// Where the wait is over: up to the end of it.
    func finishRecovery(_ house: TestHouse, _ email: String = "ada@example.org") async throws -> TestPage {
        let form = await askForRecovery()
        return await post(form, ["code": try await house.recoveryCode(to: email)], action: Self.lost + "/code")
    }

    /// Does whatever can be done by force, with a code that is none: what the pages say to it.
    func forceRecovery() async -> [TestPage] {
        let form = await get("/second-factor")
        var said: [TestPage] = []
        for path in ["", "/code", "/finish"] {
            said.append(await forge(form, ["code": "AAAA-AAAA"], to: Self.lost + path))
        }
        return said
    }
}
