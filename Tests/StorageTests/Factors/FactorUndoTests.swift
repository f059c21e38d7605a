import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: a first factor is taken back by the mail about it")
struct FactorUndoTests {
    private typealias Story = FactorStory

    private func undo(_ name: String, of subject: String = "id-ann") -> OneTimeArtefact {
        OneTimeArtefact(
            kind: .factorUndo, digest: digest("undo \(name)"), binding: subject, expiresAt: start + 7 * day)
    }

    private func add(
        _ kind: FactorChange.Kind, undo name: String, in session: Session, as secret: String, _ store: Store
    ) async throws -> FactorChange.Outcome {
        var change = Story.change(kind, in: session, as: secret, codes: ["a"])
        change.undo = undo(name)
        change.letters = [news("later \(name)", of: .factorAdded)]
        change.firstLetters = [news("first \(name)", of: .firstFactorAdded)]
        return try await store.change(change, at: start)
    }

    @Test(
        "Only the first factor can be taken back so; its letter tells, and later ones do not",
        arguments: StoreKind.allCases)
    func firstAlone(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let session = try await store.signIn("ann")
            #expect(
                try await add(.addTOTP(Story.totp(), step: 100), undo: "one", in: session, as: "f1", store)
                    == .doneWithCodes)
            let whole = try await store.wholeSession("s2")
            let challenge = Story.challenge("c")
            #expect(
                try await add(
                    .addPasskey(Story.passkey(), challenge: challenge), undo: "two", in: whole, as: "f2", store)
                    == .done)
            #expect(try await store.factorsToUndo(digest("undo one"), at: start) == "id-ann")
            #expect(try await store.factorsToUndo(digest("undo two"), at: start) == nil)
            #expect(try await store.count("outbox", where: "kind = 'first_factor_added'") == 1)
            #expect(try await store.count("outbox", where: "kind = 'factor_added'") == 1)
        }
    }

    @Test(
        "Everything goes and everybody is signed out, once; looking spends nothing; others keep theirs (ML3)",
        arguments: StoreKind.allCases)
    func undone(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.enrol("bob", [Story.totp("bobs", of: "id-bob")])
            let session = try await first.signIn("ann")
            _ = try await add(.addTOTP(Story.totp(), step: 100), undo: "one", in: session, as: "f1", first)
            let whole = try await first.wholeSession("s2")
            let given = grant("g", from: whole, isOffline: true)
            try await first.issue(given)
            let half = try await first.halfSession("s3")
            for _ in 1...3 { #expect(try await first.factorsToUndo(digest("undo one"), at: start) == "id-ann") }
            for name in ["undo two", "one", "", "stop 1"] {
                #expect(try await first.factorsToUndo(digest(name), at: start) == nil)
                #expect(try await first.undoFactors(digest(name), at: start) == nil)
            }
            #expect(try await first.undoFactors(digest("undo one"), at: start + 7 * day) == nil, "too old")
            #expect(try await first.holdings(of: "id-ann").isEnrolled)
            #expect(try await second.undoFactors(digest("undo one"), at: start + 7 * day + -1) == "id-ann")
            #expect(try await first.holdings(of: "id-ann") == FactorHoldings(recoveredAt: start + 7 * day + -1))
            for secret in [digest("f1"), whole.secret, half.secret] {
                #expect(try await first.session(secret, at: start) == nil)
            }
            #expect(try await first.grant("g")?.ending == .credentialsChanged)
            #expect(try await first.undoFactors(digest("undo one"), at: start) == nil)
            #expect(try await first.holdings(of: "id-bob").isEnrolled)
        }
    }

    @Test(
        "Without a factor there is nothing to undo, and a new first one has a link of its own",
        arguments: StoreKind.allCases)
    func anew(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let session = try await store.signIn("ann")
            _ = try await add(.addTOTP(Story.totp(), step: 100), undo: "one", in: session, as: "f1", store)
            #expect(try await store.resetFactors(of: "id-ann", letters: [], at: start) == 1)
            #expect(try await store.factorsToUndo(digest("undo one"), at: start) == nil)
            #expect(try await store.undoFactors(digest("undo one"), at: start) == nil)
            let again = try await store.signIn("ann", session: "s2")
            _ = try await add(.addTOTP(Story.totp("t2"), step: 100), undo: "two", in: again, as: "f2", store)
            #expect(try await store.factorsToUndo(digest("undo one"), at: start) == nil)
            #expect(try await store.factorsToUndo(digest("undo two"), at: start) == "id-ann")
        }
    }
}
