import Foundation
import JSON

/// The addresses of the provider, OpenID Connect Discovery §4.
struct ProviderMetadata: Sendable {
    let authorization: String
    let token: String
    let keys: String
    let userInfo: String?
    let introspection: String?
    let revocation: String?
    let endSession: String?
    /// RFC 9207 §3: whether every answer names its issuer.
    let namesIssuer: Bool

    /// The document must be of the very issuer it was fetched for (§4.3), and lead nowhere a secret must not go.
    init(_ document: JSONValue, of issuer: String) throws {
        guard let object = document.objectValue, object["issuer"]?.stringValue?.isExactly(issuer) == true else {
            throw DemoProblem.untrusted("The discovery document names another issuer than \(issuer).")
        }
        func address(_ name: String) throws -> String? {
            guard let text = object[name]?.stringValue else { return nil }
            guard Self.isSafe(text) else { throw DemoProblem.untrusted("\(name) is not an https address.") }
            return text
        }
        guard let authorization = try address("authorization_endpoint"), let token = try address("token_endpoint"),
            let keys = try address("jwks_uri")
        else { throw DemoProblem.untrusted("The discovery document lacks an endpoint.") }
        self.authorization = authorization
        self.token = token
        self.keys = keys
        userInfo = try address("userinfo_endpoint")
        introspection = try address("introspection_endpoint")
        revocation = try address("revocation_endpoint")
        endSession = try address("end_session_endpoint")
        namesIssuer = object["authorization_response_iss_parameter_supported"]?.boolValue ?? false
    }

    /// https, or http on this machine.
    static func isSafe(_ address: String) -> Bool {
        guard let components = URLComponents(string: address), let host = components.host, !host.isEmpty else {
            return false
        }
        let isLoopback = ["127.0.0.1", "[::1]", "::1", "localhost"].contains(host)
        return components.scheme == "https" || (components.scheme == "http" && isLoopback)
    }
}
