import Cryptography
import Foundation
import JSON
import Testing
import Web

/// What the token endpoint gave.
struct TestTokens: Sendable {
    let access: String
    let refresh: String?
    let id: String?

    init(_ page: TestPage, _ place: SourceLocation = #_sourceLocation) throws {
        try #require(page.status == 200, "\(page.status) \(page.text)", sourceLocation: place)
        access = try #require(page["access_token"]?.stringValue, sourceLocation: place)
        refresh = page["refresh_token"]?.stringValue
        id = page["id_token"]?.stringValue
    }

    /// The claims of a JWT, unverified.
    static func claims(_ token: String?) throws -> JSONObject {
        let part = try #require(token?.split(separator: ".").dropFirst().first)
        let bytes = try #require(Base64URL.decode(part))
        let value = try JSONValue(parsing: bytes)
        return try #require(value.objectValue)
    }
}

extension TestHouse {
    /// Goes through sign-in and consent wherever they are asked for, and returns the answer to the app.
    func answer(
        to app: TestApp, in browser: TestBrowser, as email: String = "ada@example.org",
        _ changes: [String: String?] = [:]
    ) async -> TestPage {
        var page = await browser.visit(app.request(changes))
        for _ in 0..<4 {
            guard let action = page.forms.first?.action, page.location == nil else { return page }
            switch action {
            case "/sign-in": page = await browser.signIn(page, email)
            case "/consent": page = await browser.submit(page, ["decision": "allow"], action: "/consent")
            default: return page
            }
        }
        return page
    }

    func code(
        for app: TestApp, in browser: TestBrowser, as email: String = "ada@example.org",
        _ changes: [String: String?] = [:], _ place: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let page = await answer(to: app, in: browser, as: email, changes)
        return try #require(
            page.answer["code"], "no code: \(page.status) \(page.location ?? page.heading)", sourceLocation: place)
    }

    func tokens(
        for app: TestApp, in browser: TestBrowser, as email: String = "ada@example.org",
        _ changes: [String: String?] = [:], _ place: SourceLocation = #_sourceLocation
    ) async throws -> TestTokens {
        let code = try await code(for: app, in: browser, as: email, changes, place)
        return try TestTokens(await app.exchange(code, at: reception), place)
    }
}
