import Cryptography
import JSON

/// What a token must be to be believed: its kind, and the algorithms it may be signed with (RFC 8725 §3.1, §3.11).
///
/// `verify` checks form, size, `crit`, type and signature. Issuer, audience and times are the next step, because they
/// differ from use to use: `VerifiedJWT.check`.
package struct JWTVerification: Sendable {
    private let types: [String]
    private let allowsMissingType: Bool
    private let algorithms: [SignatureAlgorithm]

    /// For the tokens of this house, and for ID tokens whose `typ` is there.
    package init(type: TokenType, algorithms: [SignatureAlgorithm] = SignatureAlgorithm.allCases) {
        self.init(types: [type.rawValue], algorithms: algorithms)
    }

    /// For tokens others make. `typ` is optional in many of them (RFC 7519 §5.1); where it may be missing, something
    /// else, `aud` or a required claim, must keep kinds apart.
    package init(
        types: [String],
        allowsMissingType: Bool = false,
        algorithms: [SignatureAlgorithm] = SignatureAlgorithm.allCases
    ) {
        self.types = types.map(Self.shortened)
        self.allowsMissingType = allowsMissingType
        self.algorithms = algorithms
    }

    package func verify(_ compact: String, keys: KeyRing) throws(JOSEFault) -> VerifiedJWT {
        try verify(compact) { id in id == nil ? [] : keys.published.keys(id: id) }
    }

    package func verify(_ compact: String, keys: JWKSet) throws(JOSEFault) -> VerifiedJWT {
        try verify(compact, keys: keys.keys(id:))
    }

    /// - Parameter keys: the keys that may have signed, for the `kid` of the header.
    package func verify(_ compact: String, keys: (String?) -> [JWK]) throws(JOSEFault) -> VerifiedJWT {
        try verify(JWS(compact: compact), keys: keys)
    }

    /// For a caller that had to look into the header first, to fetch keys.
    package func verify(_ jws: JWS, keys: (String?) -> [JWK]) throws(JOSEFault) -> VerifiedJWT {
        guard accepts(type: jws.type) else { throw .wrongType(jws.type) }
        guard algorithms.contains(jws.algorithm) else { throw .unsupportedAlgorithm(jws.algorithm.rawValue) }
        let fitting = keys(jws.keyID).filter { $0.fits(jws.algorithm) }
        guard !fitting.isEmpty else { throw .unknownKey(jws.keyID) }
        guard fitting.prefix(JWKSet.maximumCount).contains(where: jws.isSigned) else { throw .badSignature }
        let claims = try JSONObject(tokenPart: jws.payload, named: "payload")
        return VerifiedJWT(claims: claims, keyID: jws.keyID, type: jws.type)
    }

    private func accepts(type: String?) -> Bool {
        guard let type else { return allowsMissingType }
        let shortened = Self.shortened(type)
        return types.contains { $0.isExactly(shortened) }
    }

    /// Media types ignore case, and `application/` may be left out (RFC 7515 §4.1.9).
    private static func shortened(_ type: String) -> String {
        let type = type.lowercasedASCII
        let prefix = "application/"
        guard type.hasPrefix(prefix) else { return type }
        let rest = type.dropFirst(prefix.count)
        return rest.contains("/") ? type : String(rest)
    }
}

extension String {
    /// ASCII letters only: Unicode's rules would turn a Kelvin sign into a k.
    fileprivate var lowercasedASCII: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
