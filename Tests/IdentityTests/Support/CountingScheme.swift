import Cryptography
import Dispatch
import Identity
import Synchronization

/// A password scheme that costs nothing and counts its work. With a gate, each computation reports that it
/// has begun and then waits to be let through.
final class CountingScheme: PasswordScheme {
    struct Gate: Sendable {
        let begun: AsyncStream<Void>
        private let report: AsyncStream<Void>.Continuation
        private let latch = DispatchSemaphore(value: 0)

        init() {
            (begun, report) = AsyncStream.makeStream()
        }

        func open(times: Int) {
            for _ in 0..<times { latch.signal() }
        }

        fileprivate func pass() {
            report.yield()
            latch.wait()
        }
    }

    private let name: String
    private let checked = Mutex<[String]>([])
    private let made = Mutex<Int>(0)
    private let gate = Mutex<Gate?>(nil)

    init(name: String = "today") {
        self.name = name
    }

    /// The hashes that passwords were compared with, in order.
    var comparisons: [String] { checked.withLock { $0 } }

    /// How many passwords were hashed; the hash of nobody is not counted.
    var hashes: Int { made.withLock { $0 } }

    func close(with gate: Gate) {
        self.gate.withLock { $0 = gate }
    }

    func hash(_ password: [UInt8]) throws -> String {
        gate.withLock({ $0 })?.pass()
        if !password.isEmpty { made.withLock { $0 += 1 } }
        return "\(name):" + Base64URL.encode(SHA256.digest(password))
    }

    func isValid(_ password: [UInt8], hash: String) -> Bool {
        gate.withLock({ $0 })?.pass()
        checked.withLock { $0.append(hash) }
        return hash.split(separator: ":").last.map(String.init) == Base64URL.encode(SHA256.digest(password))
    }

    func canRead(_ hash: String) -> Bool { hash.contains(":") }
    func needsRehash(_ hash: String) -> Bool { !hash.hasPrefix("\(name):") }
    func isOfTypedText(_ hash: String) -> Bool { hash.hasPrefix("typed:") }
}
