import Cryptography
import JOSE
import OAuth
import Synchronization

/// The registered clients, which a test may change at any moment, as an operator may.
final class TestRegistry: ClientRegistry {
    private let registered = Mutex<[Client]>([])

    init(_ clients: [Client] = []) {
        registered.withLock { $0 = clients }
    }

    func put(_ client: Client) {
        registered.withLock { $0 = $0.filter { $0.id != client.id } + [client] }
    }

    func remove(_ id: String) {
        registered.withLock { $0 = $0.filter { $0.id != id } }
    }

    func client(_ id: String) async throws -> Client? { registered.withLock { $0.first { $0.id == id } } }
    func clients() async throws -> [Client] { registered.withLock { $0 } }
}

extension Client {
    static let secret = "a secret of the web client that nobody guesses"

    /// Confidential, with every scope and two resources.
    static var web: Client {
        var client = Client(id: "web", name: "Web shop")
        client.redirectURIs = ["https://app.example/cb"]
        client.postLogoutRedirectURIs = ["https://app.example/bye"]
        client.grantTypes = [.authorizationCode, .refreshToken]
        client.scopes = ["openid", "profile", "email", "roles", "offline_access", "orders"]
        client.secretDigests = [.of(secret)]
        client.policy.resources = ["https://orders.example", "https://stock.example"]
        return client
    }

    /// Public, at an address that only it can receive at.
    static var spa: Client {
        var client = Client.web
        client.id = "spa"
        client.authenticationMethod = .none
        client.secretDigests = []
        client.redirectURIs = ["https://spa.example/cb"]
        return client
    }

    /// Public, at an address that any program on the device may listen at.
    static var native: Client {
        var client = Client.spa
        client.id = "native"
        client.redirectURIs = ["http://127.0.0.1/cb"]
        return client
    }

    /// An API: answers for one resource and asks about tokens.
    static var api: Client {
        var client = Client(id: "api", name: "Orders")
        client.grantTypes = [.clientCredentials]
        client.scopes = ["orders", "openid", "profile", "offline_access"]
        client.secretDigests = [.of(secret)]
        client.policy.audience = ["https://orders.example"]
        return client
    }

    /// Authenticates with a key of its own.
    static func keyed(_ algorithm: SignatureAlgorithm = .es256) throws -> Client {
        var client = Client.api
        client.id = "keyed"
        client.authenticationMethod = .privateKeyJWT
        client.secretDigests = []
        client.keys = [try SigningKey(privateKey: FixedKeys.key(of: algorithm.keyType), algorithm: algorithm).jwk]
        return client
    }

    func with(_ change: (inout Client) -> Void) -> Client {
        var copy = self
        change(&copy)
        return copy
    }
}

extension TokenDigest {
    static func of(_ text: String) -> TokenDigest { TokenDigest(bytes: SHA256.digest(Array(text.utf8))) }
}
