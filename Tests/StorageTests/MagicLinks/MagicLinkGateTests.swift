import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: whom a link lets in")
struct MagicLinkGateTests {
    private typealias Story = MagicLinkStory

    /// Comes in by a link made for this, or does not.
    private func enter(
        _ store: Store, _ gate: MagicLinkEntry.Gate, by name: String = "a", for purpose: MailProof.Purpose = .magicLink
    ) async throws -> MagicLinkEntry.Outcome {
        try await store.begin(Story.proof(name, for: purpose))
        return try await store.signIn(Story.entry(name, for: purpose, gate: gate), at: start)
    }

    @Test("B086: who has not switched links on is not let in, and the link is not spent", arguments: StoreKind.allCases)
    func optIn(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            let before = try await store.traces()
            #expect(try await enter(store, .people(.optIn)) == .gate)
            #expect(try await store.traces() == before)
            #expect(try await store.mailProof(link: digest("link a"), for: .magicLink, at: start) != nil)
            for (isOn, outcome) in [(true, MagicLinkEntry.Outcome.opened), (false, .gate)] {
                #expect(try await store.decide(.magicLinks(isOn), of: "id-ann", mailing: []))
                let name = "b \(isOn)"
                try await store.begin(Story.proof(name))
                #expect(try await store.signIn(Story.entry(name, gate: .people(.optIn)), at: start) == outcome)
            }
        }
    }

    @Test(
        "B138, B147: one of the roles lets in, held in whichever context, and the role as it is then",
        arguments: StoreKind.allCases,
        [
            ([], false), ([Role("Editor")], false), ([Role("reporter")], false), ([Role("Reporters")], false),
            ([Role("Reporter")], true), ([Role("Reporter", context: "p1")], true),
            ([Role("Editor"), Role("Guest", context: "p9")], true),
        ] as [([Role], Bool)])
    func roles(kind: StoreKind, person: ([Role], Bool)) async throws {
        try await kind.withStore { store async throws in
            // As they were when the link was asked for: the other way round.
            let others = person.1 ? [] : [Role("Reporter")]
            #expect(try await store.create(account("ann", roles: others)))
            #expect(try await store.setRoles(person.0, of: "id-ann", at: start))
            let outcome = try await enter(store, .people(.roles(["Reporter", "Guest"])))
            #expect(outcome == (person.1 ? .opened : .gate))
            #expect(try await store.sessions(of: "id-ann", at: start).isEmpty == !person.1)
        }
    }

    @Test("Where no role is named nobody is let in", arguments: StoreKind.allCases)
    func noRoles(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann", roles: [Role("Reporter"), Role("Reporter", context: "p1")])))
            #expect(try await enter(store, .people(.roles([]))) == .gate)
        }
    }

    @Test("B015: a link of staff is for nobody who administers by then", arguments: StoreKind.allCases)
    func administrator(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("root", roles: [.administrator])))
            #expect(try await store.create(account("ann")))
            #expect(try await store.setRoles([.administrator], of: "id-ann", at: start))
            #expect(try await enter(store, .nobodyAdministering, for: .staffLink) == .gate)
            #expect(try await store.setRoles([Role("administrator", context: "p1")], of: "id-ann", at: start + 1))
            #expect(try await enter(store, .nobodyAdministering, by: "b", for: .staffLink) == .opened)
        }
    }

    @Test("B141: the gate is nobody's to ask with a link of somebody else", arguments: StoreKind.allCases)
    func foreign(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["ann", "bob"] { #expect(try await store.create(account(name))) }
            try await store.begin(Story.proof("a"))
            let entry = try Story.entry("a", as: account("bob"), gate: .people(.optIn))
            #expect(try await store.signIn(entry, at: start) == .dead)
        }
    }
}
