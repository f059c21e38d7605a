import Cryptography

/// What an opaque token is for. The prefix keeps each kind in a name space of its own (a code can never
/// pass as a refresh token) and lets secret scanners recognise a leaked one.
package enum OpaqueTokenKind: String, Sendable {
    case authorizationCode = "mac_"
    case accessToken = "mat_"
    case refreshToken = "mrt_"
    case clientSecret = "mcs_"
    case session = "mse_"
    case browser = "mbr_"
    case pendingAuthorization = "mpa_"
    case setupLink = "msl_"
    case denial = "mdn_"
    case invitation = "miv_"
    case mailLink = "mml_"
    case addressUndo = "mau_"
    case comeBack = "mcb_"
    case upstreamState = "mus_"
    case rememberedBrowser = "mrb_"
    case recoveryStop = "mrs_"
    case factorUndo = "mfu_"
}

/// An unguessable value of 256 random bits, handed out once and never stored: storage keeps its digest.
package struct OpaqueToken: Sendable, CustomStringConvertible {
    package let plaintext: String

    package init(_ kind: OpaqueTokenKind, from random: some RandomSource) throws {
        plaintext = kind.rawValue + Base64URL.encode(try random.bytes(32))
    }

    /// Reads a presented token; `nil` unless it has the exact form of this kind, so that malformed
    /// input costs no look-up.
    package init?(_ kind: OpaqueTokenKind, presented text: String) {
        guard text.utf8.count == kind.rawValue.utf8.count + 43, text.hasPrefix(kind.rawValue),
            Base64URL.decode(text.dropFirst(kind.rawValue.count))?.count == 32
        else { return nil }
        plaintext = text
    }

    package var digest: TokenDigest {
        TokenDigest(bytes: SHA256.digest(Array(plaintext.utf8)))
    }

    package var description: String { "[redacted]" }
}

/// The SHA-256 of an opaque token: what is stored and looked up. A plain hash suffices because the
/// token carries 256 bits of chance; there is nothing to guess.
package struct TokenDigest: Sendable, Hashable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// Public identifiers: sessions (`sid`), grants, token ids (`jti`), accounts (`sub`). 128 random bits.
///
/// People handle them: they are pasted behind commands, where a word that begins with `-` is taken for an option. So
/// none begins with a sign; one that does is drawn again, which costs a twentieth of a bit.
package enum Identifier {
    /// Chance that fails so often in a row (1 in 2^320) is none.
    private static let draws = 64

    package static func make(from random: some RandomSource) throws -> String {
        for _ in 0..<draws {
            let text = Base64URL.encode(try random.bytes(16))
            if !text.hasPrefix("-"), !text.hasPrefix("_") { return text }
        }
        throw CryptographyError(operation: "identifier", detail: "the random bytes are not random")
    }
}
