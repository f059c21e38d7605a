import Cryptography
import JSON
import OAuth

/// A secret on its way out: shown once, kept as its digest (TK2).
struct ClientSecret {
    let plaintext: String
    let member: JSONValue

    init(random: some RandomSource, at now: Instant, label: String? = nil) throws {
        let token = try OpaqueToken(.clientSecret, from: random)
        self.init(token, at: now, label: label)
    }

    init(_ token: OpaqueToken, at now: Instant, label: String? = nil) {
        plaintext = token.plaintext
        var member: JSONObject = [
            "sha256": .string(Hex.encode(token.digest.bytes)), "created": .string(String(now.description.prefix(10))),
        ]
        member["label"] = label.map(JSONValue.string)
        self.member = .object(member)
    }

    /// The name of the list in a registration.
    static let name = "martlet_secret_hashes"
}
