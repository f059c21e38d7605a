import ArgumentParser
import Foundation
import OAuth
import Storage

/// Where the clients are: the same places the server looks in, unless told otherwise.
struct ClientOptions: ParsableArguments {
    @Option(
        name: .customLong("clients-dir"),
        help: "The folder of clients; without it, folders.clients of the settings. Implies --in folder.")
    var directory: String?
    @Option(
        name: .customLong("in"),
        help: "folder or database. Without it both are looked into, and a new client goes where the settings say.")
    var place: ClientPlace?

    func validate() throws {
        guard directory == nil || place != .database else {
            throw ValidationError("--clients-dir names a folder; give it without --in database")
        }
    }

    /// The database is opened only if it is asked, and for a new registration only made if it is asked for.
    ///
    /// - Parameter endingGrants: whether it has to be open although the registration is in the folder.
    func withPlaces<Result>(
        _ settings: Settings, makingDatabase: Bool = false, endingGrants: Bool = false,
        _ body: (ClientPlaces) async throws -> Result
    ) async throws -> Result {
        let asked = directory == nil ? place : .folder
        let makes = makingDatabase && (asked ?? settings.usualClientPlace) == .database
        let isAsked = asked != .folder || (endingGrants && directory == nil)
        guard isAsked, makes || settings.hasDatabase else {
            return try await body(places(settings, store: nil, asked: asked))
        }
        let store = try await OpenHouse.openStore(settings)
        do {
            let result = try await body(places(settings, store: store, asked: asked))
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    private func places(_ settings: Settings, store: Store?, asked: ClientPlace?) -> ClientPlaces {
        ClientPlaces(
            folder: folder(settings), store: store, asked: asked, usual: settings.usualClientPlace, clock: SystemClock()
        )
    }

    func folder(_ settings: Settings) -> ClientFolder {
        ClientFolder(
            directory: directory ?? settings.folders.clients, knownScopes: settings.knownScopes,
            algorithms: settings.signing.algorithms)
    }
}

extension ClientPlace: ExpressibleByArgument {}
