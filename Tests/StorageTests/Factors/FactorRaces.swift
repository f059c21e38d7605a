import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: second factors, many at once at two processes")
struct FactorRaces {
    private typealias Story = FactorStory

    /// Each in a session of its own, so that it is the code they race for.
    private func race(
        _ kind: StoreKind, _ factors: [Factor], by method: String,
        _ evidence: @escaping @Sendable (Int) -> FactorProving.Evidence
    ) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            try await first.enrol("ann", factors, codes: ["one"])
            try await first.begin(Story.proof("mail", for: .secondFactor))
            var sessions: [Session] = []
            for number in 0..<200 { sessions.append(try await first.halfSession("s\(number)")) }
            let won = try await winners { [sessions] number in
                let proving = Story.proving(evidence(number), in: sessions[number], by: method, as: "fresh \(number)")
                return try await (number.isMultiple(of: 2) ? first : second).prove(proving, at: start)
            }
            #expect(won == 1)
            #expect(try await second.count("sessions", where: "is_half = 0") == 1)
            #expect(try await second.count("sessions", where: "is_half = 1") == 199)
        }
    }

    @Test("MF2, IN3: of 200 proofs by one step one is right", arguments: StoreKind.allCases)
    func step(kind: StoreKind) async throws {
        try await race(kind, [Story.totp()], by: Proof.totp) { _ in .totp(factor: "totp", step: 101) }
    }

    @Test("MF3, IN3: of 200 proofs by one backup code one is right", arguments: StoreKind.allCases)
    func backupCode(kind: StoreKind) async throws {
        try await race(kind, [Story.totp()], by: Proof.backupCode) { _ in .backupCode(Story.code("one")) }
    }

    @Test("IN3: of 200 proofs by one mailed code one is right", arguments: StoreKind.allCases)
    func mailCode(kind: StoreKind) async throws {
        try await race(kind, [Story.mailbox()], by: Proof.mailCode) { _ in .mailCode(link: digest("link mail")) }
    }

    @Test("IN3: of 200 answers to one challenge one is right", arguments: StoreKind.allCases)
    func challenge(kind: StoreKind) async throws {
        try await race(kind, [Story.passkey()], by: Proof.passkey) { _ in Story.tapped(count: 0) }
    }

    @Test("IN3: of 200 ways into one session one takes it", arguments: StoreKind.allCases)
    func session(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            let codes = (0..<40).map { "\($0)" }
            try await first.enrol(codes: codes)
            let half = try await first.halfSession()
            let won = try await winners(of: 40) { number in
                let evidence = FactorProving.Evidence.backupCode(Story.code(codes[number]))
                let proving = Story.proving(evidence, in: half, by: Proof.backupCode, as: "fresh \(number)")
                return try await (number.isMultiple(of: 2) ? first : second).prove(proving, at: start)
            }
            #expect(won == 1)
            #expect(try await second.holdings(of: "id-ann").codesLeft == 39)
            #expect(try await second.sessions(of: "id-ann", at: start).count == 1)
        }
    }

    @Test(
        "IN3, MF8: of many changes at once in one session one is made; in many, the first factor is first once",
        arguments: StoreKind.allCases)
    func changes(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            #expect(try await first.create(account("ann")))
            var sessions: [Session] = []
            for number in 0..<20 { sessions.append(try await first.signIn("ann", session: "s\(number)")) }
            let outcomes = try await withThrowingTaskGroup(of: FactorChange.Outcome.self) { [sessions] group in
                for number in 0..<40 {
                    group.addTask {
                        let key = Story.passkey("key \(number)")
                        let change = Story.change(
                            .addPasskey(key, challenge: Story.challenge("\(number)")), in: sessions[number % 20],
                            as: "fresh \(number)", codes: ["\(number)"])
                        return try await (number < 20 ? first : second).change(change, at: start)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            // Whoever has a factor must have proven it: nobody has, but for whoever set up the first.
            #expect(outcomes.count { $0 == .doneWithCodes } == 1)
            #expect(outcomes.count { $0 == .notFresh } == 39)
            let holdings = try await second.holdings(of: "id-ann")
            #expect(holdings.factors.count == 1 && holdings.codesLeft == 1)
        }
    }

    @Test(
        "IN3: of many that set up an app at once, each freshly proven, one app is left", arguments: StoreKind.allCases)
    func apps(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            try await first.enrol("ann", [Story.passkey()])
            var sessions: [Session] = []
            for number in 0..<20 { sessions.append(try await first.wholeSession("s\(number)")) }
            let made = try await winners(of: 20) { [sessions] number in
                let change = Story.change(
                    .addTOTP(Story.totp("totp \(number)"), step: 100), in: sessions[number], as: "fresh \(number)")
                return try await (number.isMultiple(of: 2) ? first : second).change(change, at: start) == .done
            }
            #expect(made == 20)
            #expect(try await second.holdings(of: "id-ann").factors(of: .totp).count == 1)
        }
    }

    @Test("IN3: one credential is set up once, whoever brings it", arguments: StoreKind.allCases)
    func credential(kind: StoreKind) async throws {
        try await kind.withTwoStores(inOneOrder: true) { first, second in
            var sessions: [Session] = []
            for number in 0..<20 { sessions.append(try await first.signIn("p\(number)", session: "s\(number)")) }
            let won = try await winners(of: 20) { [sessions] number in
                let key = Story.passkey("key \(number)", of: "id-p\(number)", credential: [1, 2, 3])
                let change = Story.change(
                    .addPasskey(key, challenge: Story.challenge("\(number)")), in: sessions[number],
                    as: "fresh \(number)")
                return try await (number.isMultiple(of: 2) ? first : second).change(change, at: start) == .done
            }
            #expect(won == 1)
        }
    }

    @Test("MF9, IN3: a recovery is either stopped or carried out, never both", arguments: StoreKind.allCases)
    func recovery(kind: StoreKind) async throws {
        for round in 0..<2 {
            try await kind.withTwoStores(inOneOrder: true) { first, second in
                try await first.enrol()
                let asked = Story.recovery(at: start + -day)
                try await first.begin(Story.proof("a", for: .factorRecovery))
                let stops = (0..<10).map { digest("stop \($0)") }
                #expect(
                    try await first.beginRecovery(
                        asked, spending: digest("link a"), cancelling: stops, letters: [], at: start))
                let half = try await first.halfSession("s\(round)")
                for number in 0..<20 { try await first.begin(Story.proof("\(number)", for: .factorRecovery)) }
                let won = try await winners(of: 20) { number in
                    guard number.isMultiple(of: 2) else {
                        return try await first.cancelRecovery(stops[number / 2], letters: [], at: start) != nil
                    }
                    let renewed = Story.proven(half, by: Proof.email, as: "fresh \(number)")
                    return try await second.finishRecovery(
                        in: renewed, old: half.secret, spending: digest("link \(number)"), authorization: nil,
                        letters: [], at: start)
                }
                #expect(won == 1)
                let isThrough = try await second.sessions(of: "id-ann", at: start).count == 1
                #expect(try await second.holdings(of: "id-ann").factors.isEmpty == isThrough)
            }
        }
    }
}
