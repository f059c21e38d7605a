import Identity
import Testing

@testable import martlet

@Suite("Only listed proxies are believed (IN7)")
struct NetworkRangeTests {
    @Test(
        "IN7: an address inside is believed",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1"), ("10.1.2.3", "10.1.2.3"), ("::1", "::1"),
            ("2001:db8::/33", "2001:db8:7fff::1"),
            ("10.0.0.0/8", "::ffff:10.0.0.1"), ("192.168.128.0/17", "192.168.255.255"),
        ])
    func inside(range: String, address: String) throws {
        #expect(try #require(NetworkRange(range)).contains(address))
    }

    @Test(
        "IN7: an address outside, or what is none, is not",
        arguments: [
            ("10.0.0.0/8", "11.0.0.1"), ("10.1.2.3", "10.1.2.4"), ("::1", "::2"), ("2001:db8::/33", "2001:db8:8000::1"),
            ("10.0.0.0/8", "::ffff:11.0.0.1"), ("10.0.0.0/8", "unknown"), ("10.0.0.0/8", ""),
            ("10.0.0.0/8", "10.0.0.1\0"),
            ("10.0.0.0/8", "10.1"), ("10.0.0.0/8", "010.0.0.1"), ("::/1", "10.0.0.1"),
        ])
    func outside(range: String, address: String) throws {
        #expect(try !#require(NetworkRange(range)).contains(address))
    }

    @Test("By default nobody is believed, not even this machine")
    func nobody() {
        #expect(!Settings().trusts(ClientNetwork("127.0.0.1")) && !Settings().trusts(.unknown))
    }
}
