import Foundation

/// A file that is written piece by piece, and appears under its name when it is whole. For its owner alone.
final class ExportFile {
    private let path: String
    private let draft: String
    private let isReplacing: Bool
    private let file: Int32

    /// Refuses at once to write over a file that is there, and again at the end.
    init(_ path: String, replacing: Bool) throws(CommandRefusal) {
        self.path = path
        isReplacing = replacing
        draft = "\(path).\(getpid()).new"
        guard replacing || access(path, F_OK) != 0 else { throw Self.isThere(path) }
        file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.refusal(path) }
    }

    deinit {
        close(file)
        unlink(draft)
    }

    func write(_ bytes: [UInt8]) throws(CommandRefusal) {
        if let fault = WholeWrite.put(bytes, to: file) { throw Self.refusal(path, fault) }
    }

    func finish() throws(CommandRefusal) {
        guard fsync(file) == 0 else { throw Self.refusal(path) }
        if isReplacing {
            guard rename(draft, path) == 0 else { throw Self.refusal(path) }
        } else if link(draft, path) != 0 {
            throw errno == EEXIST ? Self.isThere(path) : Self.refusal(path)
        }
        unlink(draft)
    }

    private static func isThere(_ path: String) -> CommandRefusal {
        CommandRefusal("\(path) is there already; give --replace to write over it, or another name")
    }

    private static func refusal(_ path: String, _ fault: Int32 = errno) -> CommandRefusal {
        CommandRefusal("\(path) cannot be written: \(String(cString: strerror(fault)))")
    }
}
