import OAuth

/// What can go wrong with a database, in words for the operator.
package enum StorageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It cannot be reached, is full or locked: trying again later may work.
    case unavailable(String)
    /// A constraint of the schema refused a write, or a value is one that no column can hold.
    case constraint(String)
    /// What is stored is not what the schema says.
    case corrupt(String)
    /// Made by a newer version: the step it has run, and the highest that this program knows.
    case newerSchema(found: Int64, known: Int64)
    /// The role of this program lacks a right.
    case forbidden(String)
    /// Tables are missing, and this program may not make them.
    case outdatedSchema(found: Int64, known: Int64)
    /// It cannot be opened at all: path and reason.
    case cannotOpen(path: String, reason: String)

    package var description: String {
        switch self {
        case .unavailable(let detail): "the database is not available: \(detail)"
        case .constraint(let detail): "the database refused a write: \(detail)"
        case .corrupt(let detail): "the database is damaged: \(detail); restore a backup"
        case .newerSchema(let found, let known):
            "the database has step \(found) of the schema, which this program (up to \(known)) does not know: "
                + "run the newer version that made it"
        case .forbidden(let detail):
            "the database does not allow it: \(detail); give the role SELECT, INSERT, UPDATE and DELETE on all tables"
        case .outdatedSchema(let found, let known):
            "the database has schema version \(found), this program needs \(known), and its role may not change tables: "
                + "run martlet migrate as the role that owns them"
        case .cannotOpen(let path, let reason): "\(path) cannot be opened as a database: \(reason)"
        }
    }
}

extension StorageError {
    /// Whether it lies in what was to be written: it would fail again, and anything else would not.
    var isOfTheValue: Bool {
        if case .constraint = self { true } else { false }
    }
}

/// Damage does not pass by itself, and a refused write is a fault of ours.
extension StorageError: Outage {
    package var isTemporary: Bool {
        switch self {
        case .unavailable: true
        case .constraint, .corrupt, .newerSchema, .forbidden, .outdatedSchema, .cannotOpen: false
        }
    }
}
