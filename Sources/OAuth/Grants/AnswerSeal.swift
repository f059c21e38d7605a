import Cryptography

/// One presentation of a refresh token: what the same request, sent again, has in common with the first.
struct Repetition: Sendable {
    let secret: OpaqueToken
    let token: RefreshToken
    let parameters: Parameters
    let client: Client

    /// Grant, client, and what was asked for: an answer to one request is none to another.
    var context: [UInt8] {
        let asked = [parameters["scope"] ?? ""] + parameters.resources
        return Array((["refresh answer", token.grant.id, client.id] + asked).joined(separator: "\u{0}").utf8)
    }
}

/// Keeps answers to rotations so that the database alone cannot read them (CR3): each is sealed with a key
/// made of the master key and the spent token itself, of which the database has but the digest.
package struct AnswerSeal: Sendable {
    private let key: [UInt8]
    private let random: any RandomSource

    /// `key`: derived from the master key for this purpose alone.
    package init(key: [UInt8], random: any RandomSource) {
        self.key = key
        self.random = random
    }

    func close(_ response: TokenResponse, for repetition: Repetition) throws -> [UInt8] {
        try sealingKey(repetition.secret).seal(response.body, context: repetition.context, random: random)
    }

    /// `nil` unless the request is the same in every respect that counts.
    func open(_ sealed: [UInt8], for repetition: Repetition) -> TokenResponse? {
        (try? sealingKey(repetition.secret).open(sealed, context: repetition.context)).map(TokenResponse.init)
    }

    private func sealingKey(_ secret: OpaqueToken) throws -> SealingKey {
        try SealingKey(bytes: HMACSHA256.authenticate(Array(secret.plaintext.utf8), key: key))
    }
}
