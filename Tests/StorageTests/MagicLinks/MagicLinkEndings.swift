import Identity
import OAuth
import Storage
import TestSupport
import Testing

/// What takes the place of a link that is waited for, or of the person it is for (ML4).
enum MagicLinkEnding: String, CaseIterable, Sendable {
    case newerLink, newerLinkForNobody, password, linkOfAnotherBrowser, linkOfStaff, passwordChange, reset
    case addressChange, addressRestored, sessionsEnded, sessionsEndedByOperator, disabled, deleted, deletedByOperator

    /// By the verb that does it, of a person who is signed in.
    func happen(in store: Store, at now: Instant) async throws {
        typealias Story = MagicLinkStory
        switch self {
        case .newerLink: try await store.begin(Story.proof("newer", at: now))
        case .newerLinkForNobody:
            try await store.begin(Story.proof("newer", of: nil, address: "nobody@example.org", at: now))
        case .password: try await store.open(session("s9"), replacing: nil, for: nil, at: now)
        case .linkOfAnotherBrowser:
            try await store.begin(Story.proof("other", browser: "other", at: now))
            #expect(try await store.opens(Story.entry("other"), at: now))
        case .linkOfStaff:
            try await store.begin(Story.proof("staff", for: .staffLink, browser: "nobody's", at: now))
            let entry = try Story.entry("staff", for: .staffLink, gate: .nobodyAdministering)
            #expect(try await store.opens(entry, at: now))
        case .passwordChange:
            let change = PasswordReplacement(from: "hash-ann", to: "new", keeping: kept(), endsOthers: false)
            #expect(try await store.changePassword(change, mailing: news("changed"), at: now) == 0)
        case .reset:
            try await store.begin(Story.proof("reset", for: .recovery, at: now))
            let reset = PasswordReset(
                link: digest("link reset"), accountID: "id-ann", address: try account("ann").email, newHash: "new",
                browser: digest("asking"))
            #expect(try await store.resetPassword(reset, mailing: news("reset"), at: now) != nil)
        case .addressChange: try await move(in: store, at: now)
        case .addressRestored:
            try await move(in: store, at: now)
            let outcome = try await store.undoAddressChange(
                link: digest("undo"), mailing: news("restored"), at: now)
            #expect(outcome == .undone(wasChanged: true, sessionsEnded: 1))
        case .sessionsEnded: #expect(try await store.endOthers(than: kept(), at: now) == 0)
        case .sessionsEndedByOperator:
            let ended = try await store.endAccess(
                of: "id-ann", applications: false, sparingAdministrators: false, at: now)
            #expect(ended == .ended(EndedAccess(sessions: 1, applications: 0)))
        case .disabled: #expect(try await store.setStatus(.disabled, of: "id-ann", at: now))
        case .deleted:
            #expect(try await store.delete("id-ann", by: .person, mailing: [], at: now) == .deleted)
        case .deletedByOperator:
            #expect(try await store.delete("id-ann", by: .operator, mailing: [], at: now) == .deleted)
        }
    }

    /// To another address, which is proven.
    private func move(in store: Store, at now: Instant) async throws {
        let (old, new) = (try account("ann").email, try account("anna").email)
        let proof = try MagicLinkStory.proof("move", for: .addressChange, address: new.typed, at: now)
        try await store.begin(proof)
        let undo = AddressUndo(
            link: digest("undo"), accountID: "id-ann", address: old, createdAt: now,
            expiresAt: now + AddressUndo.lifetime)
        let change = AddressSwitch(
            spending: proof.link, from: old, to: new, keeping: kept(), endsOthers: false, undo: undo)
        let outcome = try await store.changeAddress(change, mailing: news("moved"), at: now)
        #expect(outcome == .changed(sessionsEnded: 0))
    }
}

@Suite("StoreContract: what ends a link to sign in with")
struct MagicLinkEndings {
    private typealias Story = MagicLinkStory

    @Test(
        "ML4, B149, PW9: a newer link, a sign-in, another password or address, and the end of all sessions each end it",
        arguments: StoreKind.allCases, MagicLinkEnding.allCases)
    func ended(kind: StoreKind, ending: MagicLinkEnding) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await store.begin(Story.proof("a"))
            #expect(try await store.mailProof(link: digest("link a"), for: .magicLink, at: start) != nil)
            try await ending.happen(in: store, at: start + 1)
            let before = try await store.traces()
            #expect(try await store.signIn(Story.entry("a"), at: start + 2) == .dead)
            #expect(try await !store.spend(link: digest("link a"), for: .magicLink, at: start + 2))
            #expect(try await store.traces() == before)
            let fate = try await store.fate(ofLink: digest("link a"), for: .magicLink)
            let superseded = MailProofFate(
                browser: digest("asking"), accountID: "id-ann", endedAt: start + 1, isSpent: false)
            #expect(fate == superseded)
            #expect(try await store.mailProof(link: digest("link a"), for: .magicLink, at: start + 2) == nil)
            let code = try await store.tryCode(
                digest("code a"), for: .magicLink, browser: digest("asking"), at: start + 2)
            if case .right = code { Issue.record("the code of a dead link is right") }
            // What ended stays ended.
            _ = try await store.setStatus(.active, of: "id-ann", at: start + 3)
            #expect(try await store.signIn(Story.entry("a"), at: start + 3) == .dead)
        }
    }

    @Test("PW9, ML4: what others do ends nobody's link", arguments: StoreKind.allCases)
    func alive(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["ann", "bob"] { #expect(try await store.create(account(name))) }
            try await store.begin(Story.proof("a"))
            // Strangers who ask for her, another purpose of the same browser, and everything that Bob does.
            for number in 0..<20 { try await store.begin(Story.proof("stranger \(number)", browser: "\(number)")) }
            for purpose in [MailProof.Purpose.recovery, .signUp, .freshness] {
                try await store.begin(Story.proof("\(purpose)", for: purpose))
            }
            let bob = try account("bob")
            try await store.begin(
                Story.proof("bob", of: bob.id, address: bob.email.typed, browser: "bob's"))
            #expect(try await store.opens(Story.entry("bob", as: bob)))
            #expect(try await store.setStatus(.disabled, of: bob.id, at: start))
            for _ in 0..<6 {
                _ = try await store.tryCode(
                    digest("wrong"), for: .magicLink, browser: digest("asking"), at: start)
            }
            #expect(try await store.opens(Story.entry("a")), "with its code locked, too")
            #expect(try await store.mailProof(link: digest("link stranger 0"), for: .magicLink, at: start) == nil)
        }
    }

    @Test("B015: of links that staff make for a person the newest alone is good", arguments: StoreKind.allCases)
    func ofStaff(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await store.create(account("ann")))
            for (number, name) in ["a", "b"].enumerated() {
                try await store.begin(
                    Story.proof(name, for: .staffLink, browser: name, at: start + Int64(number)))
            }
            func opens(_ name: String) async throws -> Bool {
                let entry = try Story.entry(name, for: .staffLink, gate: .nobodyAdministering)
                return try await store.opens(entry, at: start + 1)
            }
            #expect(try await !opens("a"))
            #expect(try await opens("b"))
            #expect(try await store.fate(ofLink: digest("link a"), for: .staffLink)?.isSpent == false)
        }
    }
}
