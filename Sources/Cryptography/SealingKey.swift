/// The master key: it seals what the database keeps but must not be able to read (CR3, CR5).
///
/// Each purpose gets a key of its own, derived with HKDF-Expand (RFC 5869 §2.3, whose extract step §3.3 lets a uniform
/// key skip), so that what one use reveals says nothing about another. The context, the kind and id of the row, is
/// authenticated with the text: a sealed value copied into another row does not open there.
///
/// Nonces are random. NIST SP 800-38D §8.3 then allows 2^32 seals under one key, far beyond what this house seals.
package struct SealingKey: Sendable {
    package static let byteCount = 32
    private static let version: UInt8 = 1

    private let master: [UInt8]
    private let sealing: [UInt8]

    package init(bytes: [UInt8]) throws {
        guard bytes.count == Self.byteCount else {
            throw CryptographyError(operation: "master key", detail: "must be 32 bytes, is \(bytes.count)")
        }
        guard Set(bytes).count > 1 else {
            throw CryptographyError(operation: "master key", detail: "one byte repeated is not a key")
        }
        master = bytes
        sealing = Self.expand(bytes, "martlet sealing 1")
    }

    /// Version byte, nonce, ciphertext, tag.
    package func seal(_ plaintext: [UInt8], context: [UInt8], random: some RandomSource) throws -> [UInt8] {
        let nonce = try random.bytes(AES256GCM.nonceByteCount)
        let sealed = try AES256GCM.seal(plaintext, key: sealing, nonce: nonce, associated: [Self.version] + context)
        return [Self.version] + nonce + sealed
    }

    package func open(_ sealed: [UInt8], context: [UInt8]) throws -> [UInt8] {
        guard sealed.first == Self.version else {
            throw CryptographyError(operation: "open", detail: "not sealed by this version")
        }
        let body = sealed.dropFirst()
        return try AES256GCM.open(
            Array(body.dropFirst(AES256GCM.nonceByteCount)),
            key: sealing,
            nonce: Array(body.prefix(AES256GCM.nonceByteCount)),
            associated: [Self.version] + context
        )
    }

    /// A 32-byte key for one named purpose.
    package func derivedKey(label: String) -> [UInt8] {
        Self.expand(master, "martlet label: " + label)
    }

    /// Tells whether a database was made with this key; 64 bits of a keyed digest, from which nothing can be learned.
    package var fingerprint: String {
        Hex.encode(Array(Self.expand(master, "martlet fingerprint").prefix(8)))
    }

    /// HKDF-Expand to one block: HMAC(key, info ‖ 0x01).
    private static func expand(_ key: [UInt8], _ info: String) -> [UInt8] {
        HMACSHA256.authenticate(Array(info.utf8) + [1], key: key)
    }
}

/// Printing a sealing key, by `print`, interpolation, a debugger or a crash report, shows its fingerprint only.
extension SealingKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "SealingKey(\(fingerprint))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["fingerprint": fingerprint]) }
}
