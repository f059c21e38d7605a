import Cryptography
import Foundation
import JSON
import OAuth

/// Facebook: commas between scopes, a proof of the secret with each call, no word about verified addresses.
struct Facebook: Company {
    static let version = "v24.0"

    let provider = Provider.facebook
    let manners = AuthorizationManners(
        mustNameResponseType: false, scopeSeparator: ",", scopes: ["email", "public_profile"], needsScope: false)
    let denial = [
        (name: "error", value: "access_denied"), (name: "error_code", value: "200"),
        (name: "error_reason", value: "user_denied"), (name: "error_description", value: "Permissions error."),
    ]
    let fragment = "#_=_"

    func place(of path: String) -> Place? {
        let steps = path.split(separator: "/", maxSplits: 1).map(String.init)
        guard let version = steps.first, version.wholeMatch(of: /v\d+\.\d+/) != nil, steps.count == 2 else {
            return path == "debug_token" ? Place(.debugToken, tenant: Self.version) : nil
        }
        let endpoint: Endpoint? =
            switch steps.last {
            case "dialog/oauth": .authorize
            case "oauth/access_token": .token
            case "me": .userinfo
            case "debug_token": .debugToken
            default: nil
            }
        return endpoint.map { Place($0, tenant: version) }
    }

    func customError(_ fault: Fault) -> [(name: String, value: String)] {
        [("error_code", "1349048"), ("error_message", fault.description)]
    }

    func companions(
        of request: Authorization, scopes: [String], persona: Persona, _ visit: Visit
    ) async -> [(name: String, value: String)] {
        guard request.parameters["return_scopes"] == "true" else { return [] }
        let denied = request.scopes.filter { !scopes.contains($0) }
        return [
            ("granted_scopes", scopes.joined(separator: ",")), ("denied_scopes", denied.joined(separator: ",")),
        ]
    }

    func answer(_ visit: Visit) async throws -> Reply {
        guard visit.tenant == Self.version else {
            return error("This version of the Graph API is not available.", code: 2635)
        }
        switch visit.endpoint {
        case .token: return try await token(visit)
        case .userinfo: return try await me(visit)
        case .debugToken: return try await inspection(visit)
        case .authorize, .revoke, .emails, .jwks, .discovery: return .notFound
        }
    }

    private func token(_ visit: Visit) async throws -> Reply {
        let form = try visit.call.method == "POST" ? visit.postedForm() : queried(visit)
        try visit.proveClient(form, basic: false)
        let exchange = CodeExchange(company: self, visit: visit, form: form, mustNameGrantType: false)
        let grant = try await exchange.redeem()
        return .json([
            "access_token": .string(grant.accessToken), "token_type": "bearer", "expires_in": 5_183_944,
        ])
    }

    private func queried(_ visit: Visit) throws(TokenRefusal) -> OAuth.Parameters {
        do throws(OAuthError) { return try visit.call.queried() } catch { throw .malformed(error.sentence) }
    }

    private func me(_ visit: Visit) async throws -> Reply {
        let query = try queried(visit)
        let token = visit.call.bearer ?? query["access_token"]
        let grant = try await visit.grant(of: token, at: self)
        guard let proof = query["appsecret_proof"] else {
            return error(
                "API calls from the server require an appsecret_proof argument", code: 100,
                type: "GraphMethodException")
        }
        let key = Array(visit.house.clientSecret.utf8)
        guard proof.isExactly(Hex.encode(HMACSHA256.authenticate(Array(grant.accessToken.utf8), key: key))) else {
            return error(
                "Invalid appsecret_proof provided in the API argument", code: 100, type: "GraphMethodException")
        }
        let fields = query["fields"]?.split(separator: ",").map(String.init) ?? ["id", "name"]
        return .json(profile(of: grant, fields: fields))
    }

    /// Nothing that was not asked for by name; no address that was not granted.
    private func profile(of grant: Grant, fields: [String]) -> JSONValue {
        let persona = grant.persona
        let names = persona.name?.split(separator: " ", maxSplits: 1).map(String.init) ?? []
        var whole: JSONObject = ["id": .string(persona.id)]
        whole["name"] = persona.name.map { .string($0) }
        whole["first_name"] = names.first.map { .string($0) }
        whole["last_name"] = names.count > 1 ? names.last.map { .string($0) } : nil
        whole["picture"] = ["data": ["height": 50, "is_silhouette": false, "url": "https://pictures.example/1"]]
        if grant.scopes.contains("email") { whole["email"] = persona.email.map { .string($0) } }
        let known = whole.overlaid(with: persona.extra).members
        return .object(JSONObject(known.filter { $0.key == "id" || fields.contains($0.key) }))
    }

    /// Whose a token is and whom it was given to: asked with `APPID|SECRET`.
    private func inspection(_ visit: Visit) async throws -> Reply {
        let query = try queried(visit)
        let own = "\(visit.house.clientID)|\(visit.house.clientSecret)"
        guard let access = query["access_token"] ?? visit.call.bearer, access.isExactly(own) else {
            return error("Invalid OAuth access token - Cannot parse access token", code: 190, status: 401)
        }
        guard let input = query["input_token"] else {
            return error("(#100) The parameter input_token is required", code: 100)
        }
        guard let grant = await visit.backstage.grant(token: input, at: provider) else {
            return .json([
                "data": [
                    "error": ["code": 190, "message": "Invalid OAuth access token."], "is_valid": false, "scopes": [],
                ]
            ])
        }
        let app = visit.fault?.mode == .otherApp ? "another-app" : visit.house.clientID
        return .json([
            "data": [
                "app_id": .string(app), "type": "USER", "application": "Stand-in",
                "expires_at": .integer(visit.now.seconds + 5_183_944), "is_valid": true,
                "scopes": .array(grant.scopes.map { .string($0) }), "user_id": .string(grant.persona.id),
            ]
        ])
    }

    func reply(to refusal: TokenRefusal) -> Reply {
        switch refusal {
        case .malformed(let sentence): error(sentence, code: 100)
        case .wrongMediaType: error("Missing client_id parameter.", code: 101)
        case .wrongClient: error("Error validating client secret.", code: 1)
        case .badCode: error("Invalid verification code format.", code: 100)
        case .spentCode: error("This authorization code has been used.", code: 100)
        case .wrongRedirectURI:
            error(
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you "
                    + "used in the OAuth dialog request", code: 100)
        case .wrongGrantType: error("Unsupported grant type", code: 100)
        case .denied: error("The user has not authorized application.", code: 190)
        case .custom(_, let description): error(description, code: 190)
        }
    }

    func refusalOfAPI(_ refusal: APIRefusal) -> Reply {
        switch refusal {
        case .noToken: error("Invalid OAuth access token - Cannot parse access token", code: 190, status: 401)
        case .denied: error("(#10) Application does not have permission for this action", code: 10, status: 403)
        case .custom(_, let description): error(description, code: 1)
        }
    }

    private func error(
        _ message: String, code: Int64, type: String = "OAuthException", status: Int = 400
    ) -> Reply {
        .json(
            [
                "error": [
                    "message": .string(message), "type": .string(type), "code": .integer(code),
                    "fbtrace_id": "AStandInTrace",
                ]
            ], status: status)
    }
}
