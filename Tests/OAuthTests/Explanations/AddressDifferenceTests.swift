import OAuth
import Testing

@Suite("Where a redirect address differs from a registered one")
struct AddressDifferenceTests {
    static let registered = "https://app.example/cb"

    @Test(
        "The difference is named in words (AZ1)",
        arguments: [
            ("https://app.example/cb/", "a slash too many at the end"),
            ("http://app.example/cb", "http instead of https"),
            ("https://app.example:8443/cb", "a port, 8443, registered without one"),
            ("https://app.example/CB", "capital and small letters in the path"),
            ("https://App.example/cb", "capital letters in the host"),
            ("https://www.app.example/cb", "another host than app.example"),
            ("https://user@app.example/cb", "user information before the host"),
            ("https://app.example/cb?x=1", "a query that is not registered"),
            ("https://app.example/cb#x", "a fragment (#…), which no redirect address may have"),
            ("https://app.example/callback", "the path differs after /c"),
            ("app.example/cb", "it is no whole address: https: is missing at the beginning"),
            ("com.app:/cb", "another scheme than https"),
            ("http://app.example/cb/", "http instead of https; a slash too many at the end"),
        ])
    func words(sent: String, words: String) throws {
        let difference = try #require(AddressDifference(sent, among: [Self.registered]))
        #expect(difference.words.contains(words), "\(difference.words)")
        #expect(difference.nearest == Self.registered)
    }

    @Test("Of several the nearest is chosen; ports of a loopback address are compared, too (AZ1)")
    func nearest() throws {
        let several = ["https://other.example/cb", "https://app.example/login", "http://localhost:3000/cb"]
        let cases = [
            ("https://app.example/logon", "https://app.example/login"),
            ("http://localhost:8080/cb", "http://localhost:3000/cb"),
            ("https://other.example/", "https://other.example/cb"),
        ]
        for (sent, nearest) in cases { #expect(AddressDifference(sent, among: several)?.nearest == nearest) }
        let port = AddressDifference("http://localhost:8080/cb", among: several)
        #expect(port?.words == "another port: 8080, registered 3000")
        #expect(AddressDifference("https://app.example/cb", among: []) == nil)
    }

    @Test("Hostile addresses take no time and break nothing (IN10)")
    func hostile() throws {
        for sent in ["", ":", "//", "https://", "#", "?", "https://[::1", String(repeating: "a:/?#@", count: 100_000)] {
            #expect(AddressDifference(sent, among: [Self.registered]) != nil)
        }
    }
}
