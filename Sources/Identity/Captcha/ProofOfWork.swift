import Cryptography
import JSON
import OAuth

/// The puzzle of ALTCHA (its protocol 1, SHA-256): find the number that, written behind the salt, has this digest. A
/// browser needs a second for what a robot must pay for again with every form; nobody else is asked or told.
///
/// It does not tell people from machines: it makes machines pay. Every limit on attempts stands beside it.
///
/// Nothing is kept of a puzzle that was made, so strangers fill no table by asking for them. That is what the signature
/// is for: its key is derived for this very form and browser, and the salt carries the end of its life.
package struct ProofOfWork: Sendable {
    /// Seconds.
    package static let lifetime: Int64 = 600

    private let key: [UInt8]
    /// The largest number; half of it is tried on average.
    private let maximum: Int64
    private let random: any RandomSource

    /// `key`: derived from the master key for captchas alone.
    package init(key: [UInt8], maximum: Int64, random: any RandomSource) {
        self.key = key
        self.maximum = max(1, maximum)
        self.random = random
    }

    /// The puzzle as JSON, in the members that ALTCHA names.
    package func puzzle(for place: CaptchaPlace, at now: Instant) throws -> JSONObject {
        // The `&` at the end parts the salt from the number: without it, digits of the number could be read as digits
        // of the expiry (CVE-2025-68113).
        let salt = Hex.encode(try random.bytes(12)) + "?expires=\((now + Self.lifetime).seconds)&"
        let number = try random.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % UInt64(maximum)
        let challenge = Self.challenge(salt: salt, number: Int64(clamping: number))
        return [
            "algorithm": "SHA-256", "challenge": .string(challenge), "maxnumber": .integer(maximum),
            "salt": .string(salt), "signature": .string(signature(of: challenge, for: place)),
        ]
    }

    /// Checks everything but whether it was used before.
    package func check(_ payload: String, at place: CaptchaPlace, _ now: Instant) -> Verdict {
        guard let solution = ProofOfWorkSolution(payload) else { return .refused(.malformed) }
        let expected = Array(signature(of: solution.challenge, for: place).utf8)
        guard constantTimeEqual(Array(solution.signature.utf8), expected) else { return .refused(.notGenuine) }
        guard Self.challenge(salt: solution.salt, number: solution.number).isExactly(solution.challenge) else {
            return .refused(.wrong)
        }
        guard solution.expiresAt > now else { return .expired }
        return .solved(solution)
    }

    package enum Verdict: Sendable, Equatable {
        case solved(ProofOfWorkSolution)
        /// Right, but too late.
        case expired
        case refused(CaptchaFault)
    }

    private static func challenge(salt: String, number: Int64) -> String {
        Hex.encode(SHA256.digest(Array((salt + String(number)).utf8)))
    }

    private func signature(of challenge: String, for place: CaptchaPlace) -> String {
        let own = HMACSHA256.authenticate(place.message("puzzle"), key: key)
        return Hex.encode(HMACSHA256.authenticate(Array(challenge.utf8), key: own))
    }
}
