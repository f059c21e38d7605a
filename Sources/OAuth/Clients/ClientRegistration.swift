import Cryptography
import JOSE
import JSON

/// Reads the metadata of a client, RFC 7591 §2 and OpenID Connect Dynamic Client Registration §2, strictly: what
/// is not understood is refused, since a misspelt restriction would otherwise be none at all (CF7).
package enum ClientRegistration {
    /// The client, or everything that is wrong. Values left out have the defaults of the standards.
    ///
    /// - Parameters:
    ///   - knownScopes: the scopes this server speaks of.
    ///   - algorithms: those it can sign ID tokens with.
    package static func read(
        _ value: JSONValue, knownScopes: ScopeSet, algorithms: [SignatureAlgorithm]
    ) -> (client: Client?, faults: [RegistrationFault]) {
        guard let object = value.objectValue else {
            return (nil, [RegistrationFault(path: [], message: "a registration must be a JSON object, in { }")])
        }
        var reader = ClientRegistrationReader(object)
        let id = reader.clientID() ?? ""
        var client = Client(id: id, name: reader.text("client_name", maximum: 100) ?? id)
        reader.readDescription(into: &client)
        reader.readAddresses(into: &client)
        reader.readProtocol(into: &client, knownScopes: knownScopes, algorithms: algorithms)
        reader.readCredentials(into: &client)
        reader.readPolicy(into: &client)
        reader.checkGrants(of: client)
        reader.checkCredentials(of: client)
        return reader.faults.isEmpty ? (client, []) : (nil, reader.faults)
    }

    /// Why a text may not be a `client_id`, or `nil`. Printable ASCII without space keeps it unchanged in URLs,
    /// headers and logs (RFC 6749 Appendix A.1 allows a little more).
    package static func fault(ofID id: String) -> String? {
        guard (1...100).contains(id.utf8.count), id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "client_id must be 1 to 100 printable ASCII characters without space"
        }
        return nil
    }
}

extension ClientRegistrationReader {
    fileprivate mutating func clientID() -> String? {
        guard has("client_id") else {
            fault([], "client_id is missing")
            return nil
        }
        let id = object["client_id"]?.stringValue ?? ""
        guard let message = ClientRegistration.fault(ofID: id) else { return id }
        fault(["client_id"], message)
        return nil
    }

    /// What people are shown, and what is only checked: contacts and documents are notes for the operator.
    fileprivate mutating func readDescription(into client: inout Client) {
        client.uri = page("client_uri")
        client.logoURI = page("logo_uri")
        _ = page("tos_uri")
        _ = page("policy_uri")
        _ = texts("contacts")
        _ = text("software_id")
        _ = text("software_version")
    }

    /// An address that people follow or browsers load.
    private mutating func page(_ name: String) -> String? {
        guard let uri = text(name, maximum: 2048) else { return nil }
        let isWeb = uri.hasPrefix("https://") || uri.hasPrefix("http://")
        guard isWeb, RedirectURI.fault(registering: uri) == nil else {
            fault([.key(name)], "\(name) must be an https address (http only on this machine)")
            return nil
        }
        return uri
    }
}
