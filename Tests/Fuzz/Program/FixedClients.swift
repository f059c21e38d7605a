import Cryptography
import JOSE
import OAuth

/// Registrations that requests are checked against.
struct FixedClients: ClientRegistry, AssertionMemory, AuditLog {
    static let issuer = "https://id.example"
    static let secret = "mcs_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"

    let all: [Client]

    init(key: JWK? = nil) {
        var shop = Client(id: "shop", name: "Shop")
        shop.redirectURIs = ["https://shop.example/callback", "https://shop.example/callback?kept=1"]
        shop.postLogoutRedirectURIs = ["https://shop.example/bye"]
        shop.scopes = ["openid", "profile", "email", "offline_access"]
        shop.grantTypes = [.authorizationCode, .refreshToken, .clientCredentials]
        shop.secretDigests = [TokenDigest(bytes: SHA256.digest(Array(Self.secret.utf8)))]
        shop.policy.mayOmitPKCE = true
        shop.policy.resources = ["https://api.example"]
        var device = Client(id: "device", name: "Device")
        device.redirectURIs = ["com.example.device:/callback", "http://127.0.0.1/callback", "http://[::1]/callback"]
        device.authenticationMethod = .none
        var keyed = Client(id: "keyed", name: "Keyed")
        keyed.redirectURIs = ["https://keyed.example/"]
        keyed.authenticationMethod = .privateKeyJWT
        keyed.keys = [key].compactMap { $0 }
        all = [shop, device, keyed]
    }

    func client(_ id: String) -> Client? { all.first { $0.id == id } }
    func clients() -> [Client] { all }
    func record(_ event: AuditEvent) {}

    func remember(
        assertionID: String, of clientID: String, usableSince: Instant, until expiry: Instant
    ) -> AssertionMemoryAnswer { .fresh }
}
