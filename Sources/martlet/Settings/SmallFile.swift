import Foundation

/// Reads a file that people write. Never a device or a pipe, which might not end, and no more than 1 MiB.
enum SmallFile {
    static let mostBytes = 1 << 20

    /// `nil` when it cannot be read, or is too large to be what it should be.
    static func read(_ path: String, atMost mostBytes: Int = mostBytes) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= mostBytes else {
            return nil
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= mostBytes {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
        return nil
    }
}
