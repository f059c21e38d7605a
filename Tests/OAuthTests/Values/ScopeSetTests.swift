import OAuth
import Testing

@Suite("Scopes: RFC 6749 §3.3")
struct ScopeSetTests {
    @Test("Order stays and doubles go")
    func reading() throws {
        let scopes = try ScopeSet(parsing: "openid profile openid email")
        #expect(scopes.names == ["openid", "profile", "email"])
        #expect(scopes.description == "openid profile email")
    }

    @Test(
        "A character that no scope may hold is refused, not dropped",
        arguments: [
            "openid\u{0}", "open\"id", "open\\id", "openid\tprofile", "openid\nprofile", "öpenid", "open\u{7F}id",
            "openid\u{301}", "openid \u{301}profile", "\u{212A}", "openid\u{A0}profile",
        ])
    func characters(_ text: String) {
        #expect(throws: OAuthError.self) { try ScopeSet(parsing: text) }
    }

    @Test("AZ6: a scope is its bytes; other spellings are other scopes")
    func exact() throws {
        let allowed: ScopeSet = ["openid", "K"]
        for text in ["OpenID", "openid.", "k", "open"] {
            #expect(try !ScopeSet(parsing: text).isSubset(of: allowed))
        }
    }

    @Test("64 scopes are read, one more is not; nothing at all is an empty set")
    func limits() throws {
        let names = (0..<64).map { "s\($0)" }
        #expect(try ScopeSet(parsing: names.joined(separator: " ")).names.count == 64)
        #expect(throws: OAuthError.self) { try ScopeSet(parsing: (names + ["s64"]).joined(separator: " ")) }
        #expect(try ScopeSet(parsing: "").isEmpty)
        #expect(try ScopeSet(parsing: "  ").isEmpty)
    }

    @Test("Sets behave as sets")
    func algebra() {
        let (a, b): (ScopeSet, ScopeSet) = (["x", "y"], ["y", "z"])
        #expect(a.union(b) == ["x", "y", "z"])
        #expect(a.intersection(b) == ["y"])
        #expect(a.subtracting(b) == ["x"])
        #expect(!a.isSubset(of: b))
        #expect(ScopeSet([]).isSubset(of: a))
    }
}
