import Identity
import JSON
import OAuth
import Testing

@testable import martlet

@Suite("What people say of themselves")
struct ProfileJourney {
    private static let whole: [String: String] = [
        "name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "username": "ada.l",
        "birthdate": "1815-12-10", "biography": "Poetical\r\nscience", "locale": "en-GB", "zoneinfo": "Europe/London",
    ]

    private static let attributes: [ProfileAttribute] = [
        ProfileAttribute(
            name: "department", kind: .text, label: "Department", claim: "department", scope: "profile",
            isEditable: true),
        ProfileAttribute(name: "site", kind: .url, label: "Site", claim: "site", scope: "profile", isEditable: true),
        ProfileAttribute(
            name: "vegan", kind: .boolean, label: "Vegan food", claim: "diet_vegan", scope: "email", isEditable: true),
        ProfileAttribute(
            name: "size", kind: .choice(["S", "M", "L"]), label: "Size", claim: "size", scope: "profile",
            isEditable: true),
        ProfileAttribute(
            name: "staff_number", kind: .text, label: "Staff number", claim: "staff_number", scope: "roles",
            isEditable: false),
    ]

    private func house(
        _ attributes: [ProfileAttribute] = attributes, profile: Profile = Profile(name: "Ada Lovelace")
    ) async throws -> (TestHouse, TestBrowser, Account) {
        let house = try await TestHouse { $0.profileAttributes = attributes }
        let ada = try await house.person(profile: profile)
        return (house, await house.browser().signedIn(), ada)
    }

    private func save(_ browser: TestBrowser, _ values: [String: String?]) async -> TestPage {
        await browser.post(await browser.get("/account/profile"), values, action: "/account/profile")
    }

    private func account(_ house: TestHouse, _ id: String) async throws -> Account {
        try #require(try await house.store.account(id: id))
    }

    private func userInfo(_ house: TestHouse, _ browser: TestBrowser, _ scope: String) async throws -> JSONObject {
        let tokens = try await house.tokens(for: .shop, in: browser, ["scope": scope])
        return try #require(await TestApp.userInfo(tokens.access, at: house.reception).json)
    }

    @Test("B026: what was typed is saved, shown again, and told to apps that may see it, claim by claim")
    func saved() async throws {
        let (house, browser, _) = try await house([])
        let page = await browser.follow(await save(browser, Self.whole))
        #expect(page.text.contains("Your profile is saved."))
        for (name, value) in Self.whole where !["biography", "zoneinfo"].contains(name) {
            #expect(page.value(of: name) == value, "\(name)")
        }
        #expect(page.text.contains("Poetical\nscience</textarea>"))
        #expect(page.text.contains(#"<option value="Europe/London" selected>"#))
        let claims = try await userInfo(house, browser, "openid profile")
        #expect(claims["given_name"] == "Ada" && claims["preferred_username"] == "ada.l")
        #expect(claims["birthdate"] == "1815-12-10" && claims["zoneinfo"] == "Europe/London")
        #expect(claims["locale"] == "en-GB" && claims["email"] == nil && claims["biography"] == nil)
        #expect(house.audit.count(.profileChanged) == 1)
    }

    @Test("B026, JW7: with the scope openid alone nothing of the profile is told")
    func openidOnly() async throws {
        let (house, browser, ada) = try await house()
        _ = await save(browser, Self.whole.merging(["attribute_department": "Engines"]) { $1 })
        #expect(try await userInfo(house, browser, "openid").keys == ["sub"])
        #expect(try await account(house, ada.id).profile.givenName == "Ada")
    }

    @Test("What is emptied is gone; what is saved unchanged is no event")
    func emptied() async throws {
        let (house, browser, ada) = try await house([])
        _ = await save(browser, Self.whole)
        _ = await save(browser, Self.whole)
        #expect(house.audit.count(.profileChanged) == 1)
        _ = await save(browser, Self.whole.mapValues { _ in "" })
        #expect(try await account(house, ada.id).profile.saysTheSame(as: Profile()))
    }

