import Foundation
import Storage

/// Which database holds everything that lasts. Prints without a password.
enum DatabaseLocation: Sendable, Equatable, CustomStringConvertible {
    case sqlite(path: String)
    case postgreSQL(PostgreSQLAddress)

    /// How people are told of it: a path, or database and host.
    var description: String {
        switch self {
        case .sqlite(let path): path
        case .postgreSQL(let address): "PostgreSQL \(address)"
        }
    }

    /// The engine's name, as a backup knows it.
    var engine: String {
        switch self {
        case .sqlite: "sqlite"
        case .postgreSQL: "postgresql"
        }
    }

    /// An engine that changes no schema and makes no database.
    func unopenedEngine() throws -> any Engine {
        switch self {
        case .sqlite(let path): try SQLiteDatabase(path: path)
        case .postgreSQL(let address): PostgreSQLDatabase(address, connections: 2)
        }
    }

    /// A SQLite file is made at the first start; a database of PostgreSQL is made by whoever runs the server.
    var isStillToBeMade: Bool {
        switch self {
        case .sqlite(let path): !FileManager.default.fileExists(atPath: path)
        case .postgreSQL: false
        }
    }
}

extension SettingFormat where Value == DatabaseLocation {
    /// The path of a SQLite file.
    static let databasePath = Self.single("the path of a SQLite file, such as data/martlet.db", text: \.description) {
        raw throws(SettingRefusals) in
        guard !raw.text.isEmpty, !raw.text.contains("://"), !raw.text.hasPrefix("sqlite:"), !raw.text.utf8.contains(0)
        else {
            throw SettingRefusals(raw, because: "an address of a database goes into database_url")
        }
        return .sqlite(path: raw.text)
    }

    /// `sqlite:PATH`, or an address of PostgreSQL.
    static let databaseURL = Self.single(
        "postgres://role:password@host/name, or sqlite: followed by a path", text: \.description
    ) { raw throws(SettingRefusals) in
        if PostgreSQLAddress.isMeant(by: raw.text) {
            do throws(PostgreSQLAddress.Fault) {
                return .postgreSQL(try PostgreSQLAddress(raw.text))
            } catch {
                throw SettingRefusals(raw, because: error.description)
            }
        }
        let path = raw.text.dropFirst("sqlite:".count)
        guard raw.text.hasPrefix("sqlite:"), !path.isEmpty, !path.hasPrefix("//"), !path.utf8.contains(0) else {
            throw SettingRefusals(raw)
        }
        return .sqlite(path: String(path))
    }
}
