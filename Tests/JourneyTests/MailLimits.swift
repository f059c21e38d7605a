import Identity
import OAuth
import Testing
import Web

/// How often mail goes to an address, whoever asks for it. The page is one in every case.
@Suite("Limits of mail, and whose mail they do not stop")
struct MailLimits {
    /// So many requests from as many new browsers of one network; says how many mails came of them.
    private func ask(
        _ house: TestHouse, _ times: Int, from network: String, for address: String = "ada@example.org"
    ) async throws -> Int {
        let before = try await house.mail().count
        for number in 1...times {
            let browser = house.browser(from: "\(network).\(number)")
            #expect(await RecoveryJourney.ask(browser, for: address).heading == "Check your mail")
        }
        return try await house.mail().count - before
    }

    @Test("PW9: a stranger who asks all day keeps nobody's mail away; a new device of the person still gets it")
    func strangers() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        #expect(try await ask(house, 15, from: "198.51.100") == 4)
        #expect(try await ask(house, 1, from: "192.0.2") == 1)
        for _ in 1...6 {
            house.clock.advance(500)
            _ = try await ask(house, 2, from: "198.51.100")
            #expect(try await house.mail().count <= 12)
        }
        #expect(try await ask(house, 2, from: "192.0.2") == 2)
    }

    @Test("ML7: one network gets three an hour and what there is for everybody: one in half an hour")
    func network() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        #expect(try await ask(house, 9, from: "192.0.2") == 4)
        house.clock.advance(1799)
        #expect(try await ask(house, 3, from: "192.0.2") == 0)
        house.clock.advance(1)
        #expect(try await ask(house, 3, from: "192.0.2") == 1)
        #expect(try await ask(house, 1, from: "192.0.2") == 0)
        house.clock.advance(3600)
        #expect(try await ask(house, 9, from: "192.0.2") == 4)
    }

    @Test("ML7: somebody with many networks sends an address no more than eleven at once")
    func networks() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        var count = 0
        for number in 0..<12 { count += try await ask(house, 4, from: "10.0.\(number)") }
        #expect(count == 11)
        #expect(try await ask(house, 3, from: "192.0.2") == 0)
        house.clock.advance(1800)
        #expect(try await ask(house, 3, from: "192.0.2") == 1, "it fills up again steadily")
    }

    @Test("PW8: one address's requests take nothing from another's")
    func others() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        for number in 0..<8 { _ = try await ask(house, 4, from: "10.0.\(number)") }
        #expect(try await ask(house, 3, from: "10.0.1", for: "bob@example.org") == 3)
    }

    @Test("PW10: known and unknown addresses are held back at the same request, by the same lane")
    func alike() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await ask(house, 8, from: "192.0.2")
        let known = house.audit.events.filter { $0.kind == .mailProofAsked }.compactMap { $0.details["result"] }
        _ = try await ask(house, 8, from: "192.0.2", for: "nobody@example.org")
        let unknown = house.audit.events.filter { $0.kind == .mailProofAsked }.compactMap { $0.details["result"] }
        #expect(known == Array(repeating: "mailed", count: 4) + Array(repeating: "mail-address", count: 4))
        #expect(unknown.dropFirst(8).map { $0.replacing("not_mailed", with: "mailed") } == known)
    }
}
