import Identity
import Testing

@Suite("PW7: networks, not addresses, are counted")
struct ClientNetworkTests {
    @Test(
        "An IPv4 address belongs to its /24, an IPv6 address to its /64",
        arguments: [
            ("203.0.113.7", "203.0.113.7", "203.0.113.0/24"), ("127.0.0.1", "127.0.0.1", "127.0.0.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:DB8:0:0:0:0:0:1", "2001:db8::1", "2001:db8::/64"), ("::1", "::1", "::/64"),
            ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ])
    func prefixes(_ text: String, _ address: String, _ prefix: String) {
        let network = ClientNetwork(text)
        #expect(network.address == address)
        #expect(network.prefix == prefix)
    }

    @Test(
        "PW7: an IPv4 address in IPv6 clothes is counted as the IPv4 address",
        arguments: ["::ffff:203.0.113.7", "::FFFF:203.0.113.9", "0:0:0:0:0:ffff:cb00:7107"])
    func mapped(_ text: String) {
        #expect(ClientNetwork(text).prefix == "203.0.113.0/24")
    }

    @Test("PW7: neighbours share a lane, others do not")
    func neighbours() {
        #expect(ClientNetwork("2001:db8::1").prefix == ClientNetwork("2001:db8::ffff:ffff:ffff:ffff").prefix)
        #expect(ClientNetwork("2001:db8::1").prefix != ClientNetwork("2001:db8:0:1::1").prefix)
        #expect(ClientNetwork("203.0.113.255").prefix != ClientNetwork("203.0.114.0").prefix)
    }

    @Test(
        "IN7, IN10: what is no address is one unknown network, whatever it is",
        arguments: [
            "", " ", "unknown", "localhost", "203.0.113", "203.0.113.256", "203.0.113.7:80", "203.0.113.07",
            "203.0.113.7, 198.51.100.1", " 203.0.113.7", "203.0.113.7\0.evil", "0x7f.1", "2130706433", "[::1]", "::1::",
            "2001:db8:::1", "12345::", "%", "%eth0", "\u{202E}1.0.0.721", "１２７.0.0.1",
            "0:0:0:0:0:ffff:203.0.113.7:80", String(repeating: ":", count: 100_000),
        ])
    func unknown(_ text: String) {
        #expect(ClientNetwork(text) == .unknown)
    }

    @Test(
        "B048: what is bound to an address is bound to an IPv4 address itself, and to the /64 of an IPv6 one",
        arguments: [
            ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("::1", "::/64"), ("fe80::1%eth0", "fe80::/64"),
        ])
    func bound(_ text: String, _ bound: String) {
        #expect(ClientNetwork(text).bound == bound)
    }

    @Test("B048: neighbours in IPv4 are bound apart, one subscriber's addresses in IPv6 together")
    func boundNeighbours() {
        #expect(ClientNetwork("203.0.113.7").bound != ClientNetwork("203.0.113.8").bound)
        #expect(ClientNetwork("203.0.113.7").bound != ClientNetwork("unknown").bound)
        #expect(ClientNetwork("2001:db8::1").bound == ClientNetwork("2001:db8::2").bound)
        #expect(ClientNetwork("2001:db8::1").bound != ClientNetwork("2001:db8:0:1::1").bound)
    }
}
