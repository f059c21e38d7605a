import Cryptography
import Identity
import OAuth
import Testing

@testable import Storage

/// The door, and beside it the ways in by the proof of a mailbox.
struct Gateway: Sendable {
    let door: Door
    let postbox: Postbox
    let proofs: MailProofs
    let signUp: SignUp
    let verification: AddressVerification

    init(_ policy: SignUpPolicy = SignUpPolicy(mode: .open), limits: MailLanes.Limits = .init()) async throws {
        let door = try await Door()
        let random = SystemRandom()
        let postbox = try Postbox(key: Array(3..<35), random: random)
        let proofs = MailProofs(
            store: door.store, browsers: door.store, postbox: postbox,
            lanes: MailLanes(throttle: door.throttle, limits: limits), key: Array(5..<37), random: random,
            audit: door.audit)
        let reception = ProvenReception(
            store: door.store, sessions: door.sessions, postbox: postbox, hasher: door.hasher,
            rule: PasswordRule(service: ["Martlet"]), audit: door.audit)
        self.door = door
        self.postbox = postbox
        self.proofs = proofs
        signUp = SignUp(
            policy: policy, proofs: proofs, accounts: door.store, reception: reception, throttle: door.throttle,
            random: random)
        verification = AddressVerification(proofs: proofs, accounts: door.store, reception: reception)
    }

    /// The same with another rule: a setting was changed.
    func with(_ policy: SignUpPolicy) -> SignUp {
        let reception = ProvenReception(
            store: door.store, sessions: door.sessions, postbox: postbox, hasher: door.hasher,
            rule: PasswordRule(service: ["Martlet"]), audit: door.audit)
        return SignUp(
            policy: policy, proofs: proofs, accounts: door.store, reception: reception, throttle: door.throttle,
            random: SystemRandom())
    }

    static let good = AccountDraft(name: "Ann Lee", email: "Ann@Example.org", password: Door.password)

    static func arrival(_ browser: UInt8 = 1) -> Arrival {
        Arrival(visitor: Door.visitor(browser), presentedSession: nil, authorization: nil)
    }

    static func errand(from address: String = "203.0.113.7", _ query: String = "") -> MailErrand {
        MailErrand(network: ClientNetwork(address), query: query)
    }

    /// Fills in the form and sends it.
    func begin(
        _ draft: AccountDraft = good, browser: UInt8 = 1, from address: String = "203.0.113.7", query: String = "",
        at now: Instant = Door.noon
    ) async throws -> SignUp.Beginning {
        switch signUp.read(draft) {
        case .refused(let problems): return .refused(problems)
        case .readable(let wish):
            return try await signUp.begin(
                wish, from: Self.arrival(browser), Self.errand(from: address, query), at: now)
        }
    }

    /// The letters that wait, blank ones left out, the latest last. Of those of one second the order is anybody's.
    func letters(_ kind: Letter.Kind? = nil) async throws -> [Letter] {
        let rows = try await door.store.database.read { connection in
            try connection.rows(
                """
                SELECT id, kind, account_id, sealed_letter, created_at, expires_at, is_blank FROM outbox
                ORDER BY created_at
                """, [])
        }
        return try rows.compactMap { row in
            var cursor = RowCursor(row)
            let sealed = SealedLetter(
                id: try cursor.text(), kind: try #require(Letter.Kind(rawValue: try cursor.text())),
                accountID: try cursor.optionalText(), sealed: try cursor.bytes(), createdAt: try cursor.instant(),
                expiresAt: try cursor.instant(), isBlank: try cursor.flag())
            return (kind == nil || sealed.kind == kind) && !sealed.isBlank ? postbox.open(sealed) : nil
        }
    }

    /// What is in the newest letter of a kind.
    func mailed(_ kind: Letter.Kind) async throws -> (link: String, code: String) {
        let letter = try #require(try await letters(kind).last)
        let path = try #require(letter.path)
        let link = path.split(separator: "/").last.map { String($0.prefix { $0 != "?" }) } ?? ""
        return (link, letter.code ?? "")
    }
}

extension EntryOutcome {
    var session: Session? {
        if case .signedIn(let opened) = self { opened.session } else { nil }
    }

    var isDead: Bool {
        if case .dead = self { true } else { false }
    }

    var isLocked: Bool {
        if case .codeLocked = self { true } else { false }
    }

    var triesLeft: Int64? {
        if case .wrongCode(let left) = self { left } else { nil }
    }

    var problems: [AccountProblem] {
        if case .refused(let problems) = self { problems } else { [] }
    }
}
