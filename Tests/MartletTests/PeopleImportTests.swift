import Cryptography
import Foundation
import Identity
import OAuth
import Storage
import Testing

@testable import martlet

@Suite("Importing people")
struct PeopleImportTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let hash = "pbkdf2_sha1$1000$seasalt2026$CiFdHt0od0HOQUBDNchoqglF4w0="

    private static func user(_ email: String, _ password: String = hash, number: Int = 1) -> String {
        """
        {"model": "auth.user", "pk": \(number), "fields": {"username": "u\(number)", "email": "\(email)",
         "password": "\(password)", "date_joined": "2024-03-01T12:30:00Z"}}
        """
    }

    private func run(
        _ text: String, _ format: any ArrivalFormat = DjangoArrivals(), dryRun: Bool = false, in store: Store
    ) async throws -> ImportReport {
        let file = try ImportFile(try scratch.write(text, to: "people.json"))
        let hasher = try PasswordHasher(threads: 1)
        defer { hasher.stop() }
        var people = PeopleImport(
            file, format, report: ImportReport(format: .django, isDryRun: dryRun),
            resettlement: Resettlement(store: store, hasher: hasher, random: SystemRandom()),
            voice: ImportVoice(
                json: true, verbose: false, path: file.path, terminal: Terminal(isTerminal: false, environment: [:])))
        try people.survey()
        try await people.run(at: Instant(seconds: 1_800_000_000))
        return people.report
    }

    private func withStore(_ body: @Sendable (Store) async throws -> Void) async throws {
        let store = try await Store.open(sqlite: scratch.path + "/people.db")
        try await body(store)
        await store.close()
    }

    @Test("Everybody is created or refused by themselves; again, all are taken; more than one batch is no matter")
    func fates() async throws {
        try await withStore { store async throws in
            var users = (0..<450).map { Self.user("p\($0)@example.org", number: $0) }
            users[7] = Self.user("nonsense", number: 7)
            users[8] = Self.user("P9@example.org", number: 8)
            users[10] = #"{"model": 1}"#
            users[11] = #"{"model": "x", "fields": 5}"#
            users[12] = "{}"
            let text = "[" + users.joined(separator: ",\n") + "]"
            let foreseen = try await run(text, dryRun: true, in: store)
            #expect(try await store.accounts(after: nil, limit: 1).isEmpty)
            let report = try await run(text, in: store)
            for report in [foreseen, report] {
                #expect(report.count(.created) == 445 && report.count(.refused) == 5 && report.count(.taken) == 0)
            }
            let again = try await run(text, in: store)
            #expect(again.count(.created) == 0 && again.count(.taken) == 445 && again.count(.refused) == 5)
            #expect(
                again.details == [
                    "method": "command", "format": "django", "created": "0", "taken": "445", "refused": "5",
                ])
        }
    }

    @Test(
        "A file that is damaged or holds nobody imports nobody, and says where",
        arguments: [
            "", "[]", "[{}", #"[{"model": "auth.user"#, "[\(user("ann@example.org")),]", "[\(user("ann@example.org"))",
            // Damage within a record, before one that is whole or behind it.
            "[5, \(user("ann@example.org"))]", "[\(user("ann@example.org")), null]",
            #"[{"model": "x", "fields": {"a": 1, "a": 2}}, \#(user("ann@example.org"))]"#,
            #"[\#(user("ann@example.org")), {"model": "x" "fields": 1}]"#, "[\(user("ann@example.org")), {]}]",
            #"[\#(user("ann@example.org")), {"model": "\u{FFFF}", "pk": 01}]"#, "[\(user("ann@example.org")), []]",
        ])
    func damaged(text: String) async throws {
        try await withStore { store async throws in
            let refusal = await #expect(throws: CommandRefusal.self) { try await run(text, in: store) }
            #expect(refusal?.sentences.first?.contains("people.json") == true)
            #expect(try await store.accounts(after: nil, limit: 1).isEmpty)
        }
    }

    @Test("What is foreseen is what comes, with people who are in each other's way across batches")
    func foreseen() async throws {
        try await withStore { store async throws in
            var users = (0..<450).map { Self.user("p\($0)@example.org", number: $0) }
            users[300] = users[0].replacing("p0@", with: "q0@")
            users[301] = users[301].replacing("u301", with: "U299")
            let text = "[" + users.joined(separator: ",\n") + "]"
            let foreseen = try await run(text, dryRun: true, in: store)
            #expect(try await store.accounts(after: nil, limit: 1).isEmpty)
            let report = try await run(text, in: store)
            #expect(report.counts == foreseen.counts && report.count(.taken) == 1 && report.count(.created) == 449)
        }
    }

    @Test("Every damaged record is told with its line, and not more than can be read")
    func manyDamaged() async throws {
        try await withStore { store async throws in
            let lines = (1...60).map { $0 % 2 == 0 ? #"{"a": 1, "a": 2}"# : Self.user("p\($0)@example.org") }
            let refusal = await #expect(throws: CommandRefusal.self) {
                try await run("[" + lines.joined(separator: ",\n") + "]", in: store)
            }
            let told = refusal?.sentences ?? []
            #expect(told.count == 22 && told.first?.contains("people.json:3: line 3 is not JSON") == true)
            #expect(told.dropFirst(20) == ["and 10 more", "the file is damaged; nothing was imported"])
            #expect(try await store.accounts(after: nil, limit: 1).isEmpty)
        }
    }

    @Test("A record that is longer than can be read is refused by itself")
    func tooLong() async throws {
        try await withStore { store async throws in
            let long =
                #"{"model": "x.y", "fields": {"email": "a@example.org", "password": "\#(String(repeating: "x", count: 1 << 20))"}}"#
            let report = try await run("[\(long), \(Self.user("ann@example.org"))]", in: store)
            #expect(report.count(.created) == 1 && report.count(.refused) == 1)
        }
    }

    @Test("Firebase's hashes without parameters are asked wrongly, and import nobody", arguments: [false, true])
    func missingParameters(dryRun: Bool) async throws {
        try await withStore { store async throws in
            let text = #"{"users": [{"localId": "x", "email": "a@example.org", "passwordHash": "AAAA", "salt": "AA"}]}"#
            let refusal = await #expect(throws: CommandRefusal.self) {
                try await run(text, FirebaseArrivals(nil), dryRun: dryRun, in: store)
            }
            #expect(refusal?.exitCode == .usage && refusal?.description.contains("--hash-config") == true)
            #expect(try await store.accounts(after: nil, limit: 1).isEmpty)
            let meant = FirebaseArrivals(nil, comesWithoutPasswords: true)
            #expect(try await run(text, meant, dryRun: dryRun, in: store).withoutPassword == 1)
        }
    }

    @Test("Who comes without a password is counted, and what stays behind")
    func counted() async throws {
        try await withStore { store async throws in
            let text =
                "["
                + [
                    Self.user("a@example.org", "!", number: 1), Self.user("b@example.org", "md5$$9cc2", number: 2),
                    Self.user("c@example.org", number: 3),
                    #"{"model":"otp_totp.totpdevice","pk":1,"fields":{"key":"x"}}"#,
                ].joined(separator: ",") + "]"
            let report = try await run(text, in: store)
            #expect(report.count(.created) == 3 && report.withoutPassword == 2)
            #expect(report.leftBehind.counts == ["second factors (totp)": 1])
            let words = ImportVoice.text(report)
            #expect(words.contains("3 people came along from Django") && words.contains("second factors (totp): 1"))
            #expect(words.contains("2 people of them have no password here"))
            #expect(report.unproven == 3 && words.contains("3 people of them have an address that nobody has proven"))
        }
    }

    @Test("Whose file it is shows in its beginning, or nothing is guessed")
    func guesses() {
        let files: [(String, ArrivalFormatName?)] = [
            (Self.user("a@example.org"), .django), (#"{"realm":"x","users":[]}"#, .keycloak),
            (#"{"users":[{"localId":"x"}]}"#, .firebase), (#"{"_id":{"$oid":"x"},"email":"a"}"#, .auth0),
            (#"[{"user_id":"auth0|1"}]"#, .auth0), (#"{"format":"martlet-user-1"}"#, .martlet),
            ("", nil), ("root:x:0:0", nil), ("[]", nil), (#"{"users":[]}"#, nil), (#"{"model":"x"}"#, nil),
        ]
        for (text, format) in files {
            #expect(ArrivalFormatName.guess(Array(text.utf8)) == format, "\(text)")
        }
        #expect(ArrivalFormatName.guess([0xFF, 0xFE, 0x00]) == nil)
    }

    private static let config = """
        hash_config {
          algorithm: SCRYPT,
          base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
          base64_salt_separator: Bw==,
          rounds: 8,
          mem_cost: 14,
        }
        """

    @Test("Firebase's hash parameters are read as the console shows them, and as JSON")
    func hashConfig() throws {
        let hash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
        let json = """
            {"algorithm":"SCRYPT","base64_signer_key":"jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==","base64_salt_separator":"Bw==","rounds":8,"mem_cost":14}
            """
        for text in [Self.config, json, #"{"hash_config":\#(json)}"#] {
            let parameters = try FirebaseHashConfig.parse(text, "config")
            guard case .imported(let read) = try parameters.read(hash: hash, salt: "42xEC+ixf3L2lw==") else {
                throw CommandRefusal("none")
            }
            #expect(read.isMade(from: Array("user1password".utf8)))
        }
    }

    @Test("Parameters that are missing, damaged or of another algorithm are refused")
    func wrongHashConfig() {
        let wrong = [
            "", "{}", "hash_config {", Self.config.replacing("SCRYPT", with: "HMAC_SHA512"),
            Self.config.replacing("mem_cost: 14", with: ""), Self.config.replacing("14", with: "31"),
            Self.config.replacing("14", with: "x"), Self.config.replacing("rounds: 8", with: "rounds: 0"),
            Self.config.replacing("jxspr8", with: "***"), Self.config.replacing("Bw==", with: "B"),
        ]
        for text in wrong {
            #expect(throws: CommandRefusal.self, "\(text)") { try FirebaseHashConfig.parse(text, "config") }
        }
        #expect(throws: CommandRefusal.self) { try FirebaseHashConfig.read(scratch.path + "/none") }
    }

    @Test("An export is for its owner alone, appears when it is whole, and writes over nothing unasked")
    func exportFile() throws {
        let path = scratch.path + "/people.out"
        do {
            let abandoned = try ExportFile(path, replacing: false)
            try abandoned.write([1, 2])
        }
        #expect(scratch.names.isEmpty)
        let file = try ExportFile(path, replacing: false)
        try file.write(Array("one\n".utf8))
        #expect(!scratch.names.contains("people.out"))
        try file.finish()
        #expect(try scratch.mode(of: "people.out") == 0o600)
        #expect(throws: CommandRefusal.self) { try ExportFile(path, replacing: false) }
        let other = try ExportFile(path, replacing: true)
        try other.write(Array("two\n".utf8))
        try other.finish()
        #expect(try scratch.text(of: "people.out") == "two\n")
        #expect(throws: CommandRefusal.self) { try ExportFile(scratch.path + "/no/such/folder", replacing: false) }
    }

    @Test(
        "What is asked wrongly ends with 2",
        arguments: [
            ["user", "import"], ["user", "import", "x", "--format", "ldap"],
            ["user", "import", "x", "--format", "django", "--hash-config", "y"],
            ["user", "import", "x", "--format", "auth0", "--addresses-proven"],
            ["user", "import", "x", "--format", "django", "--groups-as-roles"], ["user", "export", "--replace"],
            ["user", "import", "x", "--format", "keycloak", "--without-passwords"],
            ["user", "import", "x", "--hash-config", "y", "--without-passwords"],
            ["user", "import", "x", "--source", ""], ["user", "import", "x", "--source", "My Shop"],
            ["user", "import", "x", "--source", "straße"],
            ["user", "import", "x", "--source", "a23456789012345678901234567890123"],
            ["user", "import", "x", "--format", "martlet", "--source", "old"],
        ])
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Martlet.parseAsRoot(arguments) }
        #expect(error.map { CommandEnding($0).code } == 2)
    }

    @Test("A folder or a file that is not there is refused before anything is opened")
    func noFile() {
        #expect(throws: CommandRefusal.self) { try ImportFile(scratch.path + "/none") }
        #expect(throws: CommandRefusal.self) { try ImportFile(scratch.path) }
        #expect(throws: CommandRefusal.self) { try ImportFile("/dev/null") }
    }
}
