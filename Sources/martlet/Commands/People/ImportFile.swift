import Foundation
import JSON

/// A file of people, read piece by piece and more than once.
final class ImportFile {
    private static let pieceBytes = 1 << 16

    let path: String
    let byteCount: Int
    private let file: Int32

    init(_ path: String) throws(CommandRefusal) {
        self.path = path
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Self.refusal(path) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw Self.refusal(path) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw CommandRefusal("\(path) is no file: it is read twice, so it cannot be a pipe", exitCode: .usage)
        }
        byteCount = Int(facts.st_size)
    }

    deinit { close(file) }

    /// The first 64 KiB.
    func beginning() throws(CommandRefusal) -> [UInt8] {
        try rewind()
        return try piece()
    }

    /// From the start.
    func records(list: String?) throws(CommandRefusal) -> JSONRecords {
        try rewind()
        return JSONRecords(member: list) { [self] in try piece() }
    }

    private func rewind() throws(CommandRefusal) {
        guard lseek(file, 0, SEEK_SET) == 0 else { throw Self.refusal(path) }
    }

    private func piece() throws(CommandRefusal) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.pieceBytes)
        var count = -1
        repeat { count = read(file, &bytes, bytes.count) } while count < 0 && errno == EINTR
        guard count >= 0 else { throw Self.refusal(path) }
        return Array(bytes.prefix(count))
    }

    private static func refusal(_ path: String) -> CommandRefusal {
        CommandRefusal("\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
}
