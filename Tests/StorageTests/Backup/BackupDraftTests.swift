import Foundation
import OAuth
import Testing

@testable import Storage

@Suite("A backup is written into a new file of its own")
struct BackupDraftTests {
    private let scratch: BackupScratch
    private let engine = EngineScratch()
    private var partial: String { scratch.file + ".partial" }

    init() throws {
        scratch = try BackupScratch()
    }

    private func backUp() async throws {
        let store = try await Store.open(sqlite: engine.path)
        do {
            _ = try await store.backUp(to: scratch.file, occasion)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private func put(_ text: String, at path: String, mode: mode_t) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, mode) == 0)
    }

    private func text(of path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("What a killed process has left behind goes, and a new file takes its place: who had it open reads nothing")
    func leftBehind() async throws {
        try put("half of a backup", at: partial, mode: 0o600)
        let open = try #require(FileHandle(forReadingAtPath: partial))
        try await backUp()
        try Backup.open(scratch.file).close()
        #expect(!FileManager.default.fileExists(atPath: partial))
        #expect(try open.readToEnd() == Data("half of a backup".utf8))
    }

    @Test("SE8: a draft that others may read or write is not taken", arguments: [0o644, 0o660, 0o606, 0o4600])
    func mode(mode: mode_t) async throws {
        try put("theirs", at: partial, mode: mode)
        await #expect(throws: BackupFault.draftIsForeign(path: scratch.file)) { try await backUp() }
        #expect(try text(of: partial) == "theirs")
        #expect(try scratch.names.count == 1)
    }

    @Test("SE8: a draft that belongs to somebody else is not taken, whatever its mode")
    func owner() async throws {
        guard geteuid() == 0 else { return }
        try put("theirs", at: partial, mode: 0o600)
        #expect(chown(partial, 65534, 65534) == 0)
        await #expect(throws: BackupFault.draftIsForeign(path: scratch.file)) { try await backUp() }
        #expect(try text(of: partial) == "theirs")
    }

    @Test("SE8: a draft that is a second name of another file, a link, a pipe or a folder is not taken")
    func otherThings() async throws {
        let other = scratch.folder + "/other"
        try put("mine", at: other, mode: 0o600)
        for make: @Sendable () -> Int32 in [
            { link(other, partial) }, { symlink(other, partial) }, { symlink("nowhere", partial) },
            { mkfifo(partial, 0o600) }, { mkdir(partial, 0o600) },
        ] {
            #expect(make() == 0)
            await #expect(throws: BackupFault.draftIsForeign(path: scratch.file)) { try await backUp() }
            #expect(try text(of: other) == "mine")
            #expect(remove(partial) == 0)
        }
        try await backUp()
    }

    @Test("SE8: SQLite writes into the draft that was claimed, not into what was put in its place for a moment")
    func opened() throws {
        let draft = try PartialFile(scratch.file, replacing: false)
        #expect(!draft.isOpenTwice)
        let aside = scratch.folder + "/aside"
        #expect(rename(partial, aside) == 0)
        try put("", at: partial, mode: 0o666)
        let theirs = try BackupFile.create(at: partial)
        #expect(remove(partial) == 0 && rename(aside, partial) == 0)
        #expect(draft.isInPlace && !draft.isOpenTwice)
        theirs.close()
        let ours = try BackupFile.create(at: partial)
        #expect(draft.isOpenTwice)
        ours.close()
        draft.discard()
    }

    @Test("Two processes never write one file")
    func twoWriters() async throws {
        let first = try PartialFile(scratch.file, replacing: false)
        await #expect(throws: BackupFault.isBeingWritten(path: scratch.file)) { try await backUp() }
        #expect(FileManager.default.fileExists(atPath: first.partial))
        first.discard()
        #expect(try scratch.names.isEmpty)
    }

    @Test("SE8: a draft that was changed for another while it was written gets no name, and the other stays")
    func changed() throws {
        let draft = try PartialFile(scratch.file, replacing: false)
        #expect(unlink(partial) == 0)
        try put("theirs", at: partial, mode: 0o666)
        #expect(throws: BackupFault.draftIsForeign(path: scratch.file)) { try draft.publish() }
        draft.discard()
        #expect(try text(of: partial) == "theirs")
        #expect(try scratch.names.count == 1)
    }
}
