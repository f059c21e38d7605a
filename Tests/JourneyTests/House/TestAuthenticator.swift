import Foundation
import Identity
import OAuth
import Testing
import Web

@testable import martlet

/// An authenticator app, written from RFC 4226 and RFC 6238 and sharing nothing with what it tests.
struct TestAuthenticator: Sendable {
    let seed: [UInt8]

    /// - Parameter key: as the page shows it, in base32 (RFC 4648 §6).
    init(key: String) throws {
        var (bits, count, bytes): (UInt32, Int, [UInt8]) = (0, 0, [])
        for letter in key.utf8 where letter != UInt8(ascii: " ") {
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
            let value = try #require(alphabet.firstIndex(of: letter))
            bits = bits << 5 | UInt32(value)
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        seed = bytes
    }

    func code(at time: Instant) -> String {
        let step = UInt64(time.seconds / 30)
        let digest = Self.authenticate((0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }, key: seed)
        let offset = Int(digest[19] & 0x0F)
        let word = digest[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(word % 1_000_000)
        return String(repeating: "0", count: 6 - text.count) + text
    }

    /// By the page that sets it up.
    init(on page: TestPage) throws {
        let key = try #require(page.text.firstMatch(of: /<code id="key"[^>]*>([A-Z2-7 ]+)<\/code>/))
        try self.init(key: String(key.1))
    }

    /// One that it does not show now, nor a little earlier or later.
    func wrong(at now: Instant) -> String {
        let near = Set((-3...3).map { code(at: now + $0 * 30) })
        return ["000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777"]
            .first { !near.contains($0) } ?? "888888"
    }

    private static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
        return digest(padded.map { $0 ^ 0x5C } + digest(padded.map { $0 ^ 0x36 } + message))
    }

    /// SHA-1, FIPS 180-4 §6.1.
    private static func digest(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let length = UInt64(message.count * 8)
        padded += (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        for start in stride(from: 0, to: padded.count, by: 64) {
            var words = (0..<16).map { word in
                padded[(start + 4 * word)..<(start + 4 * word + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            }
            for index in 16..<80 {
                let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
                words.append(turned(mixed, 1))
            }
            var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
            for index in 0..<80 {
                let (mix, constant): (UInt32, UInt32) =
                    switch index {
                    case ..<20: (b & c | ~b & d, 0x5A82_7999)
                    case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                    case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                    default: (b ^ c ^ d, 0xCA62_C1D6)
                    }
                let next = turned(a, 5) &+ mix &+ e &+ constant &+ words[index]
                (e, d, c, b, a) = (d, c, turned(b, 30), a, next)
            }
            state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
    }

    private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}

/// What somebody has set up, as they keep it.
struct TestFactors: Sendable {
    let authenticator: TestAuthenticator
    let backupCodes: [String]
}

extension TestHouse {
    struct NotSetUp: Error {}

    /// Of somebody who has just signed in there.
    func enrolment(of browser: TestBrowser) async throws -> FactorEnrolment.Request {
        let session = try #require(
            try await house.rooms.sessions.current(browser.cookies["martlet-session"], at: clock.now))
        let account = try #require(try await store.account(id: session.subject))
        let visitor = Visitor(browser: session.browser, device: session.device, address: session.address)
        return FactorEnrolment.Request(session, of: account, from: visitor, ClientNetwork(browser.peer))
    }

    /// An authenticator app, set up in a browser of its own; half a minute later its next code is good.
    func addApp(_ email: String = "ada@example.org") async throws -> TestFactors {
        let request = try await enrolment(of: browser(from: "192.0.2.200").signedIn(email))
        let enrolment = house.rooms.factors.enrolment
        let draft = try enrolment.beginTOTP(request, at: clock.now)
        let authenticator = try TestAuthenticator(key: draft.key)
        let outcome = try await enrolment.addTOTP(
            draft.sealed, code: authenticator.code(at: clock.now), request, at: clock.now)
        guard case .done(_, let codes) = outcome else { throw NotSetUp() }
        clock.advance(30)
        return TestFactors(authenticator: authenticator, backupCodes: codes)
    }

    /// Codes by mail; returns the backup codes.
    func addMailCode(_ email: String = "ada@example.org") async throws -> [String] {
        let request = try await enrolment(of: browser(from: "192.0.2.200").signedIn(email))
        let enrolment = house.rooms.factors.enrolment
        #expect(try await enrolment.sendCode(request, at: clock.now))
        let code = try #require(try await latestMail(to: email).code)
        let outcome = try await enrolment.addMailCode(code: code, request, at: clock.now)
        guard case .done(_, let codes) = outcome else { throw NotSetUp() }
        clock.advance(60)
        return codes
    }
}

extension TestBrowser {
    /// Past the first factor and no further.
    func halfSignedIn(_ email: String = "ada@example.org", to page: String = "/sign-in") async -> TestPage {
        await signIn(await visit(page), email)
    }

    /// A code for a second factor, by the form of its page.
    func prove(_ code: String, as way: String = "app", on page: TestPage, remember: Bool = false) async -> TestPage {
        await forge(page, ["code": code, "remember": remember ? "yes" : nil], to: "/second-factor/\(way)")
    }
}

@Suite("The authenticator app of the tests")
struct TestAuthenticatorTests {
    @Test(
        "It counts as RFC 6238, appendix B, does",
        arguments: [
            (Int64(59), "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ])
    func vectors(time: Int64, code: String) throws {
        let app = try TestAuthenticator(key: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
        #expect(app.seed == Array("12345678901234567890".utf8))
        #expect(app.code(at: Instant(seconds: time)) == code)
    }
}
