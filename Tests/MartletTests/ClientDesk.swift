import Cryptography
import Foundation
import JSON
import Logging
import OAuth
import Storage
import Synchronization

@testable import martlet

/// A folder and a database of clients, as server and commands have them.
struct ClientDesk {
    let folder: Scratch
    let clock = HandClock()
    let log = LogCapture()

    private let data: Scratch
    static let scopes: ScopeSet = ["openid", "email"]

    init(folder: Scratch) throws {
        self.folder = folder
        data = try Scratch()
    }

    func store() async throws -> Store { try await Store.open(sqlite: data.path + "/martlet.db") }

    var files: ClientFiles {
        ClientFiles(directory: folder.path, knownScopes: Self.scopes, algorithms: [.rs256])
    }

    /// As one process has it, on a store of its own unless one is given.
    func registry(_ store: Store? = nil) async throws -> RegisteredClients {
        let own = if let store { store } else { try await self.store() }
        return RegisteredClients(files, store: own, clock: clock, logger: log.logger())
    }

    func places(
        _ store: Store?, in asked: ClientPlace? = nil, usual: ClientPlace = .folder
    ) -> ClientPlaces {
        ClientPlaces(
            folder: ClientFolder(directory: folder.path, knownScopes: Self.scopes, algorithms: [.rs256]), store: store,
            asked: asked, usual: usual, clock: clock)
    }

    /// A public client's registration.
    static func registration(_ id: String, name: String = "Wiki") -> String { JSONValue.object(object(id, name)).text }

    static func object(_ id: String, _ name: String = "Wiki") -> JSONObject {
        [
            "client_id": .string(id), "client_name": .string(name), "token_endpoint_auth_method": "none",
            "redirect_uris": ["https://wiki.example/cb"], "scope": "openid email",
        ]
    }
}

/// Time that moves only when told to.
final class HandClock: WallClock {
    private let time = Mutex(Instant(seconds: 1_800_000_000))
    var now: Instant { time.withLock { $0 } }
    func advance(_ seconds: Int64) { time.withLock { $0 = $0 + seconds } }
}
