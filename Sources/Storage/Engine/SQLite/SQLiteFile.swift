import Foundation

/// The place of a database. What is created there only its owner can read, whatever the umask;
/// what exists already keeps the rights its operator gave it.
struct SQLiteFile: Sendable {
    let path: String

    /// Never a name with a meaning of its own to SQLite, such as `:memory:`.
    var location: String { path.hasPrefix("/") ? path : "./" + path }

    /// SQLite gives its log and index the rights of the file, so the file is made before SQLite sees it. It is
    /// made without being opened: closing a file drops every lock this process has on it.
    func create() throws {
        guard !path.isEmpty else { throw StorageError.cannotOpen(path: path, reason: "the path is empty") }
        try makeDirectory((location as NSString).deletingLastPathComponent)
        guard mknod(location, S_IFREG | 0o600, 0) != 0 else { return try giveToOwner(location, 0o600) }
        guard errno == EEXIST else { throw fault() }
    }

    private func makeDirectory(_ directory: String) throws {
        guard !directory.isEmpty, access(directory, F_OK) != 0 else { return }
        try makeDirectory((directory as NSString).deletingLastPathComponent)
        guard mkdir(directory, 0o700) != 0 else { return try giveToOwner(directory, 0o700) }
        guard errno == EEXIST else { throw fault() }
    }

    private func giveToOwner(_ made: String, _ mode: mode_t) throws {
        guard chmod(made, mode) == 0 else { throw fault() }
    }

    private func fault() -> StorageError {
        .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
}
