import Foundation
import HTTPTypes
import OAuth
import TestSupport
import Testing

@testable import Web

/// What fuzzed requests are made of: genuine requests and values, so that mutations reach far, and poison.
struct FuzzLarder {
    struct Recipe {
        let method: HTTPRequest.Method
        let path: String
        let parameters: [(name: String, value: String)]
        var headers: [String: String] = [:]
    }

    let recipes: [Recipe]
    let paths: [String]
    let values: [String]

    static let poison = [
        "", " ", "\u{0}", "%00", "%", "%f", "%zz", "%ff", "%c0%ae", "\u{301}", "\"\u{301}",
        "<script>reflect-me</script>",
        "{{csrf}}", "{{{csrf}}}", "' OR 1=1 --", "\r\nSet-Cookie: x=y", "../../etc/passwd", "{", "[[[[", "-1",
        "9223372036854775808", "1e999", "null", "e30.e30.", "a.b.c", "....", String(repeating: "A", count: 3000),
        "\u{FEFF}", "\u{202E}", "\u{1F468}\u{200D}\u{1F469}", "mrt_", "mac_", "mpa_", "mse_x", "Bearer", "*",
        "none login",
    ]

    static let headers: [(name: String, values: [String])] = [
        ("Content-Type", ["application/x-www-form-urlencoded;charset=utf-16", "application/json", "a", ""]),
        ("Authorization", [TestApp.basic("shop", TestClients.secret), "Basic Og==", "Bearer x", "x"]),
        ("Origin", [TestHouse.origin, "https://app.example", "null"]),
        ("Sec-Fetch-Site", ["same-origin", "cross-site"]),
        ("X-Forwarded-For", ["192.0.2.1", ",,,", "::ffff:1.2.3.4%eth0"]), ("Host", ["localhost:8080", ""]),
        ("Cookie", ["martlet-session=x", "martlet-browser=mbr_x", "=;;;=", "martlet-session"]), ("User-Agent", ["x"]),
    ]

    static let names = [
        "client_id", "client_secret", "client_assertion", "client_assertion_type", "redirect_uri", "response_mode",
        "scope",
        "state", "prompt", "max_age", "id_token_hint", "acr_values", "claims", "resource", "request", "request_uri",
        "registration", "token_type_hint", "access_token", "csrf", "decision", "subject", "account", "session",
        "switch",
        "post_logout_redirect_uri", "ui_locales", "",
    ]

    /// A link that might have been mailed.
    private static let mailed = "/magic-link/mml_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"

    /// Goes through the house once and keeps what it finds on the way.
    init(_ house: TestHouse, _ browser: TestBrowser) async throws {
        let tokens = try await house.tokens(for: .shop, in: browser, ["scope": "openid offline_access"])
        let code = try await house.code(for: .shop, in: browser)
        let consent = await browser.visit(TestApp.shop.request(["prompt": "consent"]))
        let choice = await browser.visit(TestApp.app.request(["prompt": "select_account"]))
        let signIn = await browser.visit(TestApp.app.request(["prompt": "login"]))
        let account = await browser.get("/account/applications")
        let profile = await browser.get("/account/profile")
        let (form, csrf) = (consent.forms.first?.fields ?? [:], consent.forms.first?.fields["csrf"] ?? "")
        let link = try await house.setupLink()
        let basic = ["Authorization": TestApp.basic("shop", TestClients.secret)]
        let post = { (path: String, fields: [String: String], headers: [String: String]) in
            Recipe(
                method: .post, path: path, parameters: fields.map { (name: $0.key, value: $0.value) }, headers: headers)
        }
        let password = ["csrf": csrf, "password": TestHouse.password]
        recipes = [
            Recipe(method: .get, path: "/authorize", parameters: TestApp.app.parameters()),
            Recipe(method: .get, path: "/authorize", parameters: TestApp.shop.parameters(["prompt": "none"])),
            Recipe(method: .post, path: "/authorize", parameters: TestApp.shop.parameters()),
            Recipe(method: .get, path: "/consent", parameters: [("request", consent.handle ?? "")]),
            Recipe(method: .get, path: "/logout", parameters: [("client_id", "shop"), ("state", "x")]),
            Recipe(
                method: .get, path: "/userinfo", parameters: [], headers: ["Authorization": "Bearer \(tokens.access)"]),
            post("/userinfo", ["access_token": tokens.access], [:]),
            post("/consent", form.merging(["decision": "allow"]) { $1 }, [:]),
            post(
                "/select-account",
                (choice.forms.first?.fields ?? [:]).merging(["account": form["subject"] ?? ""]) { $1 }, [:]),
            post("/sign-in", (signIn.forms.first?.fields ?? [:]).merging(password) { $1 }, [:]),
            post("/sign-in", password.merging(["email": "ada@example.org"]) { $1 }, [:]),
            post("/account/password", password.merging(["current": "x"]) { $1 }, [:]),
            post("/account/sessions/end", ["csrf": csrf, "session": "x"], [:]),
            post("/account/applications/remove", account.forms.last?.fields ?? [:], [:]),
            post(
                "/account/profile",
                (profile.forms.first { $0.action == "/account/profile" }?.fields ?? [:])
                    .merging(["name": "x", "birthdate": "2000-01-01", "zoneinfo": "UTC"]) { $1 }, [:]),
            post("/account/confirm", password.merging(["next": "/account/data"]) { $1 }, [:]),
            post("/account/preferences/notices", ["csrf": csrf, "value": "all"], [:]),
            post("/account/preferences/magic-links", ["csrf": csrf, "value": "off"], [:]),
            post("/account/browsers/forget", ["csrf": csrf, "browser": "x"], [:]),
            Recipe(method: .get, path: "/magic-link", parameters: [("next", "/account/data")]),
            post("/magic-link", ["csrf": csrf, "email": "ada@example.org", "from": "sign-in"], [:]),
            post("/magic-link/code", ["csrf": csrf, "code": "ABCD-EFGH", "next": "/account"], [:]),
            post("/magic-link/again", ["csrf": csrf], [:]),
            post(Self.mailed, ["csrf": csrf, "here": "1", "request": consent.handle ?? ""], [:]),
            Recipe(method: .get, path: Self.mailed, parameters: [("request", consent.handle ?? "")]),
            post("/come-back", ["csrf": csrf, "offer": "mcb_x", "account": "x", "method": "pwd"], [:]),
            post("/account/delete", ["csrf": csrf], [:]),
            post("/account/export", ["csrf": csrf], [:]),
            post("/logout/confirm", ["csrf": csrf, "decision": "stay"], [:]),
            post(link, ["csrf": csrf, "name": "x", "email": "x", "password": "x"], [:]),
            post("/token", ["grant_type": "refresh_token", "refresh_token": tokens.refresh ?? ""], basic),
            post("/token", ["grant_type": "client_credentials"], basic),
            post(
                "/token",
                [
                    "grant_type": "authorization_code", "code": code, "code_verifier": TestApp.verifier,
                    "redirect_uri": TestApp.shop.redirectURI,
                ], basic),
            post("/introspect", ["token": tokens.access], basic), post("/revoke", ["token": "x"], basic),
            Recipe(
                method: .options, path: "/token", parameters: [],
                headers: ["Origin": "https://app.example", "Access-Control-Request-Method": "POST"]),
        ]
        paths =
            Reception.routes(house.reception.rooms).map(\.filled) + [link, Self.mailed, "/nowhere"]
        values = recipes.flatMap { $0.parameters.map(\.value) } + [tokens.id ?? "", TestClients.secret]
    }

