/// What somebody would write into `next` to lead people away from here (WB9, B054).
enum RedirectPayloads {
    /// Other sites, by every way a browser, a proxy or a program in between may read them.
    static let elsewhere = [
        "https://evil.example", "http://evil.example/", "HTTPS://EVIL.EXAMPLE", "https:evil.example",
        "https:/evil.example",
        "//evil.example", "///evil.example", "////evil.example", "//evil.example/%2e%2e",
        "//evil.example@localhost:8080/",
        "/\\evil.example", "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "/\\\\evil.example",
        "\\evil.example", "/account\\..\\..\\evil.example", "/%5cevil.example", "/%5C%5Cevil.example",
        "/%2fevil.example", "/%2F%2Fevil.example", "/%252fevil.example", "/%2e%2e//evil.example", "/..//evil.example",
        "/.//evil.example", "/./\\evil.example", "/account/..//evil.example", "/account//evil.example",
        "/;//evil.example",
        "/@evil.example", "@evil.example", "localhost:8080@evil.example", "http://localhost:8080@evil.example/",
        "http://localhost:8080.evil.example/", "http://localhost:8080/account", "evil.example", "evil.example/account",
        "account", "./account", "../account", "?next=//evil.example", "#//evil.example", "/account#//evil.example",
        " /account", "/account ", " //evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example",
        "/\r/evil.example", "/\u{0B}/evil.example", "/\u{0C}/evil.example", "/\u{A0}/evil.example",
        "/\u{2028}/evil.example",
        "/\u{FEFF}/evil.example", "\u{FEFF}//evil.example", "/\u{0085}/evil.example", "/\u{FF0F}evil.example",
        "/\u{2215}evil.example", "/\u{2044}evil.example", "/\u{29F8}evil.example", "\u{3002}evil.example",
        "/.evil\u{3002}example", "//evil\u{3002}example", "//e\u{301}vil.example", "/\u{301}/evil.example",
        "/\u{200B}/evil.example", "/\u{202E}elpmaxe.live//",
    ]

    /// Scripts and headers.
    static let poison = [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
        "javascript://localhost:8080/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>", "vbscript:x", "blob:http://localhost:8080/x", "view-source:x",
        "/account\r\nSet-Cookie: a=b", "/account\nX: y", "/account%0d%0aSet-Cookie:%20a=b", "/account%0a", "/%0d%0a/x",
        "/account?x=%0d%0aSet-Cookie:a=b", "/account?x=%00", "/account?x=%0", "/account?x=%zz", "/account?x=%ff",
        "/account?x=%e5%98%8a%0a", "/account?<script>", "/account?x=\"onclick=", "/account?x='", "/account?a#b",
        "/account?a?b", "/account/%00", "/account/\u{0}", "/account\u{7F}", "/account?\u{E9}", "/{{csrf}}", "/$(id)",
        "/account|x", "/account;x=y", "/account,x", "/account:x", "/account*", "/account'", "/account(x)",
    ]

    /// Ours, and no place to come back to.
    static let deadEnds = [
        "/logout", "/logout?client_id=shop", "/logout/confirm", "/signed-out", "/sign-in", "/sign-in?next=%2Faccount",
        "/account/confirm", "/account/confirm?next=%2Faccount",
    ]

    static let long = "/" + String(repeating: "a", count: 1024)

    static let all =
        elsewhere + poison + deadEnds + [long, "", " ", "/.", "/..", "/...", "/a/./b", "/a/../b", "//", "/a//"]

    /// Ours.
    static let good = [
        "/", "/account", "/account/profile", "/authorize/continue?request=mpa_aB3-_x", "/account?x=a%20b%2Fc&y=1+2",
        "/pictures/x.y", "/account?x=https%3A%2F%2Fevil.example", "/account?x=%C3%A9", "/account?",
        "/" + long.dropFirst(2),
    ]
}