    @Test(
        "IN1, IN12: what cannot be is refused at its field, and what was typed stays",
        arguments: [
            ("name", "A\u{202E}da"), ("name", "…"), ("name", String(repeating: "a", count: 101)),
            ("given_name", "A\u{0B}"),
            ("family_name", "\u{2066}x"), ("username", "two words"), ("username", "a/b"), ("username", "<b>"),
            ("username", String(repeating: "a", count: 151)), ("birthdate", "10.12.1815"), ("birthdate", "1815-13-01"),
            ("birthdate", "2900-01-01"), ("birthdate", "1815-02-29"), ("locale", "english"), ("locale", "e"),
            ("locale", "de_CH"), ("zoneinfo", "Mars/Olympus"), ("zoneinfo", "../etc/passwd"),
            ("biography", "a\u{202E}b"), ("biography", String(repeating: "é", count: 2001)),
            ("attribute_site", "javascript:alert(1)"), ("attribute_site", "https://u:p@example.org/"),
            ("attribute_site", "//example.org"), ("attribute_size", "XL"), ("attribute_department", "a\u{202E}"),
            ("attribute_department", String(repeating: "a", count: 201)),
        ])
    func refused(field: String, value: String) async throws {
        let (house, browser, ada) = try await house()
        let page = await save(browser, Self.whole.merging([field: value]) { $1 })
        #expect(page.status == 422 && page.text.contains("id=\"\(field)-error\"") && page.reference != nil, "\(field)")
        #expect(page.value(of: field == "name" ? "given_name" : "name") == (field == "name" ? "Ada" : "Ada Lovelace"))
        #expect(try await account(house, ada.id).profile.givenName == nil)
    }

    @Test("A username is somebody's alone, in whatever case or width it is typed; that is said plainly")
    func username() async throws {
        let (house, browser, ada) = try await house([])
        _ = try await house.person("bob@example.org")
        let bob = await house.browser(from: "192.0.2.2").signedIn("bob@example.org")
        #expect(await save(bob, ["username": "Straße.1"]).status == 303)
        for name in ["Straße.1", "straße.1", "ＳＴＲＡßE.１"] {
            let page = await save(browser, ["username": name])
            #expect(page.status == 422 && page.text.contains("Somebody else has this username."), "\(name)")
        }
        #expect(try await account(house, ada.id).profile.preferredUsername == nil)
        #expect(await save(bob, ["username": "STRASSE.1"]).status == 303, "one's own in another case")
    }

