import Foundation

/// A file that holds a private key: read only when nobody but its owner and group can read it, and nobody
/// but its owner can change it.
enum KeyFile {
    /// What keeps a key file from being used.
    enum Fault: Error, Equatable {
        case missing
        case unreadable(String)
        case notAFile
        case exposed(mode: String)
        case tooLarge
        case notText

        /// Completes "the file … ".
        var sentence: String {
            switch self {
            case .missing: "is not there"
            case .unreadable(let reason): "cannot be read (\(reason)); make it readable for the user martlet runs as"
            case .notAFile: "is no plain file; put the key itself there"
            case .exposed(let mode):
                "can be read by everybody (its mode is \(mode)); run chmod 600 on it, and think of making a new key"
            case .tooLarge: "is far too large for a key"
            case .notText: "is no text"
            }
        }
    }

    static func read(_ path: String) throws(Fault) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_mode & 0o027 == 0 else { throw .exposed(mode: String(status.st_mode & 0o777, radix: 8)) }
        guard status.st_size <= 65_536 else { throw .tooLarge }
        guard let bytes = SmallFile.read(path) else { throw .unreadable(String(cString: strerror(errno))) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        return text
    }

    /// Writes a file that was not there before, whole and durable, or not at all. `false` when somebody
    /// was first: of two processes that start at once, both go on with the same key.
    static func create(_ text: String, at path: String) throws(Fault) -> Bool {
        let draft = "\(path).\(UUID().uuidString).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        defer { unlink(draft) }
        let bytes = Array(text.utf8)
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        guard close(descriptor) == 0, isWritten else { throw .unreadable(String(cString: strerror(errno))) }
        guard link(draft, path) == 0 else {
            // Or somebody was first and has cleared the drafts.
            guard errno == EEXIST || errno == ENOENT else { throw .unreadable(String(cString: strerror(errno))) }
            return false
        }
        flushFolder(of: path)
        return true
    }

    /// Removes what is left of somebody who was killed while making this file, which is there by now.
    static func clearDrafts(of path: String) {
        let (folder, name) = ((path as NSString).deletingLastPathComponent, (path as NSString).lastPathComponent)
        for other in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard other.hasPrefix(name + "."), other.hasSuffix(".new"),
                UUID(uuidString: String(other.dropFirst(name.count + 1).dropLast(4))) != nil
            else { continue }
            unlink(folder + "/" + other)
        }
    }

    /// The name of a new file lasts only when its folder has been written too.
    private static func flushFolder(of path: String) {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
