import Cryptography
import Foundation
import Testing

@testable import martlet

@Suite("The master key is found, made once, or the start is refused (CR5)")
struct MasterKeyTests {
    private let scratch: Scratch
    private var settings: Settings

    init() throws {
        scratch = try Scratch()
        settings = Settings()
        settings.folders.keys = scratch.path + "/Keys"
    }

    private func open(boundTo bound: String? = nil) throws -> SealingKey {
        try MasterKeyFile(settings: settings).open(boundTo: bound, random: SystemRandom())
    }

    /// The sentence of the refusal; every one must say where and what to do.
    private func refusal(boundTo bound: String? = nil) -> String {
        do {
            let key = try open(boundTo: bound)
            return "opened \(key.fingerprint)"
        } catch {
            return "\(error)"
        }
    }

    @Test("CR5: the very first start makes a key that only its owner can read, and the next start finds it")
    func first() throws {
        let made = try open()
        #expect(try scratch.mode(of: "Keys") == 0o700)
        #expect(try scratch.mode(of: "Keys/master.key") == 0o600)
        #expect(try scratch.text(of: "Keys/master.key").utf8.count == 44)
        #expect(try open(boundTo: made.fingerprint).fingerprint == made.fingerprint)
        #expect(try FileManager.default.contentsOfDirectory(atPath: settings.folders.keys) == ["master.key"])
    }

    @Test("CR5: what a start left that was killed while it made the key is removed by the next, and nothing else is")
    func drafts() throws {
        _ = try open()
        let left = "master.key.\(UUID().uuidString).new"
        let others = ["master.key.old", "master.key.mine.new", "other.key.\(UUID().uuidString).new"]
        for name in [left] + others { try scratch.write("a key", to: "Keys/" + name) }
        _ = try open()
        let names = try FileManager.default.contentsOfDirectory(atPath: settings.folders.keys)
        #expect(names.sorted() == (["master.key"] + others).sorted())
    }

    @Test("CR5: of many starts at once all go on with the same key")
    func race() async throws {
        let file = MasterKeyFile(settings: settings)
        let fingerprints = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try file.open(boundTo: nil, random: SystemRandom()).fingerprint } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(fingerprints.count == 1)
    }

    @Test("CR5: a missing key of a database that has one is refused, and none is made in its place")
    func missing() throws {
        let sentence = refusal(boundTo: "0123456789abcdef")
        #expect(sentence.contains("is missing") && sentence.contains("0123456789abcdef") && sentence.contains("backup"))
        #expect(scratch.names.isEmpty)
    }

    @Test("CR5: another key than the database's is refused")
    func swapped() throws {
        let made = try open()
        let sentence = refusal(boundTo: "0123456789abcdef")
        #expect(sentence.contains("is not the one") && sentence.contains(made.fingerprint))
        #expect(sentence.contains("\(settings.folders.keys)/master.key") && sentence.contains("put the right key back"))
    }

    @Test(
        "CR5: a key that is malformed is refused, never repeated and never replaced",
        arguments: [
            "", "\n", "short", SettingsSecretTests.key + "A", " " + SettingsSecretTests.key,
            SettingsSecretTests.key + "\n\n",
            SettingsSecretTests.key + "=", SettingsSecretTests.key.replacing("k", with: "+"),
            String(SettingsSecretTests.key.dropLast()) + "N", "-----BEGIN PRIVATE KEY-----\n",
        ])
    func malformed(text: String) throws {
        try scratch.write(text, to: "Keys/master.key")
        let sentence = refusal()
        #expect(
            sentence.contains("Keys/master.key cannot be used: it is no base64url of 32 bytes; put the right one back"))
        #expect(text.utf8.count < 40 || !sentence.contains(text.prefix(20)))
        #expect(try scratch.text(of: "Keys/master.key") == text)
    }

    static let guessable: [[UInt8]] = [
        [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32), [UInt8](0..<32),
        [UInt8](0..<32).reversed(),
        [UInt8](0..<32).map { $0 % 2 }, [UInt8](0..<32).map { $0 &* 3 },
        [UInt8]("passwordpasswordpasswordpassword".utf8),
    ]

    @Test("CR5: a key that could be guessed is refused", arguments: guessable)
    func weak(bytes: [UInt8]) throws {
        try scratch.write(Base64URL.encode(bytes), to: "Keys/master.key")
        #expect(refusal().contains("it is not random: somebody could guess it"))
        #expect(throws: MasterKey.Fault.weak) { try MasterKey.parse(Base64URL.encode(bytes)) }
    }

    @Test("Keys made by chance are never taken for weak ones")
    func chance() throws {
        for _ in 0..<10_000 { _ = try MasterKey.parse(MasterKey.make(from: SystemRandom())) }
    }

    @Test("CR5: a key that others can read or write is refused", arguments: [0o644, 0o604, 0o666, 0o620, 0o602, 0o777])
    func exposed(mode: Int) throws {
        try scratch.write(SettingsSecretTests.key, to: "Keys/master.key", mode: mode)
        let sentence = refusal()
        #expect(sentence.contains("its mode is \(String(mode, radix: 8))") && sentence.contains("chmod 600"))
    }

    @Test(
        "A key that its group may read is taken: so container platforms mount them",
        arguments: [0o600, 0o400, 0o640, 0o440])
    func group(mode: Int) throws {
        try scratch.write(SettingsSecretTests.key + "\n", to: "Keys/master.key", mode: mode)
        #expect(try open().fingerprint == MasterKey.parse(SettingsSecretTests.key).fingerprint)
    }

    @Test("A folder in the key's place is refused")
    func folder() throws {
        try FileManager.default.createDirectory(
            atPath: settings.folders.keys + "/master.key", withIntermediateDirectories: true)
        #expect(refusal().contains("is no plain file"))
    }

    @Test("A folder that cannot be made is refused")
    func unwritable() throws {
        try scratch.write("", to: "file")
        var other = settings
        other.folders.keys = scratch.path + "/file/Keys"
        #expect(throws: CommandRefusal.self) {
            try MasterKeyFile(settings: other).open(boundTo: nil, random: SystemRandom())
        }
    }

    @Test("A key from the environment is used alone, and held to the same database")
    func given() throws {
        var other = settings
        other.masterKey = GivenMasterKey(
            key: try MasterKey.parse(SettingsSecretTests.key), origin: .environment("MARTLET_MASTER_KEY"))
        let file = MasterKeyFile(settings: other)
        let key = try file.open(boundTo: nil, random: SystemRandom())
        #expect(try file.open(boundTo: key.fingerprint, random: SystemRandom()).fingerprint == key.fingerprint)
        #expect(scratch.names.isEmpty)
        let refusal = #expect(throws: CommandRefusal.self) { try file.open(boundTo: "00", random: SystemRandom()) }
        #expect(refusal?.description.contains("from MARTLET_MASTER_KEY is not the one") == true)
    }
}
