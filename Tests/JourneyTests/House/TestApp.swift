import Cryptography
import Foundation
import OAuth
import Web

/// What a registered app sends: authorization requests, and calls of its own.
struct TestApp: Sendable {
    let id: String
    let secret: String?
    let redirectURI: String
    let scope: String
    var sendsSecretInForm = false

    static let shop = TestApp(
        id: "shop", secret: TestClients.secret, redirectURI: "https://shop.example/callback",
        scope: "openid profile email")
    static let app = TestApp(id: "app", secret: nil, redirectURI: "https://app.example/callback", scope: "openid email")
    static let office = TestApp(
        id: "office", secret: nil, redirectURI: "https://office.example/callback", scope: "openid")
    static let bank = TestApp(
        id: "bank", secret: TestClients.secret, redirectURI: "https://bank.example/callback", scope: "openid email",
        sendsSecretInForm: true)
    static let device = TestApp(id: "device", secret: nil, redirectURI: "com.example.device:/callback", scope: "openid")
    static let watch = TestApp(id: "watch", secret: TestClients.secret, redirectURI: "", scope: "")

    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    /// The address of `/authorize` with a whole request; `nil` leaves a parameter out.
    func request(_ changes: [String: String?] = [:]) -> String {
        "/authorize?" + FormEncoding.encode(parameters(changes))
    }

    func parameters(_ changes: [String: String?] = [:]) -> [(name: String, value: String)] {
        var parameters: [String: String?] = [
            "client_id": id, "redirect_uri": redirectURI, "response_type": "code", "scope": scope,
            "state": "state-1", "nonce": "nonce-1", "code_challenge": Self.challenge, "code_challenge_method": "S256",
        ]
        for (name, value) in changes { parameters[name] = .some(value) }
        return parameters.compactMap { name, value in value.map { (name: name, value: $0) } }.sorted {
            $0.name < $1.name
        }
    }

    /// A call of this app's own, authenticated as it is registered.
    func call(
        _ path: String, _ form: [String: String?], at house: Reception, headers: [String: String] = [:]
    ) async -> TestPage {
        var form = form
        var headers = headers
        if let secret {
            if sendsSecretInForm {
                form.merge(["client_id": id, "client_secret": secret]) { own, _ in own }
            } else if headers["Authorization"] == nil {
                headers["Authorization"] = Self.basic(id, secret)
            }
        } else {
            form.merge(["client_id": id]) { own, _ in own }
        }
        let pairs = form.compactMap { name, value in value.map { (name: name, value: $0) } }
        return await TestBrowser(reception: house, peer: "198.51.100.7")
            .send(.post, path, form: pairs.sorted { $0.name < $1.name }, headers: headers)
    }

    func exchange(_ code: String, at house: Reception, _ changes: [String: String?] = [:]) async -> TestPage {
        let form: [String: String?] = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirectURI,
            "code_verifier": Self.verifier,
        ]
        return await call("/token", form.merging(changes) { $1 }, at: house)
    }

    func refresh(_ token: String, at house: Reception, _ changes: [String: String?] = [:]) async -> TestPage {
        let form: [String: String?] = ["grant_type": "refresh_token", "refresh_token": token]
        return await call("/token", form.merging(changes) { $1 }, at: house)
    }

    func introspect(_ token: String, at house: Reception) async -> TestPage {
        await call("/introspect", ["token": token], at: house)
    }

    func revoke(_ token: String, at house: Reception) async -> TestPage {
        await call("/revoke", ["token": token], at: house)
    }

    static func userInfo(_ token: String, at house: Reception) async -> TestPage {
        await TestBrowser(reception: house, peer: "198.51.100.8")
            .send(.get, "/userinfo", headers: ["Authorization": "Bearer \(token)"])
    }

    static func basic(_ id: String, _ secret: String) -> String {
        "Basic " + Data("\(FormEncoding.escape(id)):\(FormEncoding.escape(secret))".utf8).base64EncodedString()
    }
}
