import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: another address, and the way back")
struct AddressChangeTests {
    private func address(_ name: String) throws -> EmailAddress { try #require(EmailAddress("\(name)@Example.org")) }

    private func undo(_ name: String, to address: String, of id: String = "id-ann") throws -> AddressUndo {
        AddressUndo(
            link: digest("undo \(name)"), accountID: id, address: try self.address(address), createdAt: start,
            expiresAt: start + AddressUndo.lifetime)
    }

    private func ask(
        _ name: String, to new: String, of id: String = "id-ann", undo: AddressUndo? = nil, in store: Store
    ) async throws {
        let proof = MailProof(
            link: digest("link \(name)"), code: digest("code \(name)"), purpose: .addressChange, accountID: id,
            address: try address(new), browser: digest(name), createdAt: start, expiresAt: start + 600)
        try await store.begin(proof, with: .init(letters: [], undo: undo), at: start)
    }

    private func change(
        _ name: String, from old: String, to new: String, of id: String = "id-ann", endsOthers: Bool = false
    ) throws -> AddressSwitch {
        AddressSwitch(
            spending: digest("link \(name)"), from: try address(old), to: try address(new),
            keeping: kept(session(id == "id-ann" ? "s1" : "bobs", of: id)), endsOthers: endsOthers,
            undo: try undo(name, to: old, of: id))
    }

    /// From one to another, with a way back named after the change.
    private func move(_ name: String, from old: String, to new: String, in store: Store) async throws {
        try await ask(name, to: new, in: store)
        let outcome = try await store.changeAddress(
            change(name, from: old, to: new), mailing: news("moved \(name)"), at: start)
        #expect(outcome == .changed(sessionsEnded: 0))
    }

    @Test(
        "B067, ML10: the address stays until the new one is proven, and its way back is kept",
        arguments: StoreKind.allCases)
    func changed(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await store.signIn("ann", session: "s2")
            try await ask("a", to: "new", in: store)
            try await ask("rest", to: "elsewhere", in: store)
            #expect(try await store.account(canonicalEmail: "ann@example.org") != nil)
            let outcome = try await store.changeAddress(
                change("a", from: "ann", to: "new", endsOthers: true), mailing: news("told"), at: start)
            #expect(outcome == .changed(sessionsEnded: 1))
            #expect(try await store.account(canonicalEmail: "ann@example.org") == nil)
            #expect(try await store.account(canonicalEmail: "new@example.org")?.email.typed == "new@Example.org")
            #expect(try await store.sessions(of: "id-ann", at: start).map(\.id) == ["s1"])
            #expect(try await store.mailProof(link: digest("link rest"), for: .addressChange, at: start) == nil)
            let kept = try await store.addressUndo(link: digest("undo a"), at: start + (AddressUndo.lifetime - 1))
            #expect(kept == (try undo("a", to: "ann")))
            #expect(try await store.addressUndo(link: digest("undo a"), at: start + AddressUndo.lifetime) == nil)
        }
    }

