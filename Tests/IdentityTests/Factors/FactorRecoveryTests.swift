import Cryptography
import Identity
import OAuth
import Testing

extension FactorDoor {
    var recoveries: FactorRecoveries {
        FactorRecoveries(
            policy: policy, store: store, accounts: store, addresses: store, proofs: gateway.proofs,
            sessions: sessions, postbox: gateway.postbox, random: SystemRandom(), audit: audit)
    }

    func recoveryCode() async throws -> String {
        try #require(try await gateway.letters(.factorRecovery).last?.code)
    }

    /// Up to the wait, in a session whose second factor is missing.
    @discardableResult
    func beginWait(_ half: Session, browser: UInt8 = 1, at now: Instant) async throws -> FactorRecovery? {
        let attempt = attempt(half, browser: browser)
        #expect(try await recoveries.sendCode(attempt, at: now))
        return try await recoveries.take(code: try await recoveryCode(), attempt, at: now).wait
    }

    /// From the end of the wait, by a code of its own; `nil` where none is mailed, or it ends nothing.
    func finishWait(_ attempt: SecondFactor.Attempt, at now: Instant) async throws -> OpenedSession? {
        guard try await recoveries.sendCode(attempt, at: now) else { return nil }
        let outcome = try await recoveries.take(code: try await recoveryCode(), attempt, at: now)
        return if case .finished(let opened) = outcome { opened } else { nil }
    }

    func stopLinks() async throws -> [String] {
        try await gateway.letters(.factorRecoveryAsked).compactMap { $0.secondPath?.split(separator: "/").last }
            .map(String.init)
    }
}

extension FactorRecoveries.Outcome {
    var wait: FactorRecovery? {
        if case .asked(let recovery) = self { recovery } else { nil }
    }

    var word: String {
        switch self {
        case .asked: "asked"
        case .wrong: "wrong"
        case .locked: "locked"
        case .ended: "ended"
        case .finished: "finished"
        case .notNow: "not now"
        }
    }
}

@Suite("Getting back in without any second factor (MF9)")
struct FactorRecoveryTests {
    private static let day: Int64 = 86_400
    /// Later than setting up, so that the two do not share their limits.
    private static let later = Door.noon + 7200

    private func half(
        _ door: FactorDoor, method: String = Proof.password, browser: UInt8 = 1, at now: Instant = later
    ) async throws -> Session {
        let session = try await door.signIn(method: method, browser: browser, at: now)
        try #require(session.isHalf)
        return session
    }

    private func enrolled(_ change: (inout FactorPolicy) -> Void = { _ in }) async throws -> FactorDoor {
        var policy = FactorPolicy()
        change(&policy)
        let door = try await FactorDoor(policy)
        try await door.app()
        return door
    }

    @Test(
        "It is ready when the wait is over, and open for a week",
        arguments: [86_400, 3 * 86_400, 30 * 86_400] as [Int64])
    func times(wait: Int64) async throws {
        let door = try await enrolled { $0.recoveryWait = wait }
        let begun = try #require(try await door.beginWait(try await half(door), at: Self.later))
        #expect(begun.askedAt == Self.later && begun.readyAt == Self.later + wait)
        #expect(begun.expiresAt == begun.readyAt + 7 * Self.day)
        #expect(!begun.isReady(at: begun.readyAt + -1) && begun.isReady(at: begun.readyAt))
        #expect(begun.isReady(at: begun.expiresAt + -1) && !begun.isReady(at: begun.expiresAt))
        #expect(try await door.recoveries.underWay(for: door.ann.id, at: Self.later) == begun)
    }

    @Test("Finished it leaves a whole session with nothing new in its ledger, at the lowest level, and no factor")
    func finish() async throws {
        let door = try await enrolled()
        try await door.beginWait(try await half(door), at: Self.later)
        let ready = Self.later + Self.day
        let session = try await half(door, browser: 2, at: ready)
        let opened = try #require(try await door.finishWait(door.attempt(session, browser: 2), at: ready + 9))
        let now = try #require(try await door.sessions.current(opened.secret.plaintext, at: ready + 9))
        #expect(now.id == session.id && now.secret != session.secret && !now.isHalf)
        #expect(now.proofs == session.proofs && now.authenticatedAt == session.authenticatedAt)
        #expect(now.isCapped && !now.hasFactors && now.expiresAt > session.expiresAt)
        #expect(now.authentication().level == AuthenticationLevel.single)
        #expect(try await door.sessions.current(nil, at: ready + 9) == nil)
        let holdings = try await door.store.holdings(of: door.ann.id)
        #expect(!holdings.isEnrolled && holdings.codesLeft == 0 && holdings.recoveredAt == ready + 9)
        #expect(try await door.gateway.letters(.factorRecovered).map(\.to.typed) == [door.ann.email.typed])
        #expect(door.audit.kinds.filter { $0 == .factorRecoveryFinished }.count == 1)
        #expect(try await door.recoveries.underWay(for: door.ann.id, at: ready + 9) == nil)
    }

    @Test(
        "Nothing shortens the wait: not a mailbox as first factor, not a provider",
        arguments: ["pwd", "email", "github"])
    func early(method: String) async throws {
        let door = try await enrolled()
        let session = try await half(door, method: method)
        try await door.beginWait(session, at: Self.later)
        for seconds in [0, 1, 600] as [Int64] {
            #expect(try await door.finishWait(door.attempt(session), at: Self.later + seconds) == nil)
        }
        let last = Self.later + Self.day + -1
        let again = try await half(door, method: method, at: last)
        #expect(try await door.finishWait(door.attempt(again), at: last) == nil)
        #expect(try await door.store.holdings(of: door.ann.id).isEnrolled)
    }

