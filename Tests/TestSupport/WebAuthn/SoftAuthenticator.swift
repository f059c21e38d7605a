import Cryptography
import JSON

/// An authenticator and the browser before it, in software. What it says can be bent, one thing at a time; what it signs is
/// what it says.
package struct SoftAuthenticator: Sendable {
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let present = Flags(rawValue: 0x01)
        package static let verified = Flags(rawValue: 0x04)
        package static let backupEligible = Flags(rawValue: 0x08)
        package static let backedUp = Flags(rawValue: 0x10)
        package static let credential = Flags(rawValue: 0x40)
        package static let extensions = Flags(rawValue: 0x80)
    }

    package let key: PrivateKey
    package let algorithm: SignatureAlgorithm
    package var credentialID: [UInt8]
    package var userHandle: [UInt8]?
    package var signCount: UInt32 = 0
    package var flags: Flags = [.present, .verified]
    package var origin = "https://login.example.org"
    package var relyingPartyID = "login.example.org"
    package var transports: [String] = ["internal", "hybrid"]
    package var format = "none"
    package var statement = CBORText.map([])
    /// Bytes behind everything else in what it signs.
    package var tail: [UInt8] = []
    /// In the place of the key's own COSE_Key.
    package var otherKey: [UInt8]?
    /// Put into the browser's data, over what is there; `null` removes.
    package var clientData: [String: JSONValue] = [:]

    package init(_ type: KeyType = .p256, userHandle: [UInt8]? = nil) throws {
        key = try PrivateKey.generate(type)
        algorithm = type.algorithm
        credentialID = try SystemRandom().bytes(32)
        self.userHandle = userHandle
    }

    /// COSE_Key (RFC 9052 §7).
    package var publicKey: [UInt8] { otherKey ?? CBORText.map(key.publicKey.components.members) }

    package func registration(_ challenge: [UInt8]) -> String {
        registration(
            browserData("webauthn.create", challenge), attestation(authenticatorData(flags.union(.credential))))
    }

    package func registration(_ clientData: [UInt8], _ attestation: [UInt8]) -> String {
        credential([
            "clientDataJSON": .string(Base64URL.encode(clientData)),
            "attestationObject": .string(Base64URL.encode(attestation)),
            "transports": .array(transports.map(JSONValue.string)),
        ])
    }

    package func assertion(_ challenge: [UInt8]) throws -> String {
        try assertion(browserData("webauthn.get", challenge), authenticatorData(flags))
    }

    package func assertion(_ clientData: [UInt8], _ data: [UInt8]) throws -> String {
        assertion(clientData, data, try signature(data + SHA256.digest(clientData)))
    }

    package func assertion(_ clientData: [UInt8], _ data: [UInt8], _ signature: [UInt8]) -> String {
        var response: JSONObject = [
            "clientDataJSON": .string(Base64URL.encode(clientData)),
            "authenticatorData": .string(Base64URL.encode(data)), "signature": .string(Base64URL.encode(signature)),
        ]
        if let userHandle { response["userHandle"] = .string(Base64URL.encode(userHandle)) }
        return credential(response)
    }

    /// What a page's options ask for.
    package static func challenge(in options: String) -> [UInt8] {
        let object = try? JSONValue(parsing: options).objectValue
        return object?["challenge"]?.stringValue.flatMap { Base64URL.decode($0) } ?? []
    }

    package func browserData(_ type: String, _ challenge: [UInt8]) -> [UInt8] {
        var object: JSONObject = [
            "type": .string(type), "challenge": .string(Base64URL.encode(challenge)), "origin": .string(origin),
            "crossOrigin": false,
        ]
        for (name, value) in clientData {
            // `nil` alone would be JSON's null.
            object[name] = value.isNull ? JSONValue?.none : value
        }
        return object.bytes()
    }

    package func authenticatorData(_ flags: Flags) -> [UInt8] {
        let head = SHA256.digest(Array(relyingPartyID.utf8)) + [flags.rawValue]
        let count = CBORText.bigEndian(UInt64(signCount), 4)
        return head + count + (flags.contains(.credential) ? attestedCredential : []) + tail
    }

    private var attestedCredential: [UInt8] {
        [UInt8](repeating: 0, count: 16) + CBORText.bigEndian(UInt64(credentialID.count), 2) + credentialID + publicKey
    }

    package func attestation(_ data: [UInt8]) -> [UInt8] {
        CBORText.map([
            (CBORText.text("fmt"), CBORText.text(format)), (CBORText.text("attStmt"), statement),
            (CBORText.text("authData"), CBORText.bytes(data)),
        ])
    }

    /// In the form of WebAuthn §6.5.5.
    package func signature(_ message: [UInt8]) throws -> [UInt8] {
        let signature = try key.signature(of: message, algorithm: algorithm)
        return ECDSASignature(raw: signature).flatMap { algorithm == .es256 ? $0.der : nil } ?? signature
    }

    private func credential(_ response: JSONObject) -> String {
        let id = JSONValue.string(Base64URL.encode(credentialID))
        let object: JSONObject = [
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "response": .object(response), "clientExtensionResults": [:],
        ]
        return JSONValue.object(object).text
    }
}

extension KeyType {
    fileprivate var algorithm: SignatureAlgorithm {
        switch self {
        case .p256: .es256
        case .ed25519: .edDSA
        case .rsa: .rs256
        }
    }
}

extension PublicKey.Components {
    /// Of a COSE_Key, in CTAP's order.
    package var members: [(key: [UInt8], value: [UInt8])] {
        let (integer, bytes) = (CBORText.integer, CBORText.bytes)
        switch self {
        case .p256(let x, let y):
            return [
                (integer(1), integer(2)), (integer(3), integer(-7)), (integer(-1), integer(1)),
                (integer(-2), bytes(x)), (integer(-3), bytes(y)),
            ]
        case .ed25519(let point):
            return [
                (integer(1), integer(1)), (integer(3), integer(-8)), (integer(-1), integer(6)),
                (integer(-2), bytes(point)),
            ]
        case .rsa(let modulus, let exponent):
            return [
                (integer(1), integer(3)), (integer(3), integer(-257)), (integer(-1), bytes(modulus)),
                (integer(-2), bytes(exponent)),
            ]
        }
    }
}
