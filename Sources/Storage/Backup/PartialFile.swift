import Foundation

/// A file that comes to be whole or not at all: written under another name, and given its own when it is on the disk.
final class PartialFile: Sendable {
    let path: String
    /// The name it has until then.
    var partial: String { path + ".partial" }

    private let replacing: Bool
    /// Holds a lock, so that two processes never write one file. SQLite's own locks are of another kind.
    private let descriptor: Int32

    /// - Parameter replacing: whether an older backup may go. Anything else that stands in the way never goes.
    init(_ path: String, replacing: Bool) throws(BackupFault) {
        (self.path, self.replacing) = (path, replacing)
        guard !path.isEmpty, !path.hasSuffix("/") else {
            throw .cannotWrite(path: path, reason: "it is the name of no file")
        }
        try Self.refuse(path, replacing: replacing)
        descriptor = try Draft(location: Self.location(path + ".partial"), path: path).claim()
    }

    deinit { Foundation.close(descriptor) }

    /// Empties it, for a beginning.
    func clear() throws(BackupFault) {
        guard ftruncate(descriptor, 0) == 0 else { throw fault() }
    }

    /// Gives it its name, durably.
    func publish() throws(BackupFault) {
        guard fsync(descriptor) == 0 else { throw fault() }
        guard isInPlace else { throw .draftIsForeign(path: path) }
        if replacing {
            try Self.refuse(path, replacing: true)
            guard rename(Self.location(partial), Self.location(path)) == 0 else { throw fault() }
        } else {
            try giveNewName()
        }
        try syncFolder()
    }

    func discard() {
        if isInPlace { unlink(Self.location(partial)) }
    }

    /// Whether the name still means the file that was claimed: in a folder that others may write to, it can be
    /// made to mean another.
    var isInPlace: Bool { Draft.isFile(descriptor, at: Self.location(partial)) }

    /// A second name is refused when it is taken, which renaming would not do. Some file systems know no second names.
    private func giveNewName() throws(BackupFault) {
        if link(Self.location(partial), Self.location(path)) == 0 { return discard() }
        guard errno != EEXIST else { throw .exists(path: path) }
        try Self.refuse(path, replacing: false)
        guard rename(Self.location(partial), Self.location(path)) == 0 else { throw fault() }
    }

    /// Whether somebody in this process has opened it by its name and got it, and not what was put there meanwhile.
    var isOpenTwice: Bool { Draft.descriptors(of: descriptor) > 1 }

    private func syncFolder() throws(BackupFault) {
        let folder = open(
            (Self.location(path) as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw fault() }
        defer { close(folder) }
        guard fsync(folder) == 0 || errno == EINVAL else { throw fault() }
    }

    private func fault() -> BackupFault {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }

    private static func refuse(_ path: String, replacing: Bool) throws(BackupFault) {
        var found = stat()
        guard lstat(location(path), &found) == 0 else { return }
        guard replacing else { throw .exists(path: path) }
        guard found.st_mode & S_IFMT == S_IFREG, BackupFile.isBackup(path) else { throw .isSomethingElse(path: path) }
    }

    private static func location(_ path: String) -> String { SQLiteFile(path: path).location }
}
