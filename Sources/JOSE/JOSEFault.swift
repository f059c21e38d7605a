import JSON

/// Why a token, a key or a key set was not accepted.
///
/// Its texts may quote what a stranger sent: quoted and cut, so that a log line cannot be forged with them.
package enum JOSEFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not a token, key or set at all.
    case malformed(String)
    /// An algorithm, key type or curve that is not spoken here.
    case unsupportedAlgorithm(String)
    /// No key to try: the `kid` is not known, or no key fits the header.
    case unknownKey(String?)
    case badSignature
    /// A token made for another purpose (RFC 8725 §3.11).
    case wrongType(String?)
    /// The header names extensions that must be understood, `crit`, and none is (RFC 7515 §4.1.11).
    case critical
    /// A claim that is missing or does not hold.
    case claim(String)
    /// A key that must not be used.
    case badKey(String)

    package var description: String {
        switch self {
        case .malformed(let reason): "malformed: \(reason)"
        case .unsupportedAlgorithm(let name): "unsupported algorithm \(Self.quoted(name))"
        case .unknownKey(let id): "no key \(id.map(Self.quoted) ?? "without an id") fits"
        case .badSignature: "the signature is not valid"
        case .wrongType(let type): "a token of type \(type.map(Self.quoted) ?? "none") is not meant for this"
        case .critical: "crit names an extension that is not understood"
        case .claim(let name): "the claim \(Self.quoted(name)) is missing or does not hold"
        case .badKey(let reason): "the key cannot be used: \(reason)"
        }
    }

    private static func quoted(_ text: String) -> String {
        text.beginning(64).debugDescription
    }
}