    @Test("ML10: a proof is bound to its person, its address and the address before", arguments: StoreKind.allCases)
    func refused(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await store.signIn("bob", session: "bobs")
            try await ask("a", to: "new", in: store)
            let refusals = [
                try change("unknown", from: "ann", to: "new"), try change("a", from: "ann", to: "other"),
                try change("a", from: "before", to: "new"), try change("a", from: "bob", to: "new", of: "id-bob"),
                try change("a", from: "ann", to: "new", of: "id-bob"),
            ]
            for refusal in refusals {
                #expect(try await store.changeAddress(refusal, mailing: news("x"), at: start) == .dead)
            }
            let right = try change("a", from: "ann", to: "new")
            #expect(try await store.changeAddress(right, mailing: news("x"), at: start + 600) == .dead)
            #expect(try await store.create(account("new")))
            #expect(try await store.changeAddress(right, mailing: news("x"), at: start) == .taken)
            #expect(try await store.account(id: "id-ann")?.email.canonical == "ann@example.org")
            #expect(try await store.addressUndo(link: digest("undo a"), at: start) == nil)
        }
    }

    @Test(
        "ML10: an undo puts the old address back and ends every session and grant; a second one does nothing",
        arguments: StoreKind.allCases)
    func undone(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            let offline = grant("off", isOffline: true)
            try await store.issue(offline)
            try await move("a", from: "ann", to: "thief", in: store)
            try await ask("b", to: "further", in: store)
            let outcome = try await store.undoAddressChange(
                link: digest("undo a"), mailing: news("told"), at: start + day)
            #expect(outcome == .undone(wasChanged: true, sessionsEnded: 0))
            let ann = try #require(try await store.account(id: "id-ann"))
            #expect(ann.email.typed == "ann@Example.org" && ann.isEmailVerified && ann.passwordHash == nil)
            #expect(try await !store.isAlive(offline))
            #expect(try await store.sessions(of: "id-ann", at: start).isEmpty)
            #expect(try await store.mailProof(link: digest("link b"), for: .addressChange, at: start) == nil)
            #expect(try await store.account(canonicalEmail: "thief@example.org") == nil)
            let again = try await store.undoAddressChange(link: digest("undo a"), mailing: news("x"), at: start + day)
            #expect(again == .dead)
        }
    }

    @Test("ML10: a link sent when the change was asked for stops it", arguments: StoreKind.allCases)
    func stopped(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await ask("a", to: "thief", undo: undo("stop", to: "ann"), in: store)
            let outcome = try await store.undoAddressChange(link: digest("undo stop"), mailing: news("x"), at: start)
            #expect(outcome == .undone(wasChanged: false, sessionsEnded: 1))
            let late = try change("a", from: "ann", to: "thief")
            #expect(try await store.changeAddress(late, mailing: news("y"), at: start) == .dead)
            #expect(try await store.account(id: "id-ann")?.email.canonical == "ann@example.org")
        }
    }

    @Test(
        "ML10: the earliest way back wins; no later one takes an account from it again", arguments: StoreKind.allCases)
    func order(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await move("a", from: "ann", to: "thief", in: store)
            try await move("b", from: "thief", to: "further", in: store)
            // The thief's own way back leaves the first one alone.
            let theirs = try await store.undoAddressChange(link: digest("undo b"), mailing: news("1"), at: start)
            #expect(theirs == .undone(wasChanged: true, sessionsEnded: 1))
            #expect(try await store.account(id: "id-ann")?.email.canonical == "thief@example.org")
            try await store.signIn("ann")
            try await move("c", from: "thief", to: "further", in: store)
            let mine = try await store.undoAddressChange(link: digest("undo a"), mailing: news("2"), at: start)
            #expect(mine == .undone(wasChanged: true, sessionsEnded: 1))
            let late = try await store.undoAddressChange(link: digest("undo c"), mailing: news("3"), at: start)
            #expect(late == .dead)
            #expect(try await store.account(id: "id-ann")?.email.canonical == "ann@example.org")
        }
    }

    @Test("ML10: an address that is somebody else's by now is not taken away", arguments: StoreKind.allCases)
    func takenMeanwhile(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await move("a", from: "ann", to: "new", in: store)
            let other = try account("ann")
            let newcomer = Account(
                id: "id-newcomer", email: other.email, isEmailVerified: true, profile: Profile(), passwordHash: nil,
                createdAt: start, updatedAt: start)
            #expect(try await store.create(newcomer))
            let outcome = try await store.undoAddressChange(link: digest("undo a"), mailing: news("x"), at: start)
            #expect(outcome == .taken)
            #expect(try await store.account(id: "id-ann")?.email.canonical == "new@example.org")
            #expect(try await store.sessions(of: "id-ann", at: start).count == 1)
            #expect(try await store.addressUndo(link: digest("undo a"), at: start) != nil)
        }
    }

    @Test(
        "SE6, ML10: whoever deletes the account as its person does not bury the way back", arguments: StoreKind.allCases
    )
    func survives(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await move("a", from: "ann", to: "thief", in: store)
            #expect(try await store.delete("id-ann", by: .person, mailing: [], at: start) == .deleted)
            #expect(try await store.addressUndo(link: digest("undo a"), at: start) != nil)
            let outcome = try await store.undoAddressChange(link: digest("undo a"), mailing: news("x"), at: start)
            #expect(outcome == .undone(wasChanged: true, sessionsEnded: 0))
            let ann = try await store.account(id: "id-ann")
            #expect(ann?.email.canonical == "ann@example.org" && ann?.passwordHash == nil)
            #expect(ann?.deletion?.actor == .person)
        }
    }

    @Test(
        "SE6, ML10: nothing is taken back on an account that an operator switched off; the link waits",
        arguments: StoreKind.allCases, [false, true])
    func switchedOff(kind: StoreKind, isDeleted: Bool) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            try await move("a", from: "ann", to: "thief", in: store)
            if isDeleted {
                #expect(try await store.delete("id-ann", by: .operator, mailing: [], at: start) == .deleted)
            } else {
                #expect(try await store.setStatus(.disabled, of: "id-ann", at: start))
            }
            #expect(try await store.addressUndo(link: digest("undo a"), at: start) == nil)
            let outcome = try await store.undoAddressChange(link: digest("undo a"), mailing: news("x"), at: start)
            #expect(outcome == .dead)
            let ann = try await store.account(id: "id-ann")
            #expect(ann?.email.canonical == "thief@example.org" && ann?.passwordHash == "hash-ann")
            guard !isDeleted else { return }
            #expect(try await store.setStatus(.active, of: "id-ann", at: start))
            let late = try await store.undoAddressChange(link: digest("undo a"), mailing: news("x"), at: start)
            #expect(late == .undone(wasChanged: true, sessionsEnded: 0))
        }
    }

    @Test(
        "ML9, ML10: with the address go the password and preferences of those days; a mere stop leaves them",
        arguments: StoreKind.allCases, [false, true])
    func intruder(kind: StoreKind, isMade: Bool) async throws {
        try await kind.withStore { store async throws in
            for name in ["ann", "bob"] {
                try await store.signIn(name, session: name)
                for decision in [Preferences.Decision.magicLinks(true), .signInNotices(.none)] {
                    #expect(try await store.decide(decision, of: "id-\(name)", mailing: []))
                }
            }
            try await store.signIn("ann")
            try await ask("stop", to: "thief", undo: undo("stop", to: "ann"), in: store)
            if isMade { try await move("a", from: "ann", to: "thief", in: store) }
            let replacement = PasswordReplacement(
                from: "hash-ann", to: "thiefs", keeping: kept(), endsOthers: false)
            #expect(try await store.changePassword(replacement, mailing: news("changed"), at: start) == 0)
            let outcome = try await store.undoAddressChange(link: digest("undo stop"), mailing: news("x"), at: start)
            #expect(outcome == .undone(wasChanged: isMade, sessionsEnded: 2))
            #expect(try await store.account(id: "id-ann")?.passwordHash == (isMade ? nil : "thiefs"))
            let preferences = try await store.preferences(of: "id-ann")
            #expect((preferences == Preferences()) == isMade)
            #expect(try await store.account(id: "id-bob")?.passwordHash == "hash-bob")
            #expect(try await store.preferences(of: "id-bob").magicLinks)
        }
    }

    @Test("IN3: of 200 confirmations at once one changes the address", arguments: StoreKind.allCases)
    func confirmRace(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            try await first.signIn("ann")
            try await ask("a", to: "new", in: first)
            let count = try await winners { number in
                let base = try change("a", from: "ann", to: "new")
                let undo = AddressUndo(
                    link: digest("undo \(number)"), accountID: "id-ann", address: base.old, createdAt: start,
                    expiresAt: start + day)
                let mine = AddressSwitch(
                    spending: base.link, from: base.old, to: base.new, keeping: kept(), endsOthers: false,
                    undo: undo)
                let outcome = try await (number % 2 == 0 ? first : second).changeAddress(
                    mine, mailing: news("told \(number)"), at: start)
                return outcome == .changed(sessionsEnded: 0)
            }
            #expect(count == 1)
        }
    }

    @Test("IN3: confirming and stopping at once end with the old address", arguments: StoreKind.allCases)
    func confirmOrStop(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            for round in 0..<20 {
                try await first.signIn("ann")
                try await ask("a\(round)", to: "new", undo: undo("stop\(round)", to: "ann"), in: first)
                async let confirmed = first.changeAddress(
                    change("a\(round)", from: "ann", to: "new"), mailing: news("c\(round)"), at: start)
                async let stopped = second.undoAddressChange(
                    link: digest("undo stop\(round)"), mailing: news("s\(round)"), at: start)
                let (change, undo) = try await (confirmed, stopped)
                if case .undone = undo {} else { Issue.record("the stop did not count: \(undo) after \(change)") }
                #expect(try await first.account(id: "id-ann")?.email.canonical == "ann@example.org")
            }
        }
    }

    @Test("IN3: of two people who want one address one gets it", arguments: StoreKind.allCases)
    func contested(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            try await first.signIn("ann")
            try await first.signIn("bob", session: "bobs")
            try await ask("a", to: "new", of: "id-ann", in: first)
            try await ask("b", to: "new", of: "id-bob", in: first)
            async let ann = first.changeAddress(change("a", from: "ann", to: "new"), mailing: news("1"), at: start)
            async let bob = second.changeAddress(
                change("b", from: "bob", to: "new", of: "id-bob"), mailing: news("2"), at: start)
            let outcomes = try await [ann, bob]
            #expect(outcomes.count { $0 == .changed(sessionsEnded: 0) } == 1)
            #expect(outcomes.contains(.taken))
        }
    }
}
