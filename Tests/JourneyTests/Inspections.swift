import Foundation
import HTTPTypes
import Testing

/// What no request can show: that a thing is absent from the sources, or from what is offered.
@Suite("What the house does without")
struct Inspections {
    private static func texts(of room: String) throws -> [(name: String, text: String)] {
        try HousePlanTests.swiftFiles(of: room).map {
            ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
        }
    }

    @Test(
        "CR1, CR2: one library for each kind of cryptography, behind one door, and no broken primitive",
        arguments: HousePlanTests.table.keys.sorted())
    func cryptography(room: String) throws {
        let broken = ["MD5", "EVP_sha1", "SHA1(", "EVP_aes_256_ecb", "EVP_aes_128", "EVP_des", "RC4", "Insecure."]
        let doors = ["COpenSSL", "CSodium", "CCrypt"]
        // What other systems hashed passwords with is read, once, and never made; the hash is hashed again with Argon2id
        // before it is written.
        let readers = ["LegacyDigest.swift", "LDAPHash.swift"]
        for (name, text) in try Self.texts(of: room) {
            for word in broken where !readers.contains(name) { #expect(!text.contains(word), "\(name) names \(word)") }
            let imports = HousePlanTests.modules(in: text)
            #expect(room == "Cryptography" || !imports.contains(where: doors.contains), "\(name)")
        }
    }

    @Test("CR4: chance comes from the cryptographic generator alone", arguments: HousePlanTests.table.keys.sorted())
    func chance(room: String) throws {
        for (name, text) in try Self.texts(of: room) {
            for word in [
                "SystemRandomNumberGenerator", ".random(in:", "arc4random", "UUID().uuidString.prefix", "drand48",
            ] {
                #expect(!text.contains(word), "\(name) names \(word)")
            }
        }
    }

    /// Names of columns and conditions that stand in the code may be put into a statement; a value never.
    @Test("IN2: no value is ever written into a statement")
    func statements() throws {
        let constants = [
            "columns", "condition", "row", "table", "key", "end", "orElse", "names", "places", "conflict",
            "channel", "lock", "count + 1", "name", "column",
            // Of PostgreSQL's own making, and figures alone.
            "transaction", "server", "lastRecovery",
        ]
        var seen = 0
        for (name, text) in try Self.texts(of: "Storage") {
            for statement in text.matches(of: /"{1,3}\s*(SELECT|INSERT|UPDATE|DELETE)(?s:.*?)"/) {
                seen += 1
                for part in statement.0.matches(of: /\\\(([^)]*)\)/) {
                    let word = part.1.split(separator: ".").last.map(String.init) ?? ""
                    #expect(constants.contains(word), "\(name) writes \(part.0) into a statement")
                }
            }
        }
        #expect(seen > 40, "the inspection finds the statements")
    }

    @Test("IN11, AZ17: nothing but the room for it talks to other servers, for captchas and providers of sign-in alone")
    func outbound() throws {
        for room in HousePlanTests.table.keys where room != "Outbound" {
            for (name, text) in try Self.texts(of: room) {
                #expect(!text.contains("URLSession") && !text.contains("import FoundationNetworking"), "\(name)")
                let asks = text.contains("CurlFetcher")
                // The demo is a client; a captcha's provider is asked at its own, fixed address; those of sign-in at theirs, or
                // where the operator says.
                let rooms = ["DemoCommand.swift", "CaptchaRoom.swift", "UpstreamRoom.swift"]
                #expect(!asks || rooms.contains(name), "\(name) fetches")
            }
        }
    }

    @Test(
        "TK22, AZ16, TK17: registration, pushed requests and proofs that are not there are not offered",
        arguments: [
            "/register", "/connect/register", "/par", "/device", "/ciba", "/checksession", "/admin", "/metrics",
            "/.git/config", "/debug",
        ])
    func absent(path: String) async throws {
        let house = try await TestHouse()
        for method in [.get, .post] as [HTTPRequest.Method] {
            #expect(
                await house.browser().send(method, path, form: method == .post ? [(name: "a", value: "b")] : nil).status
                    == 404)
        }
        let metadata = await house.browser().get("/.well-known/openid-configuration").text
        for name in [
            "registration_endpoint", "pushed_authorization_request_endpoint", "dpop_signing_alg_values_supported",
        ] {
            #expect(!metadata.contains(name))
        }
    }

    @Test(
        "WB9: no parameter decides where a person goes after signing in or out",
        arguments: ["next", "return_to", "redirect", "continue", "url", "post_logout_redirect_uri"])
    func returnPath(name: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        for target in [
            "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/account\r\nX: y",
        ] {
            let browser = house.browser()
            let query = "?\(name)=" + (target.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
            let page = await browser.get("/sign-in" + query)
            #expect(!page.text.contains("evil.example"))
            let form = ["email": "ada@example.org", "password": TestHouse.password, name: target]
            #expect(await browser.post(page, form).location == "/account")
        }
    }

    @Test("WB11: the README says what a browser must be able to do")
    func browsers() throws {
        let readme = HousePlanTests.sources.deletingLastPathComponent().appending(path: "README.md")
        #expect(
            try String(contentsOf: readme, encoding: .utf8).contains("Pages need cookies and HTML forms, nothing more"))
    }
}
