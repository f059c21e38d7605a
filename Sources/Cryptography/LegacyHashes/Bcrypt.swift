import CCrypt

/// bcrypt (Provos and Mazières, 1999), by libcrypt.
package enum Bcrypt {
    /// `$2b$12$`, 22 characters of salt, 31 of hash.
    package static let characterCount = 60
    /// What bcrypt takes of a password; the rest never mattered.
    package static let passwordBytes = 72
    private static let settingCharacters = 29

    /// Whether the password made this hash. One that holds NUL made none: libcrypt would end it there, and take
    /// its beginning for the whole.
    package static func isValid(_ password: [UInt8], hash: String) -> Bool {
        let expected = Array(hash.utf8)
        guard expected.count == characterCount, !password.contains(0),
            let made = hashed(Array(password.prefix(passwordBytes)), Array(expected.prefix(settingCharacters)))
        else { return false }
        return constantTimeEqual(made, expected)
    }

    /// `nil` for a setting that libcrypt does not know.
    private static func hashed(_ password: [UInt8], _ setting: [UInt8]) -> [UInt8]? {
        guard !setting.contains(0) else { return nil }
        let text = { (bytes: [UInt8]) in (bytes + [0]).map(CChar.init(bitPattern:)) }
        // As a piece of memory: Swift does not know C's structure of tens of thousands of characters.
        var scratch = [UInt8](repeating: 0, count: 32_768)
        return scratch.withUnsafeMutableBytes { scratch in
            crypt_rn(text(password), text(setting), scratch.baseAddress, Int32(scratch.count)).map { output in
                Array(UnsafeBufferPointer(start: output, count: characterCount).map(UInt8.init(bitPattern:)))
            }
        }
    }
}
