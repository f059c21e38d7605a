import Cryptography
import Identity
import OAuth
import Storage
import Synchronization
import Testing

@Suite("StoreContract: the outbox")
struct OutboxTests {
    private func letter(_ id: String, about account: String? = "id-ann", lasting: Int64 = day) -> SealedLetter {
        SealedLetter(
            id: id, kind: .noticesTurnedOff, accountID: account, sealed: Array(id.utf8), createdAt: start,
            expiresAt: start + lasting, isBlank: false)
    }

    private func post(_ letters: [SealedLetter], in store: Store) async throws {
        if try await store.account(id: "id-ann") == nil { #expect(try await store.create(account("ann"))) }
        try await store.post(letters)
    }

    @Test("A letter is claimed by one, and is due again when the lease has run out", arguments: StoreKind.allCases)
    func leases(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await post([letter("l1")], in: store)
            let first = try await store.claimLetters(10, leasing: 120, at: start)
            #expect(first == [ClaimedLetter(letter: letter("l1"), attempt: 1)])
            #expect(try await store.claimLetters(10, leasing: 120, at: start + 119).isEmpty)
            let second = try await store.claimLetters(10, leasing: 120, at: start + 120)
            #expect(second.map(\.attempt) == [2])
            #expect(try await !store.remove(first[0]), "who lost the lease removes nothing")
            #expect(try await !store.postpone(first[0], until: start))
            #expect(try await store.remove(second[0]))
            #expect(try await !store.remove(second[0]))
            #expect(try await store.outboxFigures(at: start).waiting == 0)
        }
    }

    @Test("A letter that was put off is due at its time, and not before", arguments: StoreKind.allCases)
    func postponed(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await post([letter("l1")], in: store)
            let claimed = try await store.claimLetters(1, leasing: 120, at: start)
            #expect(try await store.postpone(claimed[0], until: start + 60))
            #expect(try await store.claimLetters(1, leasing: 120, at: start + 59).isEmpty)
            #expect(try await store.claimLetters(1, leasing: 120, at: start + 60).map(\.attempt) == [2])
        }
    }

    @Test("The longest waiting goes first, and no more than asked for", arguments: StoreKind.allCases)
    func order(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await post((1...5).map { letter("l\($0)") }, in: store)
            let claimed = try await store.claimLetters(2, leasing: 120, at: start)
            try await post([letter("l6")], in: store)
            for letter in claimed { #expect(try await store.postpone(letter, until: start + 5)) }
            let next = try await store.claimLetters(4, leasing: 120, at: start + 10)
            #expect(Set(next.map(\.letter.id)) == ["l3", "l4", "l5", "l6"])
            let last = try await store.claimLetters(4, leasing: 120, at: start + 10)
            #expect(Set(last.map(\.letter.id)) == Set(claimed.map(\.letter.id)))
        }
    }

    @Test("Of two processes that claim at once each letter goes to one", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            try await post((1...60).map { letter("l\($0)") }, in: first)
            let claimed = Mutex<[String]>([])
            _ = try await winners(of: 24) { number in
                let store = number.isMultiple(of: 2) ? first : second
                let letters = try await store.claimLetters(5, leasing: 120, at: start)
                claimed.withLock { $0 += letters.map(\.letter.id) }
                return true
            }
            let ids = claimed.withLock { $0 }
            #expect(ids.count == 60 && Set(ids).count == 60)
        }
    }

    @Test("Of two that end the same lease one does", arguments: StoreKind.allCases)
    func raceToRemove(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second async throws in
            try await post([letter("l1")], in: first)
            let claimed = try await first.claimLetters(1, leasing: 120, at: start)
            let count = try await winners(of: 20) {
                try await ($0.isMultiple(of: 2) ? first : second).remove(claimed[0])
            }
            #expect(count == 1)
        }
    }

    @Test("What has expired is never claimed, and goes when nobody is sending it", arguments: StoreKind.allCases)
    func expired(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await post([letter("l1", lasting: 60), letter("l2", lasting: 60), letter("l3")], in: store)
            let sending = try await store.claimLetters(1, leasing: 120, at: start)
            #expect(try await store.removeExpiredLetters(10, at: start + 59).isEmpty)
            #expect(try await store.claimLetters(10, leasing: 10, at: start + 60).map(\.letter.id) == ["l3"])
            #expect(try await store.outboxFigures(at: start + 60).expired == 1)
            let gone = try await store.removeExpiredLetters(10, at: start + 60)
            #expect(gone == [ExpiredLetter(kind: "notices_turned_off", accountID: "id-ann", isBlank: false)])
            #expect(try await store.remove(sending[0]), "the one under way was left alone")
        }
    }

    @Test("Letters about an account that is gone go with it; those about none stay", arguments: StoreKind.allCases)
    func gone(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await post([letter("l1", about: "id-bob"), letter("l2", about: nil), letter("l3")], in: store)
            #expect(
                try await store.claimLetters(10, leasing: 120, at: start).map(\.letter.id).sorted() == ["l2", "l3"])
            #expect(try await store.outboxFigures(at: start).waiting == 2)
        }
    }

    @Test("A kind that only a newer version knows waits for that version", arguments: StoreKind.allCases)
    func unknownKind(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await post([letter("l1")], in: store)
            try await store.database.write { connection in
                _ = try connection.execute("UPDATE outbox SET kind = 'from_the_future'", [])
            }
            #expect(try await store.claimLetters(10, leasing: 120, at: start).isEmpty)
            #expect(try await store.outboxFigures(at: start).waiting == 1)
        }
    }

    @Test("How many wait, how many of them are due, and since when", arguments: StoreKind.allCases)
    func figures(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(
                try await store.outboxFigures(at: start) == OutboxFigures(waiting: 0, due: 0, expired: 0, oldest: nil))
            try await post([letter("l1"), letter("l2")], in: store)
            _ = try await store.claimLetters(1, leasing: 120, at: start)
            #expect(
                try await store.outboxFigures(at: start + 1)
                    == OutboxFigures(waiting: 2, due: 1, expired: 0, oldest: start))
        }
    }

    @Test("PW10: a new letter is due after its pause, blank or not, and not before", arguments: StoreKind.allCases)
    func pause(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let letters = [false, true].map { isBlank in
                SealedLetter(
                    id: "l\(isBlank)", kind: .recovery, accountID: nil, sealed: [1], createdAt: start,
                    expiresAt: start + day, isBlank: isBlank, pause: 2)
            }
            try await post(letters, in: store)
            #expect(try await store.outboxFigures(at: start + 1).due == 0)
            #expect(try await store.claimLetters(10, leasing: 120, at: start + 1).isEmpty)
            #expect(try await store.claimLetters(10, leasing: 120, at: start + 2).count == 2)
        }
    }
}
