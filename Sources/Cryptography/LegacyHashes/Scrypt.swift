import COpenSSL

/// scrypt, RFC 7914.
package enum Scrypt {
    /// `cost` is N, a power of two; `blockSize` r; `lanes` p (§2).
    package struct Parameters: Sendable, Equatable {
        package let cost: Int
        package let blockSize: Int
        package let lanes: Int

        package init(cost: Int, blockSize: Int, lanes: Int) {
            self.cost = cost
            self.blockSize = blockSize
            self.lanes = lanes
        }
    }

    /// What OpenSSL may take of memory: all that a caller has let through, and some for itself.
    private static let mostMemory: UInt64 = 1 << 30

    package static func derive(
        from password: [UInt8], salt: [UInt8], _ parameters: Parameters, byteCount: Int
    ) throws -> [UInt8] {
        guard let cost = UInt64(exactly: parameters.cost), let blockSize = UInt64(exactly: parameters.blockSize),
            let lanes = UInt64(exactly: parameters.lanes), (1...1024).contains(byteCount)
        else { throw CryptographyError(operation: "scrypt", detail: "parameters out of range") }
        var output = [UInt8](repeating: 0, count: byteCount)
        // Refuses a cost that is no power of two, zeros, and products that are too large.
        let result = EVP_PBE_scrypt(
            password.map(CChar.init(bitPattern:)), password.count, salt, salt.count, cost, blockSize, lanes,
            mostMemory, &output, output.count)
        guard result == 1 else { throw CryptographyError.openSSL("scrypt") }
        return output
    }
}
