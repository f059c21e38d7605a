import Foundation
import HTTPTypes
import Identity
import OAuth
import Storage
import Testing
import Web

@testable import martlet

extension TestHouse {
    /// Anybody may sign in by mail, unless the settings say otherwise.
    static func linking(
        _ policy: MagicLinkSettings.Policy = .anybody, clients: [String: String] = TestClients.all,
        settings change: (inout Settings) -> Void = { _ in }
    ) async throws -> TestHouse {
        try await TestHouse(clients: clients) {
            $0.magicLinks.policy = policy
            change(&$0)
        }
    }

    /// The link and the code of the newest mail to sign in with.
    func link(to address: String = "ada@example.org") async throws -> (path: String, code: String) {
        let mail = try await mailed(.magicLink, to: address)
        #expect(mail.path.hasPrefix("/magic-link/mml_") && mail.code.count == 9)
        return mail
    }

    /// What became of links and codes, as it is recorded.
    var linkFaults: [String] {
        audit.events.filter { $0.kind == .mailProofRefused && $0.details["purpose"] == "magic_link" }
            .compactMap { $0.details["reason"] }
    }

    /// Links are on for this person.
    func optIn(_ account: Account) async throws {
        #expect(try await store.decide(.magicLinks(true), of: account.id, mailing: []))
    }

    /// Has signed in by it, as far as anybody can tell.
    func note(_ method: String, of account: Account) async throws {
        let now = clock.now
        _ = try await store.database.change {
            try $0.execute(
                """
                INSERT INTO sign_in_methods (account_id, method, first_used_at, last_used_at) VALUES ($1, $2, $3, $3)
                """, [.text(account.id), .text(method), .integer(now.seconds)])
        }
    }
}

extension TestBrowser {
    /// Asks for a mail to sign in with; the page where its code is typed.
    @discardableResult
    func askForLink(_ email: String = "ada@example.org", at page: String = "/magic-link") async -> TestPage {
        await submit(await get(page), ["email": email], action: "/magic-link")
    }

    /// The same by the button of the sign-in page, which has the form of another.
    func askForLink(_ email: String = "ada@example.org", on signIn: TestPage) async -> TestPage {
        let form = signIn.forms.first { $0.action == "/sign-in" || $0.action == "/magic-link" }
        var values = (form?.fields ?? [:]).mapValues(Optional.some)
        values["email"] = email
        values["from"] = "sign-in"
        return await follow(post(signIn, values, action: "/magic-link"))
    }

    /// Opens a link and presses its button; follows where that leads.
    func enter(by path: String) async -> TestPage { await submit(await get(path), [:]) }

    /// Sends what the button of a link would send, in a browser that has none.
    func force(_ path: String, _ values: [String: String?] = ["here": "1"]) async -> TestPage {
        await forge(await visit("/account"), values, to: path)
    }

    var isSignedIn: Bool { cookies["martlet-session"] != nil }

    /// The same browser on another network.
    func moved(to peer: String, of house: TestHouse) -> TestBrowser {
        let copy = TestBrowser(reception: reception, peer: peer, of: house)
        copy.cookies = cookies
        return copy
    }
}

extension TestPage {
    /// All that a reply tells, but what differs for everybody: the form token, the reference, and what was typed.
    func told(_ address: String = "\u{0}") -> String {
        var text = self.text.replacing(address, with: "ADDRESS")
        for form in forms { text = text.replacing(form.fields["csrf"] ?? "\u{0}", with: "CSRF") }
        if let reference { text = text.replacing(reference, with: "REFERENCE") }
        let headers = reply.headers.filter { !["x-request-id", "set-cookie"].contains($0.name.canonicalName) }
            .map { "\($0)" }
        return "\(status) \(headers.sorted()) \(text)"
    }
}
