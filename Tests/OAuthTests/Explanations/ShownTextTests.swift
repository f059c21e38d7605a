import OAuth
import Testing

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
