import Cryptography
import Foundation
import OAuth
import Testing

@testable import martlet

@Suite("The house opens with its own key, or not at all (CR5)")
struct OpenHouseTests {
    private let scratch: Scratch
    private var settings: Settings

    init() throws {
        scratch = try Scratch()
        settings = Settings()
        settings.database = .sqlite(path: scratch.path + "/data/martlet.db")
        settings.folders.keys = scratch.path + "/Keys"
        settings.folders.clients = scratch.path + "/Clients"
        settings.signing.algorithms = [.es256, .edDSA]
    }

    private func open() async throws -> OpenHouse {
        try await OpenHouse.open(settings, logger: LogCapture().logger())
    }

    @Test("The first opening makes key and database, the second finds them")
    func twice() async throws {
        let first = try await open()
        let keys = try await first.store.signingKeys()
        await first.close()
        let second = try await open()
        #expect(try await second.store.signingKeys() == keys && keys.count == 2)
        #expect(second.masterKey.fingerprint == first.masterKey.fingerprint)
        await second.close()
    }

    @Test("CR5: with the key gone or swapped nothing opens, and no new key is made")
    func lost() async throws {
        await (try open()).close()
        let path = settings.folders.keys + "/master.key"
        try FileManager.default.removeItem(atPath: path)
        await #expect(throws: CommandRefusal.self) { try await open() }
        #expect(!FileManager.default.fileExists(atPath: path))
        try scratch.write(SettingsSecretTests.key, to: "Keys/master.key")
        await #expect(throws: CommandRefusal.self) { try await open() }
        #expect(try scratch.text(of: "Keys/master.key") == SettingsSecretTests.key)
    }

    @Test("A PEM key is taken over once, and its file renamed so that it cannot come back")
    func importsOnce() async throws {
        await (try open()).close()
        try scratch.write(PrivateKey.generate(.p256).pem(), to: "Keys/mine.pem")
        let house = try await open()
        #expect(try await house.store.signingKeys().filter { $0.algorithm == .es256 }.count == 2)
        await house.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: settings.folders.keys).sorted()
        #expect(names == ["master.key", "mine.pem.imported"])
    }

    @Test("A PEM key at the very first start is the one that signs, and no other is made for its algorithm")
    func brought() async throws {
        let mine = try PrivateKey.generate(.p256)
        try scratch.write(mine.pem(), to: "Keys/mine.pem")
        let house = try await open()
        let keys = try await house.store.signingKeys()
        #expect(keys.count == 2 && keys.filter { $0.algorithm == .es256 }.count == 1)
        #expect(house.vault.takenOver.count == 1)
        #expect(try house.vault.keyRing.signingKey(.es256)?.privateKey.der() == mine.der())
        await house.close()
    }

    @Test("A broken PEM key keeps the house shut, and no key is made")
    func brokenKey() async throws {
        try scratch.write("no key", to: "Keys/mine.pem")
        await #expect(throws: CommandRefusal.self) { try await open() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: settings.folders.keys) == ["mine.pem"])
    }

    @Test("A database that cannot be opened is refused with its path")
    func noDatabase() async throws {
        var other = settings
        other.database = .sqlite(path: try scratch.write("", to: "file") + "/martlet.db")
        let refusal = await #expect(throws: CommandRefusal.self) { try await OpenHouse.openStore(other) }
        #expect(refusal?.description.contains(other.databaseLocation.description) == true)
    }

    @Test("A check of an empty place makes nothing")
    func checkMakesNothing() async throws {
        try FileManager.default.createDirectory(atPath: settings.folders.clients, withIntermediateDirectories: true)
        let findings = await HouseCheck(settings: settings, given: [:]).findings()
        let faults = findings.filter { $0.room != "pages" }.flatMap(\.faults)
        #expect(faults.isEmpty)
        #expect(scratch.names == ["Clients"])
    }

    @Test("A check tells the faults of every room at once")
    func checkTellsAll() async throws {
        await (try open()).close()
        try FileManager.default.removeItem(atPath: settings.folders.keys + "/master.key")
        try scratch.write("no key", to: "Keys/mine.pem")
        try scratch.write("{", to: "Clients/app.json")
        let findings = await HouseCheck(settings: settings, given: [:]).findings()
        let faulty = Set(findings.filter { !$0.faults.isEmpty }.map(\.room))
        #expect(faulty.isSuperset(of: ["master key", "keys", "clients"]))
        #expect(
            !scratch.names.contains("Templates")
                && !FileManager.default.fileExists(atPath: settings.folders.keys + "/master.key"))
    }
}
