import Foundation
import OAuth
import TestSupport
import Testing

@testable import Web

@Suite("Where a person goes back to")
struct ReturnPaths {
    @Test("WB9, B054: nothing but a plain path of ours is understood", arguments: RedirectPayloads.all)
    func refused(text: String) {
        #expect(ReturnPath(text) == nil)
    }

    @Test(
        "B052, B053: a path of ours is kept as it is, and survives being a parameter", arguments: RedirectPayloads.good)
    func accepted(text: String) throws {
        let path = try #require(ReturnPath(text))
        #expect(path.text.utf8.elementsEqual(text.utf8))
        #expect(ReturnPath(FormDecoding.text(Array(path.escaped.utf8)[...])) == path)
    }

    @Test("B051: without a path it is the account page's turn")
    func absent() {
        #expect(ReturnPath(nil) == nil && (ReturnPath(nil) ?? .account).text == "/account")
    }

    /// The reader of addresses that browsers agree on would not be fooled, either.
    @Test("WB9: what is accepted stays on this origin wherever it is read", arguments: RedirectPayloads.good)
    func sameOrigin(text: String) throws {
        let base = try #require(URL(string: "http://localhost:8080/sign-in"))
        let url = try #require(URL(string: text, relativeTo: base)).absoluteURL
        #expect(url.host() == "localhost" && url.port == 8080 && url.scheme == "http")
    }

    @Test("IN10, WB9: of any bytes, what is accepted begins with one slash and holds nothing that ends a line")
    func fuzzed() {
        var dice = Dice(seed: 54)
        let pieces = [
            "/", "\\", "//", ".", "..", "%2f", "%5c", "a", "account", "?", "&", "=", "%", "#", "@", ":", "\r\n",
            "\t", " ", "\u{0}", "\u{301}", "\u{FF0F}", "https:", "evil.example", "%0a", "%25",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...6, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }
                .joined()
            guard let path = ReturnPath(text) else { continue }
            accepted += 1
            let bytes = Array(path.text.utf8)
            #expect(bytes.first == 0x2F && bytes.dropFirst().first != 0x2F, "\(text)")
            #expect(bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x5C && $0 != 0x23 }, "\(text)")
        }
        #expect(accepted > 100)
    }
}
