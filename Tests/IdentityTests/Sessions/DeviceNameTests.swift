import Identity
import OAuth
import Testing

@Suite("SE7: what a browser calls itself, for the list of sessions")
struct DeviceNameTests {
    @Test(
        "A browser is named by what it is, not by those it imitates",
        arguments: [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows"
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
                "Safari on macOS"
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) CriOS/140.0 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone"
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
                "Samsung Internet on Android"
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 OPR/120.0",
                "Opera on Windows"
            ),
        ])
    func known(_ userAgent: String, _ name: String) {
        #expect(DeviceName.from(userAgent: userAgent) == name)
    }

    @Test(
        "IN12: nothing of what was sent is repeated",
        arguments: [
            nil, "", "curl/8.5.0", "<script>alert(1)</script>", "\r\nSet-Cookie: a=b", "\u{1B}[31m", "\u{202E}",
            String(repeating: "x", count: 1_000_000) + "Firefox/1",
        ])
    func untrusted(_ userAgent: String?) {
        #expect(DeviceName.from(userAgent: userAgent) == "Unknown browser")
    }

    @Test("A visitor is described by browser, device and address")
    func visitor() {
        let browser = TokenDigest(bytes: [1])
        let visitor = Visitor(
            browser: browser, userAgent: "x Firefox/1 (Linux)", network: ClientNetwork("::ffff:203.0.113.7"))
        #expect(visitor == Visitor(browser: browser, device: "Firefox on Linux", address: "203.0.113.7"))
    }
}
