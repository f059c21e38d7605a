import Cryptography
import OAuth

extension FactorEnrolment {
    /// How long somebody may take to set up an app, in seconds.
    package static let draftLifetime: Int64 = 900

    package func beginTOTP(_ request: Request, at now: Instant) throws -> TOTPDraft {
        let seed = try random.bytes(TOTP.seedByteCount)
        return draft(
            seed, sealed: try seeds.sealDraft(seed, for: request.session, until: now + Self.draftLifetime), request)
    }

    /// `nil` when it is not of this session, or too old.
    package func draft(_ sealed: String, _ request: Request, at now: Instant) -> TOTPDraft? {
        seeds.openDraft(sealed, in: request.session, at: now).map { draft($0, sealed: sealed, request) }
    }

    /// The first code shows that the app has the seed, and a clock to go with it (MF1, B114). It is spent by that. Tries
    /// are not counted: whoever types it has the seed before their eyes.
    package func addTOTP(_ sealed: String, code: String, _ request: Request, at now: Instant) async throws -> Outcome {
        if let obstacle = obstacle(to: .totp, request, at: now) { return obstacle }
        guard let seed = seeds.openDraft(sealed, in: request.session, at: now),
            case .right(let step) = try TOTP.check(code, seed: seed, after: 0, at: now)
        else { return .wrong }
        let id = try Identifier.make(from: random)
        let kept = try seeds.seal(seed, of: request.account.id, factor: id)
        let factor = Factor(
            id: id, accountID: request.account.id, name: "", secret: .totp(sealedSeed: kept, lastStep: step),
            createdAt: now, lastUsedAt: now)
        return try await add(.addTOTP(factor, step: step), proving: Proof.totp, request, at: now)
    }

    private func draft(_ seed: [UInt8], sealed: String, _ request: Request) -> TOTPDraft {
        TOTPDraft(
            sealed: sealed, key: Base32.encode(seed).grouped(by: 4, with: " "),
            uri: KeyURI.text(seed: seed, service: serviceName, email: request.account.email))
    }
}
