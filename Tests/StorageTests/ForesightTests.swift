import Cryptography
import Identity
import JSON
import OAuth
import Storage
import Testing

@Suite("StoreContract: what an import would do is what it does")
struct ForesightTests {
    private func person(_ line: JSONObject) throws -> ArrivingPerson {
        var all: JSONObject = ["format": "martlet-user-1"]
        for (name, value) in line.members { all[name] = value }
        return try #require(try MartletArrivals().read(all))
    }

    private static func subject(_ byte: UInt8) -> JSONValue {
        .string(Base64URL.encode(Array(repeating: byte, count: 16)))
    }

    private static func github(_ subject: String) -> JSONValue { ["provider": "github", "subject": .string(subject)] }
    private static let google: JSONValue = [["provider": "google", "email": "same@example.org"]]

    /// Conflicts with who is here, and of one record with another.
    private func file() throws -> [ArrivingPerson] {
        let lines: [JSONObject] = [
            ["sub": Self.subject(1), "email": "here@example.org"],
            ["sub": Self.subject(9), "email": "other@example.org"],
            ["sub": Self.subject(2), "email": "b@example.org", "preferred_username": "taken"],
            ["sub": Self.subject(3), "email": "c@example.org", "preferred_username": "free"],
            ["sub": Self.subject(4), "email": "d@example.org", "preferred_username": "FREE"],
            ["sub": Self.subject(3), "email": "e@example.org"],
            ["sub": Self.subject(5), "email": "C@example.org"],
            ["sub": Self.subject(6), "email": "f@example.org", "attributes": ["legacy_sub_django": "1"]],
            ["sub": Self.subject(7), "email": "g@example.org", "attributes": ["legacy_sub_django": "1"]],
            ["sub": Self.subject(8), "email": "h@example.org", "attributes": ["legacy_sub_django": "7"]],
            ["sub": Self.subject(8), "email": "g@example.org", "attributes": ["legacy_sub_django": "8"]],
            ["sub": Self.subject(10), "email": "f@example.org", "attributes": ["legacy_sub_django": "9"]],
            ["sub": Self.subject(11), "email": "i@example.org", "attributes": ["legacy_sub_django": "9"]],
            ["sub": Self.subject(13), "email": "j@example.org", "identities": [Self.github("of here")]],
            ["sub": Self.subject(14), "email": "k@example.org", "identities": [Self.github("1"), Self.github("1")]],
            ["sub": Self.subject(15), "email": "l@example.org", "identities": [Self.github("2"), Self.github("1")]],
            ["sub": Self.subject(16), "email": "m@example.org", "identities": [Self.github("2")]],
            ["sub": Self.subject(17), "email": "n@example.org", "expected_identities": Self.google],
            ["sub": Self.subject(18), "email": "o@example.org", "expected_identities": Self.google],
        ]
        return try lines.map(person)
    }

    private static let expected: [SettlingOutcome] = [
        .emailTaken, .subjectTaken, .createdWithoutUsername, .created, .createdWithoutUsername, .subjectTaken,
        .emailTaken, .created, .arrivedBefore, .arrivedBefore, .created, .emailTaken, .removed, .identityTaken,
        .created, .identityTaken, .created, .created, .identityTaken,
    ]

    @Test(
        "IN3: a dry run sees what is between records of one file, in one batch or in several, and writes nothing",
        arguments: StoreKind.allCases)
    func agrees(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for (byte, name, attributes) in [
                (9, "here", ["legacy_sub_django": "7"]), (12, "gone", ["legacy_sub_django": "9"]),
            ] as [(UInt8, String, JSONObject)] {
                let account = Account(
                    id: Base64URL.encode(Array(repeating: byte, count: 16)),
                    email: try #require(EmailAddress("\(name)@example.org")), isEmailVerified: true,
                    profile: Profile(preferredUsername: name == "here" ? "taken" : nil, attributes: attributes),
                    deletion: name == "gone" ? Deletion(time: start, actor: .person) : nil, passwordHash: nil,
                    createdAt: start, updatedAt: start)
                #expect(try await store.create(account))
                if name == "here" { try await store.connect(UpstreamStory.identity("of here"), to: account.id) }
            }
            #expect(try await store.purge(Base64URL.encode(Array(repeating: 12, count: 16)), deletedUntil: start))
            let hasher = try PasswordHasher(
                scheme: ImportingScheme(Argon2idParameters(memoryKiB: 64, passes: 1)), threads: 1)
            defer { hasher.stop() }
            let resettlement = Resettlement(store: store, hasher: hasher, random: SystemRandom())
            let people = try file()
            var whole = try await resettlement.foresight()
            #expect(try await resettlement.foresee(people, after: &whole, at: start) == Self.expected)
            var pieces = try await resettlement.foresight()
            var outcomes: [SettlingOutcome] = []
            for arrival in people {
                outcomes += try await resettlement.foresee([arrival], after: &pieces, at: start)
            }
            #expect(outcomes == Self.expected)
            #expect(try await store.accounts(after: nil, limit: 10).count == 1)
            #expect(try await store.unnotedArrivals(after: nil, limit: 10).count == 1)
            try await resettlement.note()
            #expect(try await resettlement.settle(people, at: start) == Self.expected)
        }
    }
}
