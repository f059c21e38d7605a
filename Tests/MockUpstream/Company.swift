import JSON
import OAuth

/// One provider: its paths, its manners and the shape of its refusals.
protocol Company: Sendable {
    var provider: Provider { get }
    var manners: AuthorizationManners { get }

    /// Which endpoint a path below the prefix is.
    func place(of path: String) -> Place?

    /// Answers any endpoint but `authorize`.
    func answer(_ visit: Visit) async throws -> Reply

    /// A token request that is refused, in this provider's own words.
    func reply(to refusal: TokenRefusal) -> Reply

    /// A call of the API that is refused.
    func refusalOfAPI(_ refusal: APIRefusal) -> Reply

    /// The `iss` of what it answers by the browser (RFC 9207), if it sends one.
    func responseIssuer(_ visit: Visit) -> String?

    /// What goes back when the person says no.
    var denial: [(name: String, value: String)] { get }

    func customError(_ fault: Fault) -> [(name: String, value: String)]

    /// What goes back beside a code.
    func companions(
        of request: Authorization, scopes: [String], persona: Persona, _ visit: Visit
    ) async -> [(name: String, value: String)]

    /// What stands behind the address that leads back.
    var fragment: String { get }
}

/// What most companies do alike.
extension Company {
    var denial: [(name: String, value: String)] { [("error", "access_denied")] }
    var fragment: String { "" }

    func responseIssuer(_ visit: Visit) -> String? { nil }

    func customError(_ fault: Fault) -> [(name: String, value: String)] {
        [("error", fault.error), ("error_description", fault.description)]
    }

    func companions(
        of request: Authorization, scopes: [String], persona: Persona, _ visit: Visit
    ) async -> [(name: String, value: String)] { [] }
}

struct Place: Sendable {
    let endpoint: Endpoint
    var tenant = ""

    init(_ endpoint: Endpoint, tenant: String = "") {
        self.endpoint = endpoint
        self.tenant = tenant
    }
}

/// Why a code is not exchanged.
enum TokenRefusal: Error, Sendable {
    case malformed(String)
    case wrongMediaType
    case wrongClient
    /// Unknown, older than ten minutes, or with the wrong verifier.
    case badCode
    case spentCode
    case wrongRedirectURI
    case wrongGrantType
    case denied
    case custom(error: String, description: String)
}

/// Why the API does not tell who somebody is.
enum APIRefusal: Error, Sendable {
    case noToken
    case denied
    case custom(error: String, description: String)
}

extension Visit {
    /// A fault that takes the place of an answer of the token endpoint.
    func checkTokenFault() throws(TokenRefusal) {
        switch fault?.mode {
        case .deny: throw .denied
        case .customError: throw .custom(error: fault?.error ?? "", description: fault?.description ?? "")
        default: break
        }
    }

    /// The grant of the bearer token, as a fault of this call leaves its person.
    func bearerGrant(at company: some Company) async throws -> Grant {
        try await grant(of: call.bearer, at: company)
    }

    func grant(of token: String?, at company: some Company) async throws -> Grant {
        switch fault?.mode {
        case .deny: throw APIRefusal.denied
        case .customError:
            throw APIRefusal.custom(error: fault?.error ?? "", description: fault?.description ?? "")
        default: break
        }
        guard let token, var grant = await backstage.grant(token: token, at: company.provider) else {
            throw APIRefusal.noToken
        }
        grant.persona = grant.persona.changed(by: fault)
        return grant
    }
}
