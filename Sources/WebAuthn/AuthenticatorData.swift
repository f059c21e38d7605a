/// What an authenticator says, and signs (WebAuthn §6.1).
struct AuthenticatorData: Sendable {
    /// A credential that was just made (WebAuthn §6.5.1).
    struct Credential: Sendable {
        let id: [UInt8]
        /// COSE_Key, as it came.
        let publicKey: [UInt8]
    }

    /// SHA-256 of the relying party's id.
    let relyingPartyHash: [UInt8]
    let flags: Flags
    let signCount: UInt32
    let credential: Credential?

    /// Bits that are reserved for later mean nothing yet.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8

        static let isPresent = Flags(rawValue: 1 << 0)
        static let isVerified = Flags(rawValue: 1 << 2)
        static let isBackupEligible = Flags(rawValue: 1 << 3)
        static let isBackedUp = Flags(rawValue: 1 << 4)
        static let hasCredential = Flags(rawValue: 1 << 6)
        static let hasExtensions = Flags(rawValue: 1 << 7)
    }

    private static let headCount = 37
    private static let modelCount = 16
    private static let mostIDCount = 1023

    init(_ bytes: [UInt8]) throws(WebAuthnFault) {
        guard bytes.count >= Self.headCount, bytes.count <= CBORReader.mostBytes else { throw .malformed }
        let head = bytes.prefix(Self.headCount)
        relyingPartyHash = Array(head.prefix(32))
        flags = Flags(rawValue: head.dropFirst(32).first ?? 0)
        signCount = head.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
        var index = Self.headCount
        credential = flags.contains(.hasCredential) ? try Self.credential(in: bytes, from: &index) : nil
        if flags.contains(.hasExtensions) {
            var reader = try CBORReader(bytes, from: index)
            guard try reader.value().mapValue != nil else { throw .malformed }
            index = reader.index
        }
        guard index == bytes.count else { throw .malformed }
        // What cannot be backed up is not (WebAuthn §6.1.3).
        guard flags.contains(.isBackupEligible) || !flags.contains(.isBackedUp) else { throw .wrongBackupState }
    }

    /// The model's id, the length of the credential's, that, and the key, whose own length only reading it tells.
    private static func credential(in bytes: [UInt8], from index: inout Int) throws(WebAuthnFault) -> Credential {
        let rest = bytes.dropFirst(index + modelCount)
        guard rest.count >= 2 else { throw .malformed }
        let count = rest.prefix(2).reduce(0) { $0 << 8 | Int($1) }
        let id = Array(rest.dropFirst(2).prefix(count))
        guard (1...mostIDCount).contains(count), id.count == count else { throw .malformed }
        let start = index + modelCount + 2 + count
        var reader = try CBORReader(bytes, from: start)
        _ = try COSEKey(reader.value())
        index = reader.index
        return Credential(id: id, publicKey: Array(bytes[start..<index]))
    }
}
