import Cryptography
import Foundation
import OAuth
import Storage
import Testing

@testable import Web
@testable import martlet

@Suite("What explanations keep, and what they never do")
struct ExplainedCrawl {
    @Test("Every page and answer of a refusal can be explained, whatever was asked (CF5)")
    func everyRefusal() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let signedIn = house.browser()
        _ = await signedIn.signIn(await signedIn.get("/sign-in"), "ada@example.org")
        var refused: [TestPage] = []
        for path in HeaderCrawl.paths(house) {
            for method in HeaderCrawl.methods where method != .options {
                for browser in [house.browser(), signedIn] {
                    let page = await browser.send(method, path, form: method == .post ? [] : nil)
                    if page.status >= 400 { refused.append(page) }
                }
            }
            await house.flushExplanations()
        }
        #expect(refused.count > 300)
        for page in refused {
            let reference = try #require(page.header("X-Request-Id"))
            let explanation = try await house.store.explanation(reference, at: house.clock.now)
            #expect(explanation?.examination.failed != nil, "\(page.target) \(page.status)")
            #expect(page.reference == nil || page.reference == reference)
            #expect(page.error == nil || page["error_description"]?.stringValue?.contains(reference) == true)
        }
    }

    /// A secret of the kinds there are, in every place of every request there is.
    @Test(
        "No secret is kept or shown, wherever somebody put it (CF3)",
        arguments: [
            "mcs_Zq7hT0pLanted9Kx2vB4nM6cR8sD1fG3jH5kL7zX0yW", "f81d4fae7dec11d0a76500a0c91e6bf6f81d4fae7dec11d0a76500",
            "Tr0ub4dor-and-Three-1234567890",
        ])
    func secrets(secret: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let names = [
            "client_id", "client_secret", "client_assertion", "client_assertion_type", "code", "code_verifier",
            "refresh_token", "token", "access_token", "state", "nonce", "password", "email", "csrf", "request",
            "redirect_uri", "post_logout_redirect_uri", "id_token_hint", "login_hint", "scope", "prompt", "max_age",
            "acr_values", "claims", "resource", "response_type", "response_mode", "grant_type", "code_challenge",
            "code_challenge_method", "request_uri", "session", "account", "decision", "current",
        ]
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        let paths = [
            "/token", "/introspect", "/revoke", "/userinfo", "/sign-in", "/consent", "/logout", "/account/password",
        ]
        var pages: [TestPage] = []
        for name in names {
            pages.append(await browser.get(TestApp.shop.request([name: secret])))
            pages.append(await browser.get(TestApp.shop.request([name: "https://x@\(secret)/?a=\(secret)#\(secret)"])))
            for path in paths {
                pages.append(await browser.post(form, [name: secret], action: path))
                pages.append(
                    await TestApp.shop.call(
                        path, ["grant_type": "authorization_code"].merging([name: secret]) { $1 }, at: house.reception))
            }
        }
        for headers in [
            ["Authorization": "Bearer \(secret)"], ["Authorization": TestApp.basic("shop", secret)],
            ["Cookie": "martlet-session=\(secret)"],
        ] {
            pages.append(await house.browser().send(.post, "/token", form: [], headers: headers))
            pages.append(await house.browser().send(.get, "/userinfo", headers: headers))
            pages.append(await house.browser().send(.post, "/sign-in", form: [("csrf", secret)], headers: headers))
        }
        pages.append(await house.browser().get("/setup/\(secret)"))
        pages.append(await house.browser().get("/nowhere/\(secret)?token=\(secret)"))
        await house.flushExplanations()
        let kept = try await house.store.explanations(latest: 2000, at: house.clock.now)
        #expect(kept.count > 300)
        let terminal = Terminal(isTerminal: true, environment: [:])
        for explanation in kept {
            for text in [
                ExplanationText(explanation).text(json: true, terminal),
                ExplanationText(explanation).text(json: false, terminal),
                "\(explanation)",
            ] {
                #expect(!text.contains(secret) && !text.contains(TestHouse.password), "\(text)")
            }
        }
    }

    @Test("Nothing that was sent acts on the operator's terminal (CF4)")
    func terminal() async throws {
        let house = try await TestHouse()
        let hostile = "\u{1B}[2J\u{1B}]0;x\u{7}\r\n\u{202E}gnp\u{9B}31m\u{2028}"
        for changes in [
            ["client_id": hostile], ["redirect_uri": "https://shop.example/\(hostile)"], ["scope": hostile],
            ["prompt": hostile],
        ] {
            _ = await house.browser().get(TestApp.shop.request(changes))
        }
        _ = await house.browser().get("/%1b[2J" + hostile)
        await house.flushExplanations()
        let kept = try await house.store.explanations(latest: 100, at: house.clock.now)
        #expect(kept.count == 5)
        let plain = Terminal(isTerminal: false, environment: [:])
        for explanation in kept {
            let text = ExplanationText(explanation).text(json: false, plain)
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !PlainText.isTreacherous($0) })
        }
        let list = ExplanationList(kept).text(json: false, plain)
        #expect(list.split(separator: "\n").count == 6)
    }

    @Test("A value is cut at 300 characters, however long it was (IN5)")
    func length() async throws {
        let house = try await TestHouse()
        let address = "https://shop.example/" + String(repeating: "a b", count: 2000)
        let page = await house.browser().get(TestApp.shop.request(["redirect_uri": address]))
        let seen = try #require(try await house.explanation(of: page).examination.failed?.seen.text)
        #expect(seen.count == 301 && seen.hasSuffix("…"))
    }

    @Test("Another process explains what the first refused; kept for seven days and no longer (OP1)")
    func siblings() async throws {
        let house = try await TestHouse()
        let page = await house.browser().get("/nowhere")
        _ = try await house.explanation(of: page)
        let reference = try #require(page.header("X-Request-Id"))
        let other = try await house.database.open()
        let start = house.clock.now
        #expect(try await other.explanation(reference, at: start + (7 * 86_400 - 1))?.reference == reference)
        #expect(try await other.explanation(reference, at: start + 7 * 86_400) == nil)
        _ = try await other.sweep(at: start + 7 * 86_400, limit: 100)
        #expect(try await other.explanation(reference, at: start) == nil)
        await other.close()
    }

    @Test("With explain.keep 0 nothing is kept")
    func off() async throws {
        let house = try await TestHouse { $0.explain.keep = 0 }
        _ = await house.browser().get("/nowhere")
        await house.flushExplanations()
        #expect(try await house.store.explanations(latest: 10, at: house.clock.now).isEmpty)
    }
}
