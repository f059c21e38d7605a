import Identity
import OAuth
import Testing

@testable import Web

/// Pages say what was just done. A link that somebody sends around must not make them say it.
@Suite("What a page says was done")
struct DoneMarks {
    private static let saved = "Your profile is saved."

    private func signedIn() async throws -> (house: TestHouse, browser: TestBrowser) {
        let house = try await TestHouse()
        _ = try await house.person()
        return (house, await house.browser().signedIn())
    }

    /// The address that saving the profile leads to.
    private func saved(_ browser: TestBrowser) async throws -> String {
        let done = await browser.post(
            await browser.get("/account/profile"), ["name": "Ada"], action: "/account/profile")
        return try #require(done.location)
    }

    @Test("It is said once the form was sent, in that browser, and for a minute")
    func said() async throws {
        let (house, browser) = try await signedIn()
        let address = try await saved(browser)
        #expect(await browser.get(address).text.contains(Self.saved))
        #expect(await browser.moved(to: try await house.sibling()).get(address).text.contains(Self.saved))
        let other = await house.browser(from: "192.0.2.2").signedIn()
        #expect(await !other.get(address).text.contains(Self.saved))
        house.clock.advance(60)
        #expect(await !browser.get(address).text.contains(Self.saved))
    }

    @Test(
        "WB9: a word, or a mark of somebody's own making, says nothing",
        arguments: [
            "profile_saved", "profile_saved.", "profile_saved.1800000000", "profile_saved.1800000000.", "..", "",
            "profile_saved.1800000000.AAAA", "profile_saved.-9223372036854775808.AAAA",
            "profile_saved.9223372036854775807.x", "profile_saved.99999999999999999999.x",
            String(repeating: "a.", count: 5000), "sessions_ended", "%00.%00.%00",
        ])
    func forged(mark: String) async throws {
        let (_, browser) = try await signedIn()
        for page in ["/account/profile", "/account", "/sign-in", "/account/deleted"] {
            let shown = await browser.visit("\(page)?done=\(mark)")
            #expect([200, 400, 414].contains(shown.status) && !shown.text.contains("class=\"notice\""), "\(page)")
        }
    }

    @Test("WB9: a mark that was changed, or is of another word or time, says nothing")
    func changed() async throws {
        let (house, browser) = try await signedIn()
        let address = try await saved(browser)
        let parts = address.split(separator: ".").map(String.init)
        let (seal, time) = (try #require(parts.last), try #require(parts.dropFirst().first))
        let page = "/account/profile?done="
        for mark in [
            "sessions_ended.\(time).\(seal)", "profile_saved.\(time + "0").\(seal)",
            "profile_saved.\(house.clock.now.seconds + 1).\(seal)", "profile_saved.\(time).\(seal)A",
            "profile_saved.\(time).\(seal.dropLast())", "profile_saved.\(time).\(seal).\(seal)",
        ] {
            let shown = await browser.get(page + mark)
            #expect(shown.status == 200 && !shown.text.contains("class=\"notice\""), "\(mark)")
        }
        #expect(await browser.get(address).text.contains("class=\"notice\""))
    }

    @Test("Nobody is told by a link that their account is deleted or their password is new")
    func frightening() async throws {
        let (house, browser) = try await signedIn()
        #expect(await browser.get("/account/deleted").location == "/")
        let stranger = house.browser(from: "192.0.2.3")
        for query in ["?notice=password_set", "?done=password_set", "?notice=password_set&done=password_set.1.x"] {
            #expect(await !stranger.get("/sign-in" + query).text.contains("new password is set"), "\(query)")
        }
        let own = try await saved(browser).split(separator: "=").last ?? ""
        #expect(await browser.get("/account/deleted?done=\(own)").location == "/")
        let gone = await browser.post(await browser.get("/account/delete"), ["sure": "yes"], action: "/account/delete")
        let farewell = try #require(gone.location)
        #expect(await browser.get(farewell).heading == "Your account is deleted")
        #expect(await stranger.get(farewell).location == "/")
        house.clock.advance(60)
        #expect(await browser.get(farewell).location == "/")
    }
}
