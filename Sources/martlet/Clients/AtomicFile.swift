import Foundation

/// Writes a file whole or not at all: a server that reads it meanwhile sees the old one or the new one.
enum AtomicFile {
    /// - Parameter replacing: `false` refuses, also against another process, to write over a file that is there.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t, replacing: Bool) throws(CommandRefusal) {
        let draft = "\(path).\(getpid()).new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw refusal(path) }
        defer { unlink(draft) }
        let isWritten = put(bytes, file) && fchmod(file, mode) == 0 && fsync(file) == 0
        close(file)
        guard isWritten else { throw refusal(path) }
        guard replacing || link(draft, path) == 0 else {
            guard errno == EEXIST else { throw refusal(path) }
            throw CommandRefusal("\(path) is there already; give --replace to write over it, or choose another --id")
        }
        guard !replacing || rename(draft, path) == 0 else { throw refusal(path) }
    }

    private static func put(_ bytes: [UInt8], _ file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func refusal(_ path: String) -> CommandRefusal {
        CommandRefusal("\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