    @Test(
        "PW10: an address is no username, whether somebody has it or not",
        arguments: ["bob@example.org", "x@example.org"])
    func addressAsUsername(typed: String) async throws {
        let (house, browser, ada) = try await house([])
        _ = try await house.person("bob@example.org")
        let page = await save(browser, ["username": typed])
        #expect(
            page.status == 422 && page.text.contains("and no e-mail address") && !page.text.contains("Somebody else"))
        #expect(page.value(of: "username") == typed)
        #expect(try await account(house, ada.id).profile.preferredUsername == nil)
    }

    @Test("IN9: ten usernames an hour are tried; then taken and free are refused alike, and the rest is still saved")
    func triedTooOften() async throws {
        let (house, browser, ada) = try await house([])
        _ = try await house.person("bob@example.org")
        let bob = await house.browser(from: "192.0.2.2").signedIn("bob@example.org")
        #expect(await save(bob, ["username": "bob"]).status == 303)
        for number in 1...10 { #expect(await save(browser, ["username": "bob"]).status == 422, "\(number)") }
        for name in ["bob", "free"] {
            let page = await save(browser, ["username": name])
            #expect(page.status == 429 && page.header("Retry-After") == "3600" && page.value(of: "username") == name)
            #expect(page.text.contains("You have tried many usernames.") && !page.text.contains("Somebody else"))
        }
        let other = house.browser(from: "192.0.2.9")
        _ = await other.signIn(await other.get("/sign-in"), "ada@example.org")
        #expect(await save(other, ["username": "free"]).status == 429, "from another network too")
        #expect(try await account(house, ada.id).profile.preferredUsername == nil)
        #expect(await save(browser, ["name": "Ada King"]).status == 303)
        house.clock.advance(3600)
        #expect(await save(browser, ["username": "free"]).status == 303)
    }

    @Test("IN4: no form sets roles, the proof of an address, another address, or another person's profile")
    func massAssignment() async throws {
        let (house, browser, ada) = try await house()
        let bob = try await house.person("bob@example.org")
        let page = await save(
            browser,
            Self.whole.merging([
                "roles": "administrator", "role": "administrator", "email": "eve@example.org",
                "email_verified": "false",
                "id": bob.id, "account": bob.id, "subject": bob.id, "account_id": bob.id, "status": "disabled",
                "password_hash": "x", "picture": "https://evil.example/x.png", "attribute_staff_number": "1",
                "attribute_unknown": "x", "deleted_at": "1", "created_at": "1", "preferred_username": "root",
            ]) { $1 })
        #expect(page.status == 303)
        let after = try await account(house, ada.id)
        #expect(after.roles.isEmpty && after.email == ada.email && after.isEmailVerified && after.status == .active)
        #expect(after.passwordHash == ada.passwordHash && after.profile.picture == nil)
        #expect(after.profile.attributes.keys == ["vegan"] && after.profile.preferredUsername == "ada.l")
        #expect(try await account(house, bob.id) == bob)
    }

    @Test("B033, B057: attributes of the house's own become claims, by their scope, and discovery names them (JW12)")
    func attributes() async throws {
        var profile = Profile(name: "Ada")
        profile.attributes["staff_number"] = "4711"
        let (house, browser, _) = try await house(profile: profile)
        let page = await browser.get("/account/profile")
        #expect(page.text.contains("Staff number") && page.text.contains("4711"))
        #expect(page.value(of: "attribute_staff_number") == nil)
        _ = await save(
            browser,
            [
                "attribute_department": "Engines", "attribute_site": "https://ada.example/", "attribute_vegan": "yes",
                "attribute_size": "M",
            ])
        let claims = try await userInfo(house, browser, "openid profile")
        #expect(claims["department"] == "Engines" && claims["site"] == "https://ada.example/" && claims["size"] == "M")
        #expect(claims["diet_vegan"] == nil && claims["staff_number"] == nil)
        let more = try await userInfo(house, browser, "openid email roles")
        #expect(more["diet_vegan"] == true && more["staff_number"] == "4711" && more["department"] == nil)
        let metadata = await browser.get("/.well-known/openid-configuration")
        let named = metadata["claims_supported"]?.stringsValue ?? []
        #expect(Set(Self.attributes.map(\.claim)).isSubset(of: named) && named.contains("birthdate"))
    }

    @Test("What another window saved meanwhile is not overwritten unasked")
    func outdated() async throws {
        let (house, browser, ada) = try await house([])
        let (first, second) = (await browser.get("/account/profile"), await browser.get("/account/profile"))
        let saved = await browser.post(first, ["name": "Countess"], action: "/account/profile")
        #expect(saved.status == 303)
        let page = await browser.post(second, ["name": "Ada King"], action: "/account/profile")
        #expect(page.status == 409 && page.text.contains("in another window") && page.value(of: "name") == "Ada King")
        #expect(try await account(house, ada.id).profile.name == "Countess")
        #expect(await browser.post(page, ["name": "Ada King"], action: "/account/profile").status == 303)
        #expect(try await account(house, ada.id).profile.name == "Ada King")
    }

    @Test("Of many windows that save at once one wins and the others are told (IN3)")
    func race() async throws {
        let (house, browser, _) = try await house([])
        let sibling = try await house.sibling()
        let page = await browser.get("/account/profile")
        let statuses = await withTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                let copy = browser.moved(to: number.isMultiple(of: 2) ? house.reception : sibling)
                group.addTask { await copy.post(page, ["name": "Ada \(number)"], action: "/account/profile").status }
            }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 303 } == 1 && statuses.count { $0 == 409 } == 7)
    }
}
