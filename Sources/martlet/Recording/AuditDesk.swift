import Cryptography
import Foundation
import JSON
import OAuth
import Storage
import Synchronization

/// Turns events into rows: gives each its time and an id that no other process can give, and lets nothing pass
/// that looks like a secret (CF3) or is longer than a fact can be.
final class AuditDesk: Sendable {
    private let random: any RandomSource
    private let process: String
    private let last = Mutex<Int64>(0)
    private let clock: @Sendable () -> Int64

    init(random: any RandomSource, clock: @escaping @Sendable () -> Int64 = AuditDesk.microseconds) {
        self.random = random
        self.clock = clock
        process = (try? random.bytes(4)).map(Hex.encode) ?? "unknown"
    }

    func record(_ event: AuditEvent) -> AuditRecord {
        let now = clock()
        var details: [String: String] = [:]
        for (name, value) in event.details where name != "network" && name != "reference" {
            details[Self.safe(name)] = Secrecy.isSecret(name: name) ? Secrecy.mark : Self.safe(value)
        }
        return AuditRecord(
            id: id(at: now), at: now, kind: event.kind.rawValue, outcome: event.outcome.rawValue,
            actor: Self.safe(event.actor.description), subject: event.subject.map(Self.safe),
            clientID: event.clientID.map(Self.safe), network: event.network.map(Self.safe),
            reference: event.reference, process: process, details: details)
    }

    /// Time, then chance. Should the clock stand still or be set back, ids go on growing.
    private func id(at now: Int64) -> String {
        let time = last.withLock { last in
            last = max(now, last &+ 1)
            return last
        }
        let digits = String(max(0, time), radix: 16)
        let chance = (try? random.bytes(8)).map(Hex.encode) ?? process
        return String(repeating: "0", count: max(0, 14 - digits.count)) + digits + chance
    }

    /// One line that fits into a text column of either engine.
    private static func safe(_ text: String) -> String {
        PlainText.escaped(Secrecy.concealing(text.beginning(500))).beginning(1000)
    }

    static let microseconds: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
    }
}
