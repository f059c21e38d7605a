/// A browser's answer to `navigator.credentials.get()`.
package struct Assertion: Sendable {
    /// What the assertion says beside being genuine.
    package struct Use: Sendable, Equatable {
        /// How often the authenticator says it has signed; 0 where it does not count.
        ///
        /// Whether it rose is for storage to find out, in the write that moves it: a count that did not rise is refused
        /// unless both are 0, for it means that there are two copies of a key that should have one (WebAuthn §6.1.1).
        /// Passkeys that are synchronised do not count, so that they are not refused by it.
        package let signCount: UInt32
        package let isVerified: Bool
        package let isBackedUp: Bool
    }

    package let clientData: ClientData
    package let credentialID: [UInt8]
    /// Whose credential it is by the authenticator's word: the `user.id` it was registered with.
    package let userHandle: [UInt8]?
    private let data: [UInt8]
    private let signature: [UInt8]

    package init(json: String) throws(WebAuthnFault) {
        let answer = try CredentialJSON(json)
        clientData = try ClientData(answer.bytes("clientDataJSON"))
        credentialID = answer.id
        userHandle = try answer.optionalBytes("userHandle")
        data = try answer.bytes("authenticatorData")
        signature = try answer.bytes("signature")
    }

    /// WebAuthn §7.2, from step 9. Whose credential it is, and whether it is the one that was asked for, the caller has
    /// found out by its id.
    ///
    /// - Parameters:
    ///   - publicKey: COSE_Key, as it was kept.
    ///   - isBackupEligible: as it was at registration, and stays for good (WebAuthn §6.1.3).
    package func verify(
        _ expectation: Expectation, publicKey: [UInt8], isBackupEligible: Bool
    ) throws(WebAuthnFault) -> Use {
        try clientData.check(.assertion, expectation)
        let said = try AuthenticatorData(data)
        try expectation.check(said)
        guard said.flags.contains(.isBackupEligible) == isBackupEligible else { throw .wrongBackupState }
        let key = try COSEKey(publicKey)
        guard key.isValid(signature: signature, for: data + clientData.digest) else { throw .wrongSignature }
        return Use(
            signCount: said.signCount, isVerified: said.flags.contains(.isVerified),
            isBackedUp: said.flags.contains(.isBackedUp))
    }
}
