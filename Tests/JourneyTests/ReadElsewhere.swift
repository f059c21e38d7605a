import Identity
import OAuth
import Testing
import Web

@Suite("A mail that is read in another browser than the one it was asked for in")
struct ReadElsewhere {
    /// "You already have an account": asked for on the way from an app.
    private func mail(_ house: TestHouse, _ asker: TestBrowser) async throws -> (handle: String, path: String) {
        let page = await asker.visit(TestApp.app.request(["prompt": "create"]))
        let handle = try #require(page.handle)
        _ = await asker.signUp(page, ["email": "ada@example.org"])
        let letter = try #require(try await house.letters(.alreadyRegistered).last)
        return (handle, try #require(letter.path))
    }

    @Test("B022, B054: its link to the sign-in page works there, too; the app's request stays where it began")
    func signIn() async throws {
        let house = try await TestHouse.open()
        _ = try await house.person()
        let (asker, phone) = (house.browser(), house.browser(from: "192.0.2.50"))
        let (handle, path) = try await mail(house, asker)
        #expect(path == "/sign-in?request=\(handle)")
        let page = await phone.get(path)
        #expect(page.status == 200 && page.heading == "Sign in" && !page.text.contains(handle))
        #expect(page.header("Content-Security-Policy")?.hasSuffix("form-action 'self'") == true)
        let done = await phone.signIn(page, "ada@example.org")
        #expect(done.target == "/account" && done.status == 200)
        #expect(await phone.get(path).location == "/account")
        #expect(await asker.signIn(await asker.get(path), "ada@example.org").answer["code"] != nil)
    }

    @Test("AZ21: what is sent there for the other browser's request is refused, and so is every other step of it")
    func refused() async throws {
        let house = try await TestHouse.open()
        _ = try await house.person()
        let (asker, phone) = (house.browser(), house.browser(from: "192.0.2.50"))
        let (handle, path) = try await mail(house, asker)
        let page = await phone.get(path)
        let values = ["email": "ada@example.org", "password": TestHouse.password, "request": handle]
        let sent = await phone.post(page, values, action: "/sign-in")
        #expect(sent.status == 400 && phone.cookies["martlet-session"] == nil)
        for step in ["/authorize/continue", "/consent", "/select-account"] {
            #expect(await phone.get("\(step)?request=\(handle)").status == 400, "\(step)")
        }
        for lost in ["mpa_unknown", handle + "A", String(handle.dropLast())] {
            #expect(await phone.get("/sign-in?request=\(lost)").status == 400, "\(lost)")
        }
    }
}
