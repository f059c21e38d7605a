import Cryptography
import Foundation
import Identity
import OAuth
import Storage
import Web

/// Looks into every room without changing anything in it.
struct HouseCheck {
    struct Finding: Equatable {
        let room: String
        var summary = ""
        var faults: [String] = []
    }

    let settings: Settings
    /// Where each setting that is not a default stands.
    let given: [String: SettingOrigin]
    /// Providers that are asked whether they would do.
    var conversations: [any UpstreamConversation] = []

    /// In the order in which `serve` needs them.
    func findings() async -> [Finding] {
        let (database, bound, registrations) = await checkDatabase()
        let rooms = [
            checkSettings(), checkTLS(), checkMasterKey(boundTo: bound), checkKeys(), checkClients(registrations),
            checkPages(), checkMail(), checkPlaces(), database,
        ].compactMap { $0 }
        let providers = ProviderCheck(settings: settings, conversations: conversations)
        let warnings = settings.factorWarnings.map { Finding(room: "factors", summary: "WARNING: \($0)") }
        return rooms + warnings + (await providers.findings(at: SystemClock().now))
    }

    private func checkSettings() -> Finding {
        let place = settings.publicPlace
        let count = given.isEmpty ? "all defaults" : "\(given.count) given, the rest defaults"
        return Finding(room: "settings", summary: "\(settings.issuer), served at \(place.host):\(place.port); \(count)")
    }

    /// `nil` when a proxy has TLS.
    private func checkTLS() -> Finding? {
        guard let files = TLSFiles(settings.tls) else { return nil }
        return finding("tls") {
            let expiry = try files.open().expiry
            guard expiry > SystemClock().now.seconds else {
                throw CommandRefusal("the certificate \(files.certificate) ended on \(TLSFiles.day(expiry)); renew it")
            }
            return "the certificate \(files.certificate) is good until \(TLSFiles.day(expiry))"
        }
    }

    private func checkMasterKey(boundTo bound: String?) -> Finding {
        let file = MasterKeyFile(settings: settings)
        return finding("master key") {
            guard try file.existing() != nil || bound != nil else {
                return "will be made at the first start, in \(file.path)"
            }
            // With a database bound, nothing is made: a missing or swapped key is refused.
            let key = try bound.map { try file.open(boundTo: $0, random: SystemRandom()) } ?? file.existing()
            return key.map { "its fingerprint is \($0.fingerprint)" } ?? ""
        }
    }

    private func checkKeys() -> Finding {
        finding("keys") {
            let found = try PEMImport(folder: settings.folders.keys, algorithms: settings.signing.algorithms).read()
            return found.isEmpty ? "no PEM files to take over" : "\(found.count) PEM files to take over"
        }
    }

    private func checkClients(_ registrations: [StoredRegistration]) -> Finding {
        let folder = settings.folders.clients
        let files = ClientFiles(
            directory: folder, knownScopes: settings.knownScopes, algorithms: settings.signing.algorithms)
        guard let reading = files.read() else {
            return Finding(room: "clients", faults: [files.unreadable.description])
        }
        let listing = ClientListing(reading, registrations, files: files)
        let stored = listing.rows.count { $0.place == .database }
        return Finding(
            room: "clients", summary: "\(reading.clients.count) in \(folder), \(stored) in the database",
            faults: listing.faults.map(\.description))
    }

    private func checkPages() -> Finding {
        finding("pages") {
            _ = try Pages.load(directory: settings.folders.templates, theme: settings.folders.theme)
            return "from \(settings.folders.templates)"
                + (settings.folders.theme.map { ", with \($0) over them" } ?? "")
        }
    }

    /// `nil` when no file is named.
    private func checkPlaces() -> Finding? {
        guard let path = settings.placesDatabase else { return nil }
        return finding("places") {
            _ = try settings.placeBook()
            return "from \(path)"
        }
    }

    private func checkMail() -> Finding {
        finding("mail") {
            if let warning = settings.mailWarning { return "WARNING: \(warning)" }
            return settings.mailSummary
        }
    }

    /// A database that is not there yet is not made.
    private func checkDatabase() async -> (Finding, bound: String?, [StoredRegistration]) {
        let place = settings.databaseLocation
        guard !place.isStillToBeMade else {
            return (Finding(room: "database", summary: "will be made at the first start, as \(place)"), nil, [])
        }
        do {
            let database = try place.unopenedEngine()
            let (summary, bound, registrations): (String, String?, [StoredRegistration])
            do {
                (summary, bound, registrations) = try await look(into: database, at: place)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
            return (Finding(room: "database", summary: summary), bound, registrations)
        } catch let refusal as CommandRefusal {
            return (Finding(room: "database", faults: refusal.sentences), nil, [])
        } catch {
            return (Finding(room: "database", faults: ["\(error)"]), nil, [])
        }
    }

    /// Asks for the schema, and does not change it.
    private func look(
        into database: any Engine, at path: DatabaseLocation
    ) async throws -> (summary: String, bound: String?, [StoredRegistration]) {
        if let damage = try await database.damage() { throw StorageError.corrupt(damage) }
        let status = try await Migrator.status(database)
        if let unknown = status.unknown { throw StorageError.newerSchema(found: unknown, known: status.known) }
        guard status.found > 0 else {
            let who = if case .postgreSQL = path { ", by a role that may make tables" } else { "" }
            return ("\(path) is empty, and will be set up at the first start or by martlet migrate\(who)", nil, [])
        }
        let store = Store(database: database)
        let bound = try await store.masterKeyFingerprint()
        guard status.isComplete else {
            let change = status.found < status.known ? "from version \(status.found) to \(status.known)" : "up to date"
            return ("\(path) opens, and its schema will be brought \(change) at the next start", bound, [])
        }
        let registrations = try await store.registrations(unless: nil)?.registrations ?? []
        return ("\(path) opens, and has this version's schema", bound, registrations)
    }

    private func finding(_ room: String, _ look: () throws -> String) -> Finding {
        do {
            return Finding(room: room, summary: try look())
        } catch let refusal as CommandRefusal {
            return Finding(room: room, faults: refusal.sentences)
        } catch {
            return Finding(room: room, faults: "\(error)".split(separator: "\n").map(String.init))
        }
    }
}
