import Testing

@testable import Web

@Suite("Hosts and targets in the head of a request (RFC 9112 §3, IN6)")
struct RequestHeads {
    @Test(
        "A host is a name or an address, and at most a port behind it",
        arguments: [
            ("localhost", "localhost", nil), ("ID.Example.Com", "id.example.com", nil), ("a:8443", "a", 8443),
            ("127.0.0.1:80", "127.0.0.1", 80), ("[::1]", "[::1]", nil), ("[2001:DB8::1]:443", "[2001:db8::1]", 443),
            ("a:", "a", nil), ("a:65535", "a", 65_535), ("xn--bcher-kva.example", "xn--bcher-kva.example", nil),
        ] as [(String, String, Int?)])
    func hosts(text: String, host: String, port: Int?) throws {
        let read = try #require(HostAndPort(text))
        #expect(read.host == host && read.port == port)
    }

    @Test(
        "Anything else is no host",
        arguments: [
            "", ":80", " ", "a b", "a/b", "a?b", "a#b", "a@b", "a\\b", "a:b", "a:80:80", "a:65536", "a:-1", "a:+1",
            "a:999999", "a: 80", "[::1", "[]", "[::1]x", "[g::1]", "[::1%25eth0]", "::1", "bücher.example",
            "a\u{301}", "\u{FF11}", "a\0",
        ])
    func notHosts(text: String) {
        #expect(HostAndPort(text) == nil)
    }

    @Test(
        "A target that names its host is read as path and query",
        arguments: [
            ("http://a/b?c=d", "/b?c=d"), ("https://a", "/"), ("HTTP://a?c", "/?c"), ("http://a:80//b", "//b"),
            ("http://[::1]:8080/b", "/b"),
        ])
    func targets(text: String, pathAndQuery: String) throws {
        #expect(try #require(AbsoluteTarget(text)).pathAndQuery == pathAndQuery)
    }

    @Test(
        "A target that is neither a path nor an address of the web is none",
        arguments: ["", "a", "a/b", "ftp://a/b", "http:/a", "http:a", "http://", "http:///b", "http://u@a/b", "://a"])
    func notTargets(text: String) {
        #expect(AbsoluteTarget(text) == nil)
    }

    @Test("The host of a target is compared without regard to case, and with the port of its scheme")
    func agreement() throws {
        func agree(_ target: String, _ host: String) throws -> Bool {
            try #require(AbsoluteTarget(target)).isAt(#require(HostAndPort(host)))
        }
        #expect(try agree("http://A/x", "a") && agree("http://a:80/", "a") && agree("https://a/", "a:443"))
        #expect(try !agree("http://a/", "b") && !agree("http://a/", "a:443") && !agree("https://a/", "a:80"))
        #expect(try !agree("http://a/", "a.") && !agree("http://a.b/", "a"))
    }
}
