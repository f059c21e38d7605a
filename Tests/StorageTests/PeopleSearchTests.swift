import Foundation
import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: finding people")
struct PeopleSearchTests {
    private func query(
        _ text: String? = nil, role: String? = nil, state: PersonQuery.State? = nil, after: String? = nil,
        limit: Int = 50
    ) -> PersonQuery {
        var query = PersonQuery()
        (query.text, query.role, query.state, query.after, query.limit) = (text, role, state, after, limit)
        return query
    }

    private func add(
        _ address: String, _ profile: Profile = Profile(), roles: [Role] = [], status: Account.Status = .active,
        isVerified: Bool = true, deletion: Deletion? = nil, to store: Store
    ) async throws {
        let email = try #require(EmailAddress(address))
        let person = Account(
            id: "id-\(email.canonical)", email: email, isEmailVerified: isVerified, profile: profile, roles: roles,
            status: status, deletion: deletion, passwordHash: nil, createdAt: start, updatedAt: start)
        try #require(try await store.create(person))
    }

    private func names(_ query: PersonQuery, _ store: Store) async throws -> [String] {
        try await store.people(query).map { String($0.email.canonical.prefix { $0 != "@" }) }
    }

    private func fill(_ store: Store) async throws {
        try await add("Emile@example.org", Profile(name: "Émile ZOLA", preferredUsername: "J-Accuse"), to: store)
        try await add("muller@example.org", Profile(givenName: "Jörg", familyName: "MÜLLER"), to: store)
        try await add("a_b@example.org", Profile(name: "100% Ann"), to: store)
        try await add("axb@example.org", Profile(name: "Ann\\O'Hara"), to: store)
        try await add("turk@example.org", Profile(name: "İlker Şahin"), to: store)
        try await add("cem@example.org", Profile(name: "Ｃｅｍ"), to: store)
    }

    static let searches: [(String, [String])] = [
        ("emile", ["emile"]), ("EMILE@", ["emile"]), ("émile", ["emile"]), ("ÉMILE", ["emile"]), ("zol", ["emile"]),
        ("mile", ["emile"]), ("j-acc", ["emile"]), ("müller", ["muller"]), ("MULLER", ["muller"]),
        ("jorg", ["muller"]), ("cem", ["cem"]), ("şah", ["turk"]), ("SAHIN", ["turk"]), ("ilker", ["turk"]),
        // What LIKE would read as any letter, or as any letters, is that letter alone.
        ("a_b", ["a_b"]), ("a%b", []), ("%", ["a_b"]), ("_", []), ("100%", ["a_b"]), ("\\", ["axb"]), ("o'h", ["axb"]),
        ("nobody", []), ("example.org", []), ("' OR '1'='1", []), ("ann", ["a_b", "axb"]),
        ("", ["a_b", "axb", "cem", "emile", "muller", "turk"]),
    ]

    @Test(
        "An address is found by its beginning, a name or username by any part of it, in any case, on each engine alike (IN2)",
        arguments: StoreKind.allCases)
    func text(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await fill(store)
            for (text, expected) in Self.searches {
                #expect(try await names(query(text), store) == expected, "\(text)")
            }
        }
    }

    @Test("Names of a database from before are folded at the first search", arguments: StoreKind.allCases)
    func unfolded(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await fill(store)
            for number in 0..<1100 { try await add("p\(number)@x.org", Profile(name: "Person"), to: store) }
            _ = try await store.database.write { try $0.execute("UPDATE accounts SET search_text = NULL", []) }
            #expect(try await names(query("ÉMILE"), store) == ["emile"])
            #expect(try await store.people(query("person", limit: 500)).count == PersonQuery.most + 1)
        }
    }

    @Test("Role and state narrow the search, alone and together", arguments: StoreKind.allCases)
    func filters(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await add("ann@x.org", roles: [Role("staff"), Role("staff", context: "p1")], to: store)
            try await add("bob@x.org", roles: [Role("staff")], status: .disabled, to: store)
            try await add("cem@x.org", isVerified: false, to: store)
            try await add("dan@x.org", deletion: Deletion(time: start, actor: .person), to: store)
            try await add("eve@x.org", status: .disabled, isVerified: false, to: store)
            #expect(try await names(query(role: "staff"), store) == ["ann", "bob"])
            #expect(try await names(query(role: "Staff"), store) == [])
            #expect(try await names(query(state: .active), store) == ["ann", "cem"])
            #expect(try await names(query(state: .disabled), store) == ["bob", "eve"])
            #expect(try await names(query(state: .deleted), store) == ["dan"])
            #expect(try await names(query(state: .unverified), store) == ["cem"])
            #expect(try await names(query(role: "staff", state: .disabled), store) == ["bob"])
            #expect(try await names(query("a", role: "staff", state: .active), store) == ["ann"])
            #expect(try await store.people(query(role: "staff")).first?.roles.count == 2)
        }
    }

    @Test("Pages follow one another without a gap, and are bounded", arguments: StoreKind.allCases)
    func pages(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for name in ["e", "B", "d", "a", "C"] { try await add("\(name)@x.org", Profile(name: "Same"), to: store) }
            var found: [String] = []
            var after: String?
            while true {
                let page = try await store.people(query("same", after: after, limit: 2))
                guard let last = page.last else { break }
                found += page.map(\.email.canonical)
                after = last.email.canonical
            }
            #expect(found == ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"])
            #expect(try await store.people(query(limit: 0)).isEmpty)
            #expect(try await store.people(query(limit: -5)).isEmpty)
            #expect(try await store.people(query(limit: .max)).count == 5)
        }
    }

    @Test("Whatever writes a name says that it is to be folded anew")
    func inspection() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Storage").standardized
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".swift") }
        var seen = 0
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for statement in text.matches(of: /(?s)UPDATE accounts SET(.*?)WHERE/) {
                seen += 1
                let names = ["name =", "given_name =", "family_name =", "preferred_username ="]
                guard names.contains(where: { statement.1.contains($0) }) else { continue }
                #expect(statement.1.contains("search_text = "), "\(file) changes a name that search then does not find")
            }
        }
        #expect(seen > 4)
    }
}
