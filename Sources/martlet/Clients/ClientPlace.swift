import Foundation

/// Where a registration is kept.
enum ClientPlace: String, Sendable, CaseIterable {
    /// A file each, read at start and on SIGHUP: for one machine, and for version control.
    case folder
    /// Seen by every process within a second.
    case database

    /// What has to happen before servers know of a change.
    var reminder: String {
        switch self {
        case .folder: "Martlet takes this up when it starts, or on SIGHUP: kill -HUP <its process id>"
        case .database: "Every running server knows it within a second."
        }
    }
}

extension Settings {
    /// Where a new client goes unless somebody says otherwise. A SQLite file has one machine, whose folder all
    /// processes share.
    var usualClientPlace: ClientPlace {
        if case .sqlite = databaseLocation { .folder } else { .database }
    }

    /// Whether there is a database to look into: looking makes none.
    var hasDatabase: Bool {
        if case .sqlite(let path) = databaseLocation { FileManager.default.fileExists(atPath: path) } else { true }
    }
}
