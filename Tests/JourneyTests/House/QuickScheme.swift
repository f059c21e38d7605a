import Cryptography
import Foundation
import Identity
import Synchronization

/// Passwords hashed in no time, for journeys that are not about hashing.
struct QuickScheme: PasswordScheme {
    /// Held before each check, if there is one.
    var gate: Gate?

    func hash(_ password: [UInt8]) -> String { "quick:" + Hex.encode(SHA256.digest(password)) }

    func isValid(_ password: [UInt8], hash: String) -> Bool {
        gate?.pass()
        return hash == self.hash(password)
    }

    func canRead(_ hash: String) -> Bool { hash.hasPrefix("quick:") }
    func needsRehash(_ hash: String) -> Bool { false }
}

/// Holds the hashing threads while it is closed.
final class Gate: Sendable {
    private let condition = NSCondition()
    private let state = Mutex((isOpen: false, waiting: 0))

    /// How many stand before it.
    var waiting: Int { state.withLock { $0.waiting } }

    func pass() {
        condition.lock()
        defer { condition.unlock() }
        state.withLock { $0.waiting += 1 }
        while !state.withLock({ $0.isOpen }) { condition.wait() }
        state.withLock { $0.waiting -= 1 }
    }

    func open() { set(true) }
    func close() { set(false) }

    private func set(_ isOpen: Bool) {
        condition.lock()
        defer { condition.unlock() }
        state.withLock { $0.isOpen = isOpen }
        condition.broadcast()
    }
}
