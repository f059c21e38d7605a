import JSON
import OAuth
import Synchronization

/// The clients of the folder, as it was when last read; swapped whole, so that a request sees one state.
package final class FileClientRegistry: ClientRegistry {
    private let files: ClientFiles
    private let snapshot = Mutex<[String: Client]>([:])

    /// Empty until `reload()`.
    package init(_ files: ClientFiles) {
        self.files = files
    }

    /// Reads the folder again. A client whose file is broken keeps its old registration, a client whose file is gone
    /// is gone, and while the folder itself cannot be read everything stays: a slip must not lock people out.
    package func reload() -> [ClientFileFault] {
        guard let reading = files.read() else {
            return [ClientFileFault(file: files.directory, message: "the folder of clients cannot be read")]
        }
        snapshot.withLock { snapshot in
            var next: [String: Client] = [:]
            for id in reading.broken { next[id] = snapshot[id] }
            for client in reading.clients { next[client.id] = client }
            snapshot = next
        }
        return reading.faults
    }

    package func client(_ id: String) async throws -> Client? {
        guard let client = snapshot.withLock({ $0[id] }), client.id.isExactly(id) else { return nil }
        return client
    }

    package func clients() async throws -> [Client] {
        snapshot.withLock { $0.values.sorted { $0.id < $1.id } }
    }
}
