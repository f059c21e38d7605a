/// A browser's answer to `navigator.credentials.create()`.
package struct Registration: Sendable {
    /// A credential to be kept.
    package struct Credential: Sendable, Equatable {
        /// 1 to 1023 bytes.
        package let id: [UInt8]
        /// COSE_Key, as it came.
        package let publicKey: [UInt8]
        package let signCount: UInt32
        package let isVerified: Bool
        package let isBackupEligible: Bool
        package let isBackedUp: Bool
        /// How it can be reached, in the words of WebAuthn §5.8.4 that are known here, each once.
        package let transports: [String]
    }

    package static let transports = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"]

    package let clientData: ClientData
    private let id: [UInt8]
    private let attestation: [UInt8]
    private let transports: [String]

    package init(json: String) throws(WebAuthnFault) {
        let answer = try CredentialJSON(json)
        clientData = try ClientData(answer.bytes("clientDataJSON"))
        id = answer.id
        attestation = try answer.bytes("attestationObject")
        let told = answer.words("transports")
        transports = Self.transports.filter { known in told.contains { $0 == known } }
    }

    /// WebAuthn §7.1, from step 5. No attestation was asked for, and none is evaluated: whatever its form, what it states
    /// would be no reason to refuse anybody. Whether the credential is known already is for storage to say.
    package func verify(_ expectation: Expectation) throws(WebAuthnFault) -> Credential {
        try clientData.check(.registration, expectation)
        let data = try authenticatorData()
        try expectation.check(data)
        // The browser's word for the id is not signed; the authenticator's counts, and they are one.
        guard let credential = data.credential, credential.id == id else { throw .malformed }
        return Credential(
            id: credential.id, publicKey: credential.publicKey, signCount: data.signCount,
            isVerified: data.flags.contains(.isVerified), isBackupEligible: data.flags.contains(.isBackupEligible),
            isBackedUp: data.flags.contains(.isBackedUp), transports: transports)
    }

    /// Out of the attestation object (WebAuthn §6.5).
    private func authenticatorData() throws(WebAuthnFault) -> AuthenticatorData {
        guard let object = try CBORReader.whole(attestation).mapValue, object[.text("fmt")]?.textValue != nil,
            object[.text("attStmt")]?.mapValue != nil, let bytes = object[.text("authData")]?.bytesValue
        else { throw .malformed }
        return try AuthenticatorData(bytes)
    }
}