    func request(_ dice: inout Dice, cookie: String) -> IncomingRequest {
        let recipe = recipes.randomElement(using: &dice) ?? recipes[0]
        let isWild = Int.random(in: 0..<4, using: &dice) == 0
        let methods: [HTTPRequest.Method] = [.get, .post, .head, .options, .put, .trace]
        let method = isWild ? methods.randomElement(using: &dice) ?? .get : recipe.method
        let path = isWild ? paths.randomElement(using: &dice) ?? "/" : recipe.path
        let parameters = encoded(altered(recipe.parameters, &dice), &dice)
        var target = method == .post && !isWild ? path : path + "?" + parameters
        if Int.random(in: 0..<10, using: &dice) == 0 {
            target = String(decoding: dice.mutated(Array(target.utf8)), as: UTF8.self)
        }
        var body = method == .post ? Array(parameters.utf8) : []
        if Int.random(in: 0..<6, using: &dice) == 0 { body = dice.mutated(body) }
        var headers = HTTPFields(recipe.headers)
        headers[.contentType] = "application/x-www-form-urlencoded"
        headers[.cookie] = cookie
        if Int.random(in: 0..<3, using: &dice) == 0 { poison(&headers, &dice) }
        return IncomingRequest(method: method, target: target, headers: headers, body: body, peer: "192.0.2.1")
    }

    private func altered(
        _ parameters: [(name: String, value: String)], _ dice: inout Dice
    ) -> [(name: String, value: String)] {
        var parameters = parameters
        for _ in 0..<Int.random(in: 0...2, using: &dice) {
            let value = (Bool.random(using: &dice) ? values : Self.poison).randomElement(using: &dice) ?? ""
            let place = parameters.indices.randomElement(using: &dice)
            switch (Int.random(in: 0..<4, using: &dice), place) {
            case (0, let place?): parameters.remove(at: place)
            case (1, let place?), (2, let place?): parameters[place].value = value
            default: parameters.append((Self.names.randomElement(using: &dice) ?? "", value))
            }
        }
        return parameters.shuffled(using: &dice)
    }

    private func encoded(_ parameters: [(name: String, value: String)], _ dice: inout Dice) -> String {
        parameters.map { name, value in
            name + "=" + (Int.random(in: 0..<12, using: &dice) == 0 ? value : FormEncoding.escape(value))
        }.joined(separator: "&")
    }

    private func poison(_ headers: inout HTTPFields, _ dice: inout Dice) {
        guard let header = Self.headers.randomElement(using: &dice), let name = HTTPField.Name(header.name) else {
            return
        }
        let value = (header.values + Self.poison).randomElement(using: &dice) ?? ""
        if Bool.random(using: &dice) {
            headers[name] = value
        } else {
            headers.append(HTTPField(name: name, value: value))
        }
    }
}