    @Test("Asking again leaves the first wait as it is, and sends no further mail")
    func again() async throws {
        let door = try await enrolled()
        let first = try #require(try await door.beginWait(try await half(door), at: Self.later))
        let session = try await half(door, browser: 2, at: Self.later + 3600)
        #expect(try await !door.recoveries.sendCode(door.attempt(session, browser: 2), at: Self.later + 3600))
        #expect(try await door.recoveries.underWay(for: door.ann.id, at: Self.later + 3600) == first)
        #expect(try await door.stopLinks().count == 1)
        #expect(door.audit.kinds.filter { $0 == .factorRecoveryAsked }.count == 1)
    }

    @Test("Wrong codes are told alike: another person's session, another browser, another sign-in, nothing awaited")
    func wrong() async throws {
        let door = try await enrolled()
        let session = try await half(door)
        #expect(
            try await door.recoveries.take(code: "AAAA-AAAA", door.attempt(session), at: Self.later).word == "wrong")
        #expect(try await door.recoveries.sendCode(door.attempt(session), at: Self.later))
        let code = try await door.recoveryCode()
        let elsewhere = try await half(door, browser: 2)
        let sameBrowser = try await half(door)
        for attempt in [door.attempt(elsewhere, browser: 2), door.attempt(sameBrowser)] {
            #expect(try await door.recoveries.take(code: code, attempt, at: Self.later + 1).word == "wrong")
        }
        #expect(try await door.recoveries.take(code: "", door.attempt(session), at: Self.later + 1).word == "wrong")
        #expect(try await door.recoveries.underWay(for: door.ann.id, at: Self.later + 1) == nil)
        #expect(try await door.recoveries.take(code: code, door.attempt(session), at: Self.later + 2).word == "asked")
        #expect(door.audit.events.contains { $0.kind == .mailProofRefused && $0.details["reason"] == "elsewhere" })
    }

    @Test("MF4: after five wrong codes the right one is not taken")
    func locked() async throws {
        let door = try await enrolled()
        let session = try await half(door)
        #expect(try await door.recoveries.sendCode(door.attempt(session), at: Self.later))
        for _ in 1...5 {
            let outcome = try await door.recoveries.take(code: "AAAA-AAAA", door.attempt(session), at: Self.later)
            #expect(outcome.word != "asked")
        }
        let outcome = try await door.recoveries.take(
            code: try await door.recoveryCode(), door.attempt(session), at: Self.later)
        #expect(outcome.word == "locked")
        #expect(try await door.recoveries.underWay(for: door.ann.id, at: Self.later) == nil)
    }

    @Test("B015: staff's word, a whole session and second factors switched off begin and finish nothing")
    func notForThese() async throws {
        let door = try await FactorDoor()
        let whole = try await door.app().session
        let vouched = try await half(door, method: Proof.staffLink)
        let off = try await door.with { $0.isOn = false }
        let session = try await half(door)
        try await door.beginWait(session, at: Self.later)
        let ready = Self.later + Self.day
        for (door, session) in [(door, vouched), (door, whole), (off, session)] {
            let attempt = door.attempt(session)
            #expect(try await !door.recoveries.sendCode(attempt, at: ready))
            #expect(try await door.recoveries.take(code: "AAAA-AAAA", attempt, at: ready).word == "ended")
            #expect(try await door.finishWait(attempt, at: ready) == nil)
        }
        #expect(try await door.store.holdings(of: door.ann.id).isEnrolled)
    }

    @Test("ML3: looking at a link spends nothing; it stops once, and then there is nothing to finish")
    func stop() async throws {
        let door = try await enrolled()
        let begun = try await door.beginWait(try await half(door), at: Self.later)
        let link = try #require(try await door.stopLinks().first)
        for _ in 1...3 { #expect(try await door.recoveries.look(at: link, at: Self.later + 1) == begun) }
        #expect(try await door.recoveries.stop(link, at: Self.later + 2))
        #expect(try await !door.recoveries.stop(link, at: Self.later + 3))
        #expect(try await door.recoveries.look(at: link, at: Self.later + 3) == nil)
        let ready = Self.later + Self.day
        let session = try await half(door, at: ready)
        #expect(try await door.finishWait(door.attempt(session), at: ready) == nil)
        #expect(door.audit.events.filter { $0.kind == .factorRecoveryCancelled }.map(\.actor) == [.visitor])
    }

    @Test("A link of something else stops nothing", arguments: ["", "x", "mrs_", "mml_0123456789", "/"])
    func strange(link: String) async throws {
        let door = try await enrolled()
        let begun = try await door.beginWait(try await half(door), at: Self.later)
        #expect(try await door.recoveries.look(at: link, at: Self.later) == nil)
        #expect(try await !door.recoveries.stop(link, at: Self.later))
        #expect(try await door.recoveries.underWay(for: door.ann.id, at: Self.later) == begun)
    }

    @Test("IN3: of those who finish at once, one is in")
    func race() async throws {
        let door = try await enrolled()
        try await door.beginWait(try await half(door), at: Self.later)
        let ready = Self.later + Self.day
        let recoveries = door.recoveries
        let attempt = door.attempt(try await half(door, at: ready))
        #expect(try await recoveries.sendCode(attempt, at: ready))
        let code = try await door.recoveryCode()
        let finished = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 1...4 {
                group.addTask { try await recoveries.take(code: code, attempt, at: ready).word == "finished" }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(finished == 1)
    }
}
