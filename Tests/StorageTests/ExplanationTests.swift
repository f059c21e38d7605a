import OAuth
import Storage
import Testing

@Suite("Explanations in the database")
struct ExplanationTests {
    private func explanation(_ number: Int) -> Explanation {
        let finding = Finding(
            .redirectAddress, seen: .sent("https://app.example/\(number)"), expected: "another", repair: "Change it.")
        return Explanation(
            reference: "ref\(number)", at: start, route: "GET /authorize", status: 400,
            examination: Examination(
                finding, in: Course.authorization,
                established: Established([.client: "app"], clientID: "app", subject: "ann")))
    }

    @Test("What is kept comes back as it was, in another process, too (CF1)", arguments: StoreKind.allCases)
    func roundTrip(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.append([explanation(1), explanation(2)], keeping: 60, most: 10)
            #expect(try await second.explanation("ref1", at: start) == explanation(1))
            #expect(try await second.explanations(latest: 1, at: start).map(\.reference) == ["ref2"])
            #expect(try await second.explanation("ref3", at: start) == nil)
        }
    }

    @Test("A batch written twice is there once (CF5)", arguments: StoreKind.allCases)
    func twice(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for _ in 0..<2 { try await store.append([explanation(1)], keeping: 60, most: 10) }
            #expect(try await store.explanations(latest: 10, at: start).count == 1)
        }
    }

    @Test(
        "Of two with one reference the older stays as it is, and the rest of the batch is kept (CF5)",
        arguments: StoreKind.allCases)
    func sameReference(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let first = explanation(1)
            let second = Explanation(
                reference: "ref1", at: start + 1, route: "POST /token", status: 401, examination: first.examination)
            try await store.append([first, second, explanation(2)], keeping: 60, most: 10)
            try await store.append([second, explanation(3)], keeping: 60, most: 10)
            #expect(try await store.explanation("ref1", at: start) == first)
            let kept = try await store.explanations(latest: 10, at: start)
            #expect(kept.map(\.reference) == ["ref3", "ref2", "ref1"])
        }
    }

    @Test("Of too many the oldest go, at once (IN9)", arguments: StoreKind.allCases)
    func cap(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for batch in 0..<5 {
                try await store.append((1...4).map { explanation(batch * 4 + $0) }, keeping: 60, most: 10)
            }
            let kept = try await store.explanations(latest: 100, at: start)
            #expect(kept.map(\.reference) == (11...20).reversed().map { "ref\($0)" })
        }
    }

    @Test("After its time one is neither told nor, once swept, there", arguments: StoreKind.allCases)
    func expiry(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.append([explanation(1)], keeping: 60, most: 10)
            #expect(try await store.explanation("ref1", at: start + 59) != nil)
            #expect(try await store.explanation("ref1", at: start + 60) == nil)
            #expect(try await store.explanations(latest: 1, at: start + 60).isEmpty)
            #expect(try await store.sweep(at: start + 59, limit: 10) == 0)
            #expect(try await store.sweep(at: start + 60, limit: 10) == 1)
        }
    }
}
