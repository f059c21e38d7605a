import Testing

@testable import Web

@Suite("Whose second step is a code by mail, and who comes in by the mailbox")
struct MailboxFirst {
    private static let words = "Sign in with your password instead"

    private func halfByMail(_ house: TestHouse) async throws -> (TestBrowser, TestPage) {
        let browser = house.browser()
        let page = await browser.askForLink()
        _ = await browser.type(try await house.link().code, on: page)
        return (browser, await browser.visit("/second-factor"))
    }

    @Test("B109: they are told of their password, which leads back to the sign-in page")
    func toldOfPassword() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        _ = try await house.addMailCode()
        let (browser, ways) = try await halfByMail(house)
        #expect(ways.text.contains(Self.words) && !ways.text.contains("href=\"/second-factor/mail\""))
        let back = await browser.submit(ways, [:], action: "/second-factor/leave")
        #expect(back.target.hasPrefix("/sign-in"))
        let half = await browser.signIn(back, "ada@example.org")
        #expect(half.text.contains("Send code") && !half.text.contains(Self.words))
    }

    @Test("B109: not where an authenticator app does")
    func otherWays() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        _ = try await house.addApp()
        let (_, page) = try await halfByMail(house)
        #expect(page.target.hasPrefix("/second-factor") && !page.text.contains(Self.words))
    }
}
