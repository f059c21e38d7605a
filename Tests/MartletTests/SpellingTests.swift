import Testing

@testable import martlet

@Suite("A misspelt name is led to the right one, and a foreign one is not")
struct SpellingTests {
    @Test(
        "One slip is understood",
        arguments: [("isuer", "issuer"), ("issuers", "issuer"), ("isseur", "issuer"), ("ISSUER", "issuer")])
    func slips(typed: String, meant: String) {
        #expect(Spelling.nearest(to: typed, among: ["issuer", "listen.port", "scopes"]) == meant)
    }

    @Test("What is far from everything is not guessed", arguments: ["", "x", "colour", "issuerissuer"])
    func foreign(typed: String) {
        #expect(Spelling.nearest(to: typed, among: ["issuer", "listen.port", "scopes"]) == nil)
    }

    @Test("Two neighbours swapped count as one slip")
    func swapped() {
        #expect(Spelling.distance(Array("ab"), Array("ba")) == 1)
        #expect(Spelling.distance(Array("kitten"), Array("sitting")) == 3)
        #expect(Spelling.distance([Character](), Array("abc")) == 3)
    }
}
