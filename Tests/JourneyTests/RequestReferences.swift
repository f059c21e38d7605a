import Foundation
import HTTPTypes
import OAuth
import Testing

@testable import Web

@Suite("The reference of a request")
struct RequestReferences {
    @Test("CF1: what is recorded during a request bears the reference that its answer tells")
    func recorded() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        let refused = await browser.post(form, ["email": "ada@example.org", "password": "not hers at all"])
        #expect(house.audit.events.last?.kind == .signInRefused)
        #expect(house.audit.references.last == refused.header("X-Request-Id"))
        let signedIn = await browser.post(form, ["email": "ada@example.org", "password": TestHouse.password])
        #expect(house.audit.events.last?.kind == .signIn)
        #expect(house.audit.references.last == signedIn.header("X-Request-Id"))
        #expect(refused.header("X-Request-Id") != signedIn.header("X-Request-Id"))
    }

    @Test("CF5: an error page shows the reference of its header, and the log holds it")
    func pages() async throws {
        let house = try await TestHouse()
        let page = await house.browser().get("/nowhere")
        let reference = try #require(page.reference)
        #expect(page.header("X-Request-Id") == reference && reference.wholeMatch(of: /[0-9a-f]{10}/) != nil)
        #expect(house.log.lines.contains { $0.contains(reference) })
    }

    @Test("CF4: a reference that the client hands in is not taken")
    func handedIn() async throws {
        let house = try await TestHouse()
        for name in ["X-Request-Id", "X-Correlation-Id", "traceparent"] {
            let page = await house.browser().send(.get, "/nowhere", headers: [name: "0123456789"])
            #expect(page.header("X-Request-Id") != "0123456789" && page.reference != "0123456789")
            #expect(!house.log.lines.contains { $0.contains("0123456789") })
        }
    }

    @Test("WB10: what caches may keep bears none, so that nobody is told another's")
    func caches() async throws {
        let house = try await TestHouse()
        let asset = house.reception.rooms.pages.assets.path("martlet.css")
        for path in ["/jwks.json", "/.well-known/openid-configuration", asset] {
            let page = await house.browser().get(path)
            #expect(page.status == 200 && page.header("X-Request-Id") == nil, "\(path)")
        }
        for path in ["/sign-in", "/nowhere", "/userinfo"] {
            #expect(await house.browser().get(path).header("X-Request-Id")?.count == 10, "\(path)")
        }
        let large = house.reception.tooLarge(target: "/token", headers: [:], peer: nil)
        #expect(TestPage(target: "/token", reply: large).header("X-Request-Id")?.count == 10)
    }

    @Test("CF1: of many requests at a time each has its own")
    func manyAtATime() async throws {
        let house = try await TestHouse()
        let references = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<50 {
                group.addTask { await house.browser().get("/nowhere").header("X-Request-Id") }
            }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(references.count == 50 && !references.contains(nil))
        #expect(RequestReference.current == nil)
    }
}
