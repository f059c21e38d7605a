import OAuth
import Testing

@Suite("Redirect addresses: RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1 (AZ1, AZ2)")
struct RedirectURITests {
    @Test(
        "AZ2: these may be registered",
        arguments: [
            "https://app.example/cb", "https://app.example", "https://app.example:8443/a/b?x=1&y=2",
            "https://app.example/%7Ecb", "http://127.0.0.1/cb", "http://127.0.0.1:3000/cb", "http://[::1]:3000/cb",
            "http://localhost:8081/callback", "com.example.app:/cb", "com.example.app://cb/after",
        ])
    func registrable(_ uri: String) {
        #expect(RedirectURI.fault(registering: uri) == nil)
    }

    @Test(
        "AZ2: these may not be registered",
        arguments: [
            ("", .notAbsolute), ("/cb", .notAbsolute), ("//app.example/cb", .notAbsolute),
            ("app.example/cb", .notAbsolute),
            ("https:", .notAbsolute), ("https://", .notAbsolute), ("https:///cb", .notAbsolute),
            ("1app://cb", .notAbsolute),
            ("com.example.app:", .notAbsolute),
            ("https://app.example/cb#", .fragment), ("https://app.example/#/cb", .fragment),
            ("com.example:/cb#x", .fragment),
            ("http://app.example/cb", .plainHTTP), ("http://10.0.0.1/cb", .plainHTTP),
            ("http://127.0.0.2/cb", .plainHTTP),
            ("http://localhost.evil.example/cb", .plainHTTP), ("HTTP://app.example/cb", .plainHTTP),
            ("http://0.0.0.0/cb", .plainHTTP), ("http://[::2]/cb", .plainHTTP),
            ("javascript:alert(1)", .schemeNotAllowed), ("JavaScript:alert(1)", .schemeNotAllowed),
            ("data:text/html,x", .schemeNotAllowed), ("file:///etc/passwd", .schemeNotAllowed),
            ("blob:https://app.example/x", .schemeNotAllowed), ("vbscript:x", .schemeNotAllowed),
            ("ws://app.example/cb", .schemeNotAllowed), ("urn:ietf:wg:oauth:2.0:oob", .schemeNotAllowed),
            ("myapp:/cb", .dotlessScheme), ("myapp://cb", .dotlessScheme), ("intent://x", .dotlessScheme),
            ("https://user@app.example/cb", .userInfo), ("https://user:pw@app.example/cb", .userInfo),
            ("http://127.0.0.1@evil.example/cb", .userInfo), ("https://*.app.example/cb", .wildcard),
            ("https://app.example/*", .wildcard), ("https://app.example/c b", .character),
            ("https://app.example/cb\n", .character), ("https://app.example\\@evil.example", .character),
            ("https://app.exämple/cb", .character), ("https://app.example/\u{0}", .character),
            ("https://app.example/<x>", .character), ("https://app.example/{x}", .character),
        ] as [(String, RedirectURI.Fault)])
    func notRegistrable(_ uri: String, _ fault: RedirectURI.Fault) {
        #expect(RedirectURI.fault(registering: uri) == fault)
    }

    @Test(
        "AZ1: a presented address matches byte for byte, and nothing is normalised",
        arguments: [
            "https://app.example/cb/", "https://app.example/CB", "https://APP.example/cb", "https://app.example:443/cb",
            "https://app.example/cb?x=1", "https://app.example/cb?", "https://app.example/./cb",
            "https://app.example/a/../cb",
            "https://app.example/%63b", "https://app.example/cb#", "https://app.example/cbx", "https://app.example/c",
            "https://app.example.evil.example/cb", "https://app.example@evil.example/cb", "http://app.example/cb",
            "https://sub.app.example/cb", "https://app.example/cb\u{0}", " https://app.example/cb", "",
        ])
    func noNormalisation(_ presented: String) {
        #expect(!RedirectURI.matches(presented, registered: "https://app.example/cb"))
        #expect(RedirectURI.matches("https://app.example/cb", registered: "https://app.example/cb"))
    }

    @Test("AZ1: bytes are compared, not characters that merely look the same to Unicode")
    func canonicalEquivalence() {
        #expect(!RedirectURI.matches("https://app.example/\u{212A}", registered: "https://app.example/K"))
    }

    @Test(
        "AZ1: the port of a loopback address may vary (RFC 8252 §7.3)",
        arguments: [
            ("http://127.0.0.1:51004/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:51004/cb", "http://127.0.0.1:1/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:3000/cb"), ("http://[::1]:51004/cb?x=1", "http://[::1]/cb?x=1"),
        ])
    func loopbackPort(_ presented: String, _ registered: String) {
        #expect(RedirectURI.matches(presented, registered: registered))
    }

    @Test(
        "AZ1: and nothing else of it may",
        arguments: [
            ("http://127.0.0.1:51004/other", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:51004/cb?x", "http://127.0.0.1/cb"),
            ("http://[::1]:51004/cb", "http://127.0.0.1/cb"), ("https://127.0.0.1:51004/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:0/cb", "http://127.0.0.1/cb"), ("http://127.0.0.1:65536/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:/cb", "http://127.0.0.1/cb"), ("http://127.0.0.1:+80/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:80@evil.example/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.10/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1.evil.example/cb", "http://127.0.0.1/cb"),
            ("http://127.1:51004/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:\u{0661}/cb", "http://127.0.0.1/cb"),
            ("HTTP://127.0.0.1:51004/cb", "http://127.0.0.1/cb"),
            ("http://localhost:51004/cb", "http://localhost/cb"), ("http://localhost:51004/cb", "http://127.0.0.1/cb"),
            ("https://app.example:51004/cb", "https://app.example/cb"),
        ])
    func loopbackElse(_ presented: String, _ registered: String) {
        #expect(!RedirectURI.matches(presented, registered: registered))
    }
}
