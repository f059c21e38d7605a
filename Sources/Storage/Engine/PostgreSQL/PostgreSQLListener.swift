import Foundation
import Synchronization

/// The one connection that hears what other processes announce.
final class PostgreSQLListener: Sendable {
    /// What is announced on it is a topic. Channels belong to a database.
    static let channel = "martlet"

    private let address: PostgreSQLAddress
    private let listeners: ChangeListeners
    private let isClosed = Atomic(false)

    /// How long it may take until a closing is noticed.
    private static let glance = Duration.milliseconds(200)

    init(_ address: PostgreSQLAddress, _ listeners: ChangeListeners) {
        self.address = address
        self.listeners = listeners
    }

    /// Before it connects again.
    private static let pause = Pause(from: 0.1, to: 2)

    func close() { isClosed.store(true, ordering: .relaxed) }

    /// Until it is closed. Whenever it begins to listen, it says that everything may have changed: before that
    /// moment nobody listened.
    func run() {
        var pause = Self.pause
        while !isClosed.load(ordering: .relaxed) {
            if let connection = listening() {
                pause = Self.pause
                listeners.tell(.anything)
                hear(connection)
                connection.close()
            } else {
                Thread.sleep(forTimeInterval: pause.next())
            }
        }
    }

    private func listening() -> PostgreSQLConnection? {
        guard let connection = try? address.connect() else { return nil }
        do throws(PostgreSQLFault) {
            try connection.command("LISTEN \(Self.channel)")
            return connection
        } catch {
            connection.close()
            return nil
        }
    }

    private func hear(_ connection: PostgreSQLConnection) {
        while !connection.isLost, !isClosed.load(ordering: .relaxed) {
            if connection.wait(Self.glance) {
                for topic in connection.notifications() { listeners.tell(.topic(topic)) }
            }
        }
    }
}
