import Cryptography
import JSON
import OAuth

@testable import martlet

/// Registrations of clients, RFC 7591 §2, as they lie in `Clients/` or were sent to be kept.
struct ClientFileTarget: FuzzTarget {
    static let name = "client-file"

    private let rules = RegistrationRules(
        knownScopes: ["openid", "profile", "email", "roles", "offline_access"], algorithms: SignatureAlgorithm.allCases)

    func check(_ bytes: [UInt8]) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: bytes)
        } catch {
            return check(ClientFault(error, in: "x.json"), bytes)
        }
        let (client, faults) = rules.read(value)
        demand((client == nil) == !faults.isEmpty, "a registration is good or says why not")
        let positions = JSONPositions(bytes)
        for fault in faults { check(ClientFault(fault, in: "x.json", positions: positions), bytes) }
        guard let client else { return }
        check(client)
        let now = Instant(seconds: 0)
        let again = rules.read(
            StoredRegistration(clientID: client.id, document: value.text, version: 1, createdAt: now, updatedAt: now))
        demand(again.client == client && again.faults.isEmpty, "a registration that is kept is read again")
    }

    /// Every address in a client is one that may be registered (AZ2), and every text one that may be shown.
    private func check(_ client: Client) {
        demand(ClientRegistration.fault(ofID: client.id) == nil, "an id fits URLs, headers and logs")
        for uri in client.redirectURIs + client.postLogoutRedirectURIs {
            demand(RedirectURI.fault(registering: uri) == nil, "an address may be registered")
        }
        for origin in client.policy.webOrigins {
            demand(origin.hasPrefix("http") && !origin.hasSuffix("/") && !origin.contains("@"), "an origin is bare")
        }
        demand(client.name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "a name is one line")
        demand(client.scopes.isSubset(of: rules.knownScopes), "scopes are known")
        demand((1...900).contains(client.policy.accessTokenLifetime ?? 1), "access tokens end within 15 minutes")
        demand((1...10).contains(client.policy.refreshGrace ?? 1), "a lost answer can be had for 10 seconds at most")
        demand(client.secretDigests.allSatisfy { $0.bytes.count == 32 }, "secrets are kept as digests")
        let proof = client.authenticationMethod
        demand(proof != .none || client.secretDigests.isEmpty, "who shows no secret has none")
        demand(proof != .privateKeyJWT || !client.keys.isEmpty, "who signs has a key")
    }

    /// The place is in the file, so that an editor can jump to it.
    private func check(_ fault: ClientFault, _ bytes: [UInt8]) {
        let lines = bytes.count { $0 == 0x0A } + 1
        demand((1...lines).contains(fault.line ?? 0) && (fault.column ?? 0) >= 1, "a fault has a place in the file")
        let isOneLine = fault.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        demand(isOneLine && fault.description.utf8.count < 2048, "a fault is told in one line")
    }
}
