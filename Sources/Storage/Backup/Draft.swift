import Foundation

/// The file a backup is written into before it has its name. Somebody who may write to the folder could have put
/// a file of theirs there, still open, or a second name of another file: so it is always a new one.
struct Draft {
    let location: String
    /// The backup it is for, as errors name it.
    let path: String

    /// A new file, locked, that nobody else can have open: a descriptor.
    func claim() throws(BackupFault) -> Int32 {
        guard let leftOver = try leftOver() else { return try make() }
        // Kept until the new one is locked, so that of two processes that find the same one only one goes on.
        defer { close(leftOver) }
        guard unlink(location) == 0 else { throw fault() }
        return try make()
    }

    static func isFile(_ descriptor: Int32, at location: String) -> Bool {
        var (mine, named) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && lstat(location, &named) == 0 && mine.st_ino == named.st_ino
            && mine.st_dev == named.st_dev
    }

    /// How many descriptors of this process mean the same file.
    static func descriptors(of descriptor: Int32) -> Int {
        var mine = stat()
        guard fstat(descriptor, &mine) == 0 else { return 0 }
        // The lowest that is free is given, so that none lies higher than these.
        return (0..<min(Int32(clamping: sysconf(Int32(_SC_OPEN_MAX))), 65_536)).count { other in
            var found = stat()
            return fstat(other, &found) == 0 && found.st_ino == mine.st_ino && found.st_dev == mine.st_dev
        }
    }

    private func make() throws(BackupFault) -> Int32 {
        let descriptor = open(location, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw errno == EEXIST ? .isBeingWritten(path: path) : fault() }
        do throws(BackupFault) {
            try lock(descriptor)
            guard fchmod(descriptor, 0o600) == 0 else { throw fault() }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// What a process of the same user that was killed has left behind, locked; `nil` when there is nothing.
    private func leftOver() throws(BackupFault) -> Int32? {
        var named = stat()
        guard lstat(location, &named) == 0 else {
            guard errno == ENOENT else { throw fault() }
            return nil
        }
        guard Self.isOurs(named) else { throw .draftIsForeign(path: path) }
        let descriptor = open(location, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .isBeingWritten(path: path) : fault() }
        do throws(BackupFault) {
            try lock(descriptor)
            var opened = stat()
            guard fstat(descriptor, &opened) == 0, Self.isOurs(opened) else { throw .draftIsForeign(path: path) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func isOurs(_ file: stat) -> Bool {
        file.st_mode & S_IFMT == S_IFREG && file.st_mode & 0o7777 == 0o600 && file.st_uid == geteuid()
            && file.st_nlink == 1
    }

    private func lock(_ descriptor: Int32) throws(BackupFault) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.isFile(descriptor, at: location) else {
            throw .isBeingWritten(path: path)
        }
    }

    private func fault() -> BackupFault { .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
}
