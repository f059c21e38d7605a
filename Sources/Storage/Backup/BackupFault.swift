import OAuth

/// Why a backup is not made, or not restored: what, where, and what to do.
package enum BackupFault: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotWrite(path: String, reason: String)
    case exists(path: String)
    case isSomethingElse(path: String)
    case isBeingWritten(path: String)
    /// Where the backup would be written first there is a file that no backup of this user can have left behind.
    case draftIsForeign(path: String)
    case cannotRead(path: String, reason: String)
    case isNoBackup(path: String)
    case damaged(path: String, reason: String)
    case newerVersion(path: String, program: String)
    /// The target holds rows, by table.
    case notEmpty([BackupRows])
    case inUse
    case clockBehind(newest: String, now: String)

    /// Parts of it may come from a file that somebody else has made (CF4).
    package var description: String { PlainText.escaped(sentence) }

    private var sentence: String {
        switch self {
        case .cannotWrite(let path, let reason):
            "the backup \(path) cannot be written: \(reason); nothing is left of it"
        case .exists(let path): "\(path) is there already; choose another name, or give --force to write over it"
        case .isSomethingElse(let path):
            "\(path) is there already and is no backup of Martlet's, so that not even --force writes over it; choose another name"
        case .isBeingWritten(let path):
            "another process is writing the backup \(path); wait for it, or choose another name"
        case .draftIsForeign(let path):
            "\(path).partial is there and is not this user's alone, so that others could read the backup or lose a file by it; see whose it is and remove it, or choose another name, best in a folder that nobody else may write to"
        case .cannotRead(let path, let reason): "\(path) cannot be read as a backup: \(reason)"
        case .isNoBackup(let path):
            "\(path) is no backup of Martlet's; give a file that martlet backup has made"
        case .damaged(let path, let reason):
            "the backup \(path) is damaged: \(reason); nothing was changed, take another backup"
        case .newerVersion(let path, let program):
            "the backup \(path) was made by a newer version (\(program)); restore it with that version"
        case .notEmpty(let holdings):
            "the database is not empty: it holds \(BackupRows.sentence(holdings)); give --replace to put the backup in the place of all that"
        case .inUse:
            "a process is using the database; stop every Martlet that serves from it, and any other program that has it open, and try again"
        case .clockBehind(let newest, let now):
            "the clock of this machine says \(now), and the backup knows of \(newest); set the clock right and try again"
        }
    }
}

/// How many rows of a table.
package struct BackupRows: Sendable, Equatable {
    package let table: String
    package let count: Int64

    package static func sentence(_ rows: [BackupRows]) -> String {
        rows.map { "\($0.count) \($0.table)" }.joined(separator: ", ")
    }
}
