import Testing

@testable import OAuth

@Suite("Values fit to be shown")
struct ShownTextTests {
    @Test(
        "What looks like a secret is left out of what strangers sent (CF3)",
        arguments: [
            "mcs_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ",
            "0123456789abcdef0123456789abcdef",
        ])
    func secrets(secret: String) {
        #expect(ShownText.sent(secret).text == ShownText.mark)
        #expect(ShownText.sent("a \(secret).b").text == "a \(ShownText.mark).b")
        #expect(ShownText.known(secret).text == secret)
    }

    /// 32 random bytes in base64 each.
    static let base64 = [
        "Zk3+9fQ/aB7xWq2+LmN4/pRs8tUv1YzC0dE+FgHiJkA=", "q83vEjRWeJq83vEjR/WeJq83vEjRWeJ+q83vEjRWeJo=",
        "Wm/4o0mWc8QfY3wq+eHk3+S0o6R7/zT2YvU9aPqXk1c=",
    ]

    @Test(
        "Base64 with its plus, slash and equals signs is told as well, percent-encoded or not (CF3)", arguments: base64)
    func base64Secrets(secret: String) {
        let encoded = secret.replacing("+", with: "%2B").replacing("/", with: "%2f").replacing("=", with: "%3D")
        for text in [secret, encoded, String(secret.dropLast())] {
            #expect(ShownText.sent(text).text == ShownText.mark)
            #expect(ShownText.sent("/\(text)").text == "/\(ShownText.mark)")
            #expect(ShownText.sent("/setup/\(text)").text == "/setup/\(ShownText.mark)")
            #expect(
                ShownText.sentAddress("https://app.example/return/\(text)").text
                    == "https://app.example/return/\(ShownText.mark)")
        }
        #expect(SecretLikeness.concealingBase64("got \(secret).") == "got \(ShownText.mark).")
        #expect(ShownText.sent("%5a%6b3aB7xWq2LmN4pRs8tUv1YzC0dEFgHiJkAzz").text == ShownText.mark)
    }

    @Test("Ordinary addresses, paths and texts stay readable (CF3)")
    func paths() {
        for text in [
            "https://wiki.example.com:8443/login/generic_oauth", "https://App.example.com/MyApp/SignIn/OAuth2/CallBack",
            "/realms/MyCompany2/protocol/openid-connect/auth", "/api/v1/Users/2024/Invoices/Summary/Details",
            "https://login.example.com/oauth2/v2.0/authorize/Organisations/common", "Hello+World+2024+some+Text+there",
            "https%3A%2F%2FWiki.example.com%2Foauth2%2FCallback", "a=b=c", "com.example.App2:/oauth2redirect/Finish",
            "/static/js/main.chunk.js", "/wp-content/plugins/Login2/Public/index.php",
            "/a/B/c/D/1/2/3/x/Y/z/A/b/C/d/E/f/G/h",
            "/Library/Application%20Support/Martlet2/Clients", "text/html; charset=utf-8",
        ] {
            #expect(ShownText.sent(text).text == text)
            #expect(SecretLikeness.concealingBase64(text) == text)
        }
    }

    @Test("In the log, digests and key ids in base64url stay")
    func digests() {
        let kid = "wbtucsQChDacmIO1Myt3tUJQAb1CiVpb3nC6riyfKWw"
        for text in [kid, "kid=\(kid)", "keys/\(kid)/public"] {
            #expect(SecretLikeness.concealingBase64(text) == text)
        }
    }

    @Test("Names that people chose stay readable")
    func names() {
        for name in [
            "grafana", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "openid profile email",
            "a-rather-long-name-of-an-application",
        ] {
            #expect(ShownText.sent(name).text == name)
        }
        #expect(ShownText.sent(nil).text == "nothing")
    }

    @Test("Of a name that resembles none there are only the first letters: it may be a secret in the wrong field (CF3)")
    func strangersName() {
        #expect(ShownText.sentName("a pasted password").text == "a pa… (17 characters)")
        #expect(ShownText.sentName("key1").text == "a name of 4 characters")
        #expect(ShownText.sentName("\u{1B}[2J\u{202E}").text == "\\u{1b}[2J… (5 characters)")
        #expect(ShownText.sentName("").text == "" && ShownText.sentName(nil).text == "nothing")
    }

    @Test("Of a foreign address the values of the query, the fragment and user information are left out (CF3)")
    func addresses() {
        #expect(
            ShownText.sentAddress("https://me:pass@app.example/cb?code=abc&x#token=1").text
                == "https://…@app.example/cb?code=…&…")
        #expect(ShownText.sentAddress("https://app.example/cb#token=1").text == "https://app.example/cb#…")
        #expect(ShownText.sentAddress("not an address").text == "not an address")
    }

    @Test("Long and treacherous text is cut and escaped (CF4)")
    func length() {
        #expect(ShownText.sent(String(repeating: "é ", count: 1000)).text.count == 301)
        #expect(ShownText.sent(String(repeating: "\u{1B}", count: 1000)).text.count == 301)
        #expect(ShownText.sent("\u{1B}[2J\u{202E}").text == "\\u{1b}[2J\\u{202e}")
    }
}
