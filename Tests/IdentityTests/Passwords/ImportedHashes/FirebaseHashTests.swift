import Identity
import Testing

@Suite("Firebase's modified scrypt")
struct FirebaseHashTests {
    private static let signer =
        "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
    private static let hash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
    private static let salt = "42xEC+ixf3L2lw=="

    private static func parameters(
        signer: String = signer, separator: String = "Bw==", rounds: Int = 8, memory: Int = 14
    ) throws -> FirebaseHashParameters {
        try FirebaseHashParameters(signerKey: signer, saltSeparator: separator, rounds: rounds, memoryCost: memory)
    }

    private static func urlSafe(_ text: String) -> String {
        text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    @Test("The published vector opens, in either alphabet of base64, and with no other password")
    func vector() throws {
        let standard = try Self.parameters().read(hash: Self.hash, salt: Self.salt).slowedCheaply()
        let urlSafe = try Self.parameters(signer: Self.urlSafe(Self.signer)).read(
            hash: Self.urlSafe(Self.hash), salt: Self.urlSafe(Self.salt)
        ).slowedCheaply()
        #expect(standard == urlSafe)
        #expect(standard.isMade(from: Array("user1password".utf8)))
        #expect(try ImportedHash(stored: standard.stored).isMade(from: Array("user1password".utf8)))
        for other in ["", "user1passwore", "\0user1password", "USER1PASSWORD"] {
            #expect(!standard.isMade(from: Array(other.utf8)))
        }
    }

    @Test("The project's signer key is not in what is stored")
    func signerKey() throws {
        let stored = try Self.parameters().read(hash: Self.hash, salt: Self.salt).slowedCheaply().stored
        #expect(!stored.contains(Self.urlSafe(Self.signer)) && !stored.contains(Self.signer))
        #expect(!stored.contains(Self.urlSafe(Self.hash)))
    }

    @Test("Other parameters make other hashes")
    func otherParameters() throws {
        let others = [
            try Self.parameters(separator: "CA=="), try Self.parameters(separator: ""), try Self.parameters(rounds: 4),
            try Self.parameters(memory: 13),
        ]
        for other in others {
            let hash = try other.read(hash: Self.hash, salt: Self.salt).slowedCheaply()
            #expect(!hash.isMade(from: Array("user1password".utf8)))
        }
    }

    @Test("Parameters that are damaged or too dear are refused for the whole project")
    func parameters() {
        let tries: [() throws -> FirebaseHashParameters] = [
            { try Self.parameters(signer: "") }, { try Self.parameters(signer: "*") },
            { try Self.parameters(signer: String(repeating: "AAAA", count: 100)) },
            { try Self.parameters(separator: "?") }, { try Self.parameters(rounds: 0) },
            { try Self.parameters(rounds: -8) }, { try Self.parameters(rounds: .max) },
            { try Self.parameters(memory: 0) }, { try Self.parameters(memory: -1) },
            { try Self.parameters(memory: 31) },
            { try Self.parameters(memory: .max) }, { try Self.parameters(memory: 19) },
            { try Self.parameters(rounds: 129) },
        ]
        for attempt in tries {
            #expect(throws: HashFault.self) { try attempt() }
        }
    }

    @Test(
        "A hash that is damaged, or of another project, is refused",
        arguments: [
            ("", salt), (hash, ""), (String(hash.dropLast(8)), salt), (hash + "AAAA", salt), (hash, "4"),
            ("!" + hash.dropFirst(), salt), (hash, "\0\0\0\0"), (String(repeating: "A", count: 100_000), salt),
            (hash, String(repeating: "A", count: 100_000)),
        ])
    func malformed(hash: String, salt: String) throws {
        let parameters = try Self.parameters()
        #expect(throws: HashFault.self) { try parameters.read(hash: hash, salt: salt) }
    }
}
