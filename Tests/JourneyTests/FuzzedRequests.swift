import Foundation
import HTTPTypes
import JSON
import OAuth
import TestSupport
import Testing

import Web

@Suite("Requests nobody would send")
struct FuzzedRequests {
    private static let codes = Set(OAuthError.Code.allCases.map(\.rawValue))

    private func check(_ page: TestPage, _ name: String) {
        #expect(page.status < 500, "\(name)")
        #expect(page.header("X-Content-Type-Options") == "nosniff" && page.header("Content-Security-Policy") != nil)
        #expect(
            !page.text.contains("<script>reflect-me") && page.header("Set-Cookie")?.contains("x=y") != true, "\(name)")
        for field in page.reply.headers { #expect(!field.value.contains { $0.isNewline }, "\(name)") }
        guard page.status >= 400, !page.reply.body.isEmpty else { return }
        if page.header("Content-Type") == "application/json" {
            #expect(Self.codes.contains(page.error ?? ""), "\(name)")
            let description = page["error_description"]?.stringValue ?? ""
            let isPlain = description.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
            #expect(isPlain && !description.isEmpty && !page.text.contains("reflect-me"), "\(name)")
        } else if page.header("Content-Type") == "application/problem+json" {
            #expect(page.problem != nil && page["reference"] != nil && !page.text.contains("reflect-me"), "\(name)")
        } else {
            #expect(page.reference != nil || page.forms.isEmpty == false, "\(name)")
        }
    }

    @Test(
        "Thousands of random and mutated requests are all answered: never 5xx, never a crash (IN10, TK20, CF5)",
        arguments: 1...4)
    func everything(seed: UInt64) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        var dice = Dice(seed: seed)
        let browser = house.browser()
        var statuses: [Int: Int] = [:]
        var larder: FuzzLarder?
        for round in 0..<2100 {
            if round.isMultiple(of: 75) {
                house.clock.advance(1000)
                browser.cookies = [:]
                _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
                larder = try await FuzzLarder(house, browser)
            }
            let cookie = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            let request = try #require(larder).request(&dice, cookie: cookie)
            let page = TestPage(target: request.target, reply: await house.reception.answer(request))
            check(page, "seed \(seed), round \(round): \(request.method) \(request.target.prefix(300))")
            statuses[page.status, default: 0] += 1
        }
        let reached = statuses.filter { $0.value >= 2 }.keys
        #expect(Set([200, 204, 303, 400, 401, 403, 404, 405, 415, 422]).isSubset(of: reached), "\(statuses)")
    }

    @Test("Bodies of every broken kind are refused with 400 by apps' endpoints, and nothing is reflected (TK20, IN1)")
    func bodies() async throws {
        let house = try await TestHouse()
        let headers: HTTPFields = [
            .contentType: "application/x-www-form-urlencoded",
            .authorization: TestApp.basic("shop", TestClients.secret),
        ]
        let broken: [[UInt8]] = [
            Array("grant_type=%".utf8), Array("grant_type=%zz".utf8), Array("a=%ff&grant_type=x".utf8),
            [0x61, 0x3D, 0xFF],
            Array("a=%00".utf8), [0x61, 0x3D, 0x00], Array("grant_type=x&grant_type=x".utf8),
            Array((0..<201).map { "p\($0)=1" }.joined(separator: "&").utf8), Array("{\"grant_type\":\"x\"}".utf8), [],
            Array("&&&&".utf8), Array("=reflect-me".utf8), [0xEF, 0xBB, 0xBF] + Array("token=reflect-me".utf8),
        ]
        for path in ClientAuthenticationAttacks.endpoints {
            for body in broken {
                let request = IncomingRequest(method: .post, target: path, headers: headers, body: body, peer: nil)
                let page = TestPage(target: path, reply: await house.reception.answer(request))
                #expect(page.status == 400, "\(path) \(String(decoding: body, as: UTF8.self)): \(page.text)")
                check(page, path)
            }
        }
    }

    @Test("No error of the token endpoint repeats what was sent (TK20)")
    func reflection() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let code = try await house.code(for: .shop, in: house.browser())
        for name in [
            "grant_type", "code", "redirect_uri", "code_verifier", "resource", "scope", "refresh_token", "client_id",
        ] {
            for marker in ["reflectme\"<>", "reflectme\u{E9}\u{301}", "reflectme\r\n"] {
                let page = await TestApp.shop.exchange(code, at: house.reception, [name: marker])
                #expect(
                    !page.text.contains("reflectme") && page.header("WWW-Authenticate")?.contains("reflectme") != true)
                if page.status >= 400 { check(page, name) }
            }
        }
    }
}
