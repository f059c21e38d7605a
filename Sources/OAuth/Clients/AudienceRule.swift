import Foundation

/// Which resources a token is for, RFC 8707: decided by what was registered and consented, never by the
/// token request alone (TK15).
package enum AudienceRule {
    /// The resource indicators of a request, each absolute, without fragment, and registered for the client.
    static func resources(_ parameters: Parameters, for client: Client) throws(OAuthError) -> [String] {
        guard parameters.resources.count <= 16 else {
            throw .invalidTarget("too many resources are asked for", .resourcesTooMany)
        }
        for resource in parameters.resources {
            guard isIndicator(resource), client.mayAskFor(resource) else {
                throw .invalidTarget(
                    "resource is not one this client may ask for", .resourceUnregistered(resource, client))
            }
        }
        return parameters.resources
    }

    /// RFC 8707 §2: an absolute URI without a fragment.
    package static func isIndicator(_ text: String) -> Bool {
        guard text.utf8.count <= 512, !text.contains("#"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let components = URLComponents(string: text)
        else { return false }
        return components.scheme != nil && (components.host?.isEmpty == false || components.scheme == "urn")
    }

    /// The audience of an access token: the subset asked for now of the resources granted; without any,
    /// the issuer's own endpoints and what the client itself answers for.
    static func audience(
        asked: [String], granted: [String], client: Client, issuer: String
    ) throws(OAuthError) -> [String] {
        guard asked.allSatisfy(granted.contains) else {
            throw .invalidTarget(
                "resource was not part of the authorization", .resourceNotGranted(asked, granted: granted))
        }
        let chosen = asked.isEmpty ? granted : asked
        return chosen.isEmpty ? [issuer] + client.policy.audience : chosen
    }
}

extension Client {
    /// Whether a token for this resource may go to this client by its registration.
    func mayAskFor(_ resource: String) -> Bool {
        policy.resources.contains(resource) || policy.audience.contains(resource)
    }
}
