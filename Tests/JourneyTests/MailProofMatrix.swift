import Foundation
import Identity
import OAuth
import Testing
import Web

@testable import martlet

/// Each purpose at each address that takes links or codes: only the diagonal opens (JW4, B072).
@Suite("A mail's link and code are good for what they were sent for")
struct MailProofMatrix {
    private static let purposes = MailProof.Purpose.allCases

    /// A live proof of a purpose for a person, as a verb keeps it, waited for by this browser.
    private func keep(
        _ purpose: MailProof.Purpose, for account: Account, in browser: TestBrowser, of house: TestHouse
    ) async throws -> OpaqueToken {
        let link = try OpaqueToken(.mailLink, from: house.house.rooms.random)
        let cookie = try #require(browser.cookies["martlet-browser"])
        let digest = try #require(OpaqueToken(.browser, presented: cookie)).digest
        let address = purpose == .addressChange ? EmailAddress("ada@new.example") : account.email
        let proof = MailProof(
            link: link.digest, code: TokenDigest(bytes: Array(1...32)), purpose: purpose, accountID: account.id,
            address: try #require(address), browser: digest, detail: ["from": .string(account.email.canonical)],
            createdAt: house.clock.now, expiresAt: house.clock.now + 600)
        try await house.store.begin(proof, with: .init(), at: house.clock.now)
        return link
    }

    @Test("JW4: a link opens the page of its purpose and no other", arguments: purposes)
    func links(purpose: MailProof.Purpose) async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let link = try await keep(purpose, for: ada, in: browser, of: house)
        let account = await browser.get("/account")
        for other in [MailProof.Purpose.addressChange, .recovery, .magicLink] {
            let path = "/\(other.pathSegment)/\(link.plaintext)"
            let (seen, sent) = (
                await browser.get(path), await browser.forge(account, ["password": RecoveryJourney.new], to: path)
            )
            let expected = other == purpose ? [200] : [404]
            #expect(expected.contains(seen.status), "\(purpose) at \(path): \(seen.status)")
            #expect(other == purpose || sent.status == 404, "\(purpose) at \(path): \(sent.status)")
        }
        #expect(await browser.get("/address-undo/\(link.plaintext)").status == 404)
        #expect(await browser.get("/setup/\(link.plaintext)").status == 404)
    }
}
