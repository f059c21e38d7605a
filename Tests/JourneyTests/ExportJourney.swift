import Cryptography
import Identity
import JSON
import OAuth
import TestSupport
import Testing

@testable import Web
@testable import martlet

@Suite("Taking one's data along")
struct ExportJourney {
    @Test("Everything about oneself is in it, nothing of anybody else, and no secret")
    func document() async throws {
        let house = try await TestHouse()
        let ada = try await house.person(roles: [Role("editor")])
        _ = try await house.person("bob@example.org", profile: Profile(name: "Bob Planted"))
        let browser = await house.browser().signedIn()
        _ = await house.browser(from: "192.0.2.9").signedIn("bob@example.org")
        let profile = await browser.get("/account/profile")
        _ = await browser.post(
            profile, ["name": "Ada", "username": "ada", "biography": "Wrote notes."], action: "/account/profile")
        _ = await browser.upload(profile, SamplePictures.png)
        let tokens = try await house.tokens(for: .shop, in: browser, ["scope": "openid offline_access"])
        _ = try await house.storedEvents()
        let page = await browser.post(await browser.get("/account/data"), [:], action: "/account/export")
        #expect(page.status == 200 && page.header("Content-Type") == "application/json")
        #expect(page.header("Content-Disposition") == "attachment; filename=\"account.json\"")
        #expect(page.header("Cache-Control") == "no-store")
        #expect(page["account"]?.objectValue?["id"]?.stringValue == ada.id)
        #expect(page["account"]?.objectValue?["roles"] == [["name": "editor", "context": ""]])
        #expect(page["profile"]?.objectValue?["preferred_username"] == "ada" && page["biography"] == "Wrote notes.")
        #expect(page["picture"]?.objectValue?["content_type"] == "image/png")
        #expect(page["sessions"]?.arrayValue?.count == 1 && page["remembered_browsers"]?.arrayValue?.count == 1)
        #expect(page["sign_in_methods"]?.arrayValue?.first?.objectValue?["method"] == "pwd")
        #expect(page["allowed_apps"]?.arrayValue?.first?.objectValue?["app"] == "shop")
        #expect(page["lasting_access"]?.arrayValue?.count == 1)
        let kinds = page["events"]?.arrayValue?.compactMap { $0.objectValue?["kind"]?.stringValue } ?? []
        #expect(kinds.contains("sign_in") && kinds.contains("consent_given") && !kinds.isEmpty)
        let secrets = [
            ada.passwordHash ?? "", TestHouse.password, tokens.access, tokens.refresh ?? "",
            browser.cookies["martlet-session"] ?? "", browser.cookies["martlet-browser"] ?? "", "bob@", "Planted",
            "Bob",
        ]
        for secret in secrets { #expect(!secret.isEmpty && !page.text.contains(secret)) }
        for cookie in browser.cookies.values {
            let digest = SHA256.digest(Array(cookie.utf8))
            #expect(!page.text.contains(Hex.encode(digest)) && !page.text.contains(Base64URL.encode(digest)))
        }
        #expect(house.audit.count(.dataExported) == 1)
    }

    @Test("B016, IN4: of what others did to the account the deed is told, not from where or with which app")
    func deedsOfOthers() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let root = try await house.person("root@example.org", roles: [.administrator])
        let guesser = house.browser(from: "198.51.100.4")
        _ = await guesser.signIn(await guesser.get("/sign-in"), "ada@example.org", password: "guessed")
        let foreign: [(AuditEvent.Kind, AuditEvent.Actor, String?)] = [
            (.rolesChanged, .person(root.id), "planted-console"),
            (.sessionEnded, .client("planted-tool"), "planted-tool"),
            (.profileChanged, .operatorAtCommandLine(user: 4_210_170), nil), (.tokenIssued, .client("shop"), "shop"),
            (.tokenIssued, .client("planted-one"), "planted-other"),
        ]
        for (kind, actor, client) in foreign {
            house.house.groundwork.audit.record(
                AuditEvent(kind, by: actor, subject: ada.id, clientID: client, details: ["network": "10.99.0.0/24"]))
        }
        _ = try await house.storedEvents()
        let browser = await house.browser().signedIn()
        _ = try await house.storedEvents()
        let page = await browser.post(await browser.get("/account/data"), [:], action: "/account/export")
        for word in ["10.99.0", "planted", "4210170", root.id] { #expect(!page.text.contains(word), "\(word)") }
        let events = page["events"]?.arrayValue?.compactMap(\.objectValue) ?? []
        func told(_ kind: String) -> [[String?]] {
            events.filter { $0["kind"]?.stringValue == kind }.map { event in
                ["by", "app", "network"].map { event[$0]?.stringValue }
            }
        }
        #expect(
            told("roles_changed") == [["operator", nil, nil]] && told("session_ended") == [["operator", nil, nil]])
        #expect(told("profile_changed") == [["operator", nil, nil]])
        #expect(told("token_issued") == [["app", "shop", nil], ["operator", nil, nil]])
        #expect(told("sign_in_refused") == [["visitor", nil, "198.51.100.0/24"]])
        #expect(told("sign_in") == [["person", nil, "192.0.2.0/24"]])
    }

    @Test("A browser left open does not give it away: who one is is asked again, by GET there is nothing")
    func fresh() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        let page = await browser.get("/account/data")
        house.clock.advance(301)
        let late = await browser.post(page, [:], action: "/account/export")
        #expect(late.location == "/account/confirm?next=%2Faccount%2Fdata" && house.audit.count(.dataExported) == 0)
        let stale = await browser.get("/account/data")
        #expect(!stale.forms.contains { $0.action == "/account/export" } && stale.text.contains("confirm first"))
        #expect(await browser.get("/account/export").status == 405)
    }
}
