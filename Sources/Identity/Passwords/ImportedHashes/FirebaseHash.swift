import Cryptography

/// What Firebase hashes a whole project's passwords with: "Password hash parameters" in its console.
package struct FirebaseHashParameters: Sendable {
    private let signerKey: [UInt8]
    private let saltSeparator: [UInt8]
    private let scrypt: Scrypt.Parameters

    /// `memoryCost` is the logarithm of scrypt's N.
    package init(signerKey: String, saltSeparator: String, rounds: Int, memoryCost: Int) throws(HashFault) {
        guard (1...30).contains(memoryCost) else { throw .malformed("mem_cost is no number from 1 to 30") }
        self.signerKey = try HashText.anyBase64(signerKey, "base64_signer_key")
        self.saltSeparator = saltSeparator.isEmpty ? [] : try HashText.anyBase64(saltSeparator, "base64_salt_separator")
        scrypt = Scrypt.Parameters(cost: 1 << memoryCost, blockSize: rounds, lanes: 1)
        try ScryptForm.check(scrypt)
    }

    /// `passwordHash` and `salt` of one person.
    package func read(hash: String, salt: String) throws(HashFault) -> CarriedPassword {
        let hash = try HashText.anyBase64(hash, "passwordHash")
        let salt = try HashText.anyBase64(salt, "salt")
        guard hash.count == signerKey.count else {
            throw .malformed("passwordHash is not as long as the signer key: is it of another project?")
        }
        let stream = zip(hash, signerKey).map { $0 ^ $1 }
        return .imported(ImportedHash(try FirebaseForm(scrypt, salt: salt + saltSeparator, stream: stream)))
    }
}
