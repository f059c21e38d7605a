import COpenSSL
import Synchronization

/// The free signing contexts of one key and one algorithm.
///
/// A context is lent to one caller at a time and comes back after a signature; one that failed is dropped. There are
/// never more than there were callers at once, so the list needs no limit.
final class SigningContexts: Sendable {
    private let key: KeyHandle
    private let algorithm: SignatureAlgorithm
    private let free = Mutex<[any SigningContext]>([])

    init(key: KeyHandle, algorithm: SignatureAlgorithm) {
        self.key = key
        self.algorithm = algorithm
    }

    func signature(of message: [UInt8]) throws -> [UInt8] {
        let context = try free.withLock { $0.popLast() } ?? make()
        let signature = try context.signature(of: message)
        free.withLock { $0.append(context) }
        return signature
    }

    private func make() throws -> any SigningContext {
        switch algorithm {
        case .rs256: try DigestSigningContext(key: key, padding: RSA_PKCS1_PADDING)
        case .ps256: try DigestSigningContext(key: key, padding: RSA_PKCS1_PSS_PADDING)
        case .es256: try DigestSigningContext(key: key, padding: nil)
        case .edDSA: try EdwardsSigningContext(key: key)
        }
    }
}
