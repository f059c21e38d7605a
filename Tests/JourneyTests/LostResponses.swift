import Foundation
import JSON
import OAuth
import TestSupport
import Testing
import Web

@Suite("Answers to a refresh that were lost on their way (D3, TK8)")
struct LostResponses {
    static let graceful = TestClients.app.replacing(
        "\"martlet_skips_consent", with: "\"martlet_refresh_grace\": 10, \"martlet_skips_consent")

    private func house() async throws -> (TestHouse, token: String) {
        let house = try await TestHouse(clients: TestClients.all.merging(["app": Self.graceful]) { $1 })
        _ = try await house.person()
        let tokens = try await house.tokens(for: .app, in: house.browser(), ["scope": "openid email offline_access"])
        return (house, try #require(tokens.refresh))
    }

    /// Whether the person is told that an app was signed out, and of how many.
    private func warnings(_ house: TestHouse) async -> Int {
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        return await browser.get("/account").forms.count { $0.action == "/account/notices/dismiss" }
    }

    @Test("TK8: within the window the same bytes come once more, from another process too, as often as asked")
    func repeated() async throws {
        let (house, token) = try await house()
        let sibling = try await house.sibling()
        let first = await TestApp.app.refresh(token, at: house.reception)
        #expect(first.status == 200)
        for seconds: Int64 in [0, 4, 5] {
            house.clock.advance(seconds)
            for process in [house.reception, sibling] {
                let again = await TestApp.app.refresh(token, at: process)
                #expect(again.status == 200 && again.reply.body == first.reply.body)
            }
        }
        #expect(house.audit.count(.tokenAnswerRepeated) == 6 && house.audit.count(.reuseDetected) == 0)
        let next = try #require(try TestTokens(first).refresh)
        #expect(await TestApp.app.refresh(next, at: sibling).status == 200)
        #expect(await warnings(house) == 0)
    }

    enum Late: CaseIterable, Sendable {
        case windowOver, successorUsed, otherScope, gracelessNow
    }

    @Test(
        "TK7, TK8: what is no repetition is a reuse: the family ends and the person is told", arguments: Late.allCases)
    func reuse(_ case: Late) async throws {
        let (house, token) = try await house()
        let first = try TestTokens(await TestApp.app.refresh(token, at: house.reception))
        let next = try #require(first.refresh)
        var changes: [String: String?] = [:]
        switch `case` {
        case .windowOver: house.clock.advance(10)
        case .successorUsed: #expect(await TestApp.app.refresh(next, at: house.reception).status == 200)
        case .otherScope: changes = ["scope": "openid"]
        case .gracelessNow: try house.register("app", TestClients.app)
        }
        #expect(await TestApp.app.refresh(token, at: house.reception, changes).error == "invalid_grant")
        #expect(house.audit.count(.reuseDetected) == 1)
        #expect(await TestApp.app.refresh(next, at: house.reception).error == "invalid_grant")
        #expect(await TestApp.userInfo(first.access, at: house.reception).status == 401)
        #expect(await warnings(house) == 1)
    }

    enum Ended: CaseIterable, Sendable {
        case revoked, disabled, appRemoved, roleDemanded
    }

    @Test(
        "TK8, TK11: within the window too, an ended grant or a person shut out gets nothing", arguments: Ended.allCases)
    func ended(_ case: Ended) async throws {
        let (house, token) = try await house()
        let first = try TestTokens(await TestApp.app.refresh(token, at: house.reception))
        let ada = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
        switch `case` {
        case .revoked: _ = await TestApp.app.revoke(try #require(first.refresh), at: house.reception)
        case .disabled: _ = try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now)
        case .appRemoved: try await house.store.revokeGrants(of: ada.id, to: "app", at: house.clock.now)
        case .roleDemanded:
            let strict = Self.graceful.replacing(
                "\"martlet_skips", with: "\"martlet_required_roles\": [\"x\"], \"martlet_skips")
            try house.register("app", strict)
        }
        #expect(await TestApp.app.refresh(token, at: house.reception).error == "invalid_grant")
        #expect(house.audit.count(.tokenAnswerRepeated) == 0)
    }

    @Test("TK8, TK6: another client gets nothing and ends nothing, though it holds the spent token")
    func otherClient() async throws {
        let (house, token) = try await house()
        let first = await TestApp.app.refresh(token, at: house.reception)
        for thief in [TestApp.shop, .office] {
            #expect(await thief.refresh(token, at: house.reception).error == "invalid_grant")
        }
        #expect(await TestApp.app.refresh(token, at: house.reception).reply.body == first.reply.body)
    }

    @Test("TK8, IN3: of 100 at once over two processes all get one and the same answer, and one descendant lives")
    func race() async throws {
        let (house, token) = try await house()
        let sibling = try await house.sibling()
        let bodies = await withTaskGroup(of: TestPage.self) { group in
            for number in 0..<100 {
                group.addTask {
                    await TestApp.app.refresh(token, at: number.isMultiple(of: 2) ? house.reception : sibling)
                }
            }
            return await group.reduce(into: Set<[UInt8]>()) { $0.insert($1.reply.body) }
        }
        let body = try #require(bodies.first)
        #expect(bodies.count == 1)
        let next = try #require((try JSONValue(parsing: body)).objectValue?["refresh_token"]?.stringValue)
        #expect(await TestApp.app.refresh(next, at: sibling).status == 200)
        #expect(house.audit.count(.tokenIssued) == 3 && house.audit.count(.reuseDetected) == 0)
    }

    @Test(
        "TK6, CR3: neither the answer nor a token in it stands in the database, and it is swept when its time is over")
    func sealed() async throws {
        let (house, token) = try await house()
        let first = try TestTokens(await TestApp.app.refresh(token, at: house.reception))
        let bytes = try await house.database.bytes()
        for secret in [first.access, try #require(first.refresh), try #require(first.id), token] {
            #expect(bytes.range(of: Data(secret.utf8)) == nil)
        }
        #expect(try await house.store.sweep(at: house.clock.now + 9, limit: 100) == 0)
        #expect(try await house.store.sweep(at: house.clock.now + 10, limit: 100) == 1)
    }

    @Test("SE7, WB6: a notice goes when its own person has read it, and by nobody else")
    func dismissed() async throws {
        let (house, token) = try await house()
        _ = await TestApp.app.refresh(token, at: house.reception)
        house.clock.advance(11)
        for _ in 0..<3 { _ = await TestApp.app.refresh(token, at: house.reception) }
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let page = await browser.get("/account")
        #expect(page.text.contains("App was signed out of your account to be safe"))
        let notice = try #require(page.forms.first { $0.action == "/account/notices/dismiss" }?.fields["notice"])

        _ = try await house.person("eve@example.org")
        let stranger = house.browser()
        _ = await stranger.signIn(await stranger.get("/sign-in"), "eve@example.org")
        let csrf = try #require(await stranger.get("/account").forms.first?.fields["csrf"])
        let path = "/account/notices/dismiss"
        _ = await stranger.send(.post, path, form: [(name: "csrf", value: csrf), (name: "notice", value: notice)])
        #expect(await browser.send(.post, path, form: [(name: "notice", value: notice)]).status == 403)
        #expect(await warnings(house) == 1)

        let done = await browser.submit(page, [:], action: path)
        #expect(done.status == 200 && !done.text.contains("to be safe"))
        #expect(await warnings(house) == 0)
    }
}
