import OAuth

extension FactorEnrolment {
    /// - Parameter name: what its person calls it; where they say nothing fit, it is called by the browser.
    package func addPasskey(
        _ answer: PasskeyAnswer, named name: String, _ request: Request, at now: Instant
    ) async throws -> Outcome {
        if let obstacle = obstacle(to: .passkey, request, at: now) { return obstacle }
        guard let (passkey, isVerified, challenge) = try passkeys.registration(answer, in: request.session, at: now)
        else { return .wrong }
        let factor = Factor(
            id: try Identifier.make(from: random), accountID: request.account.id,
            name: FactorName(name)?.text ?? request.visitor.device, secret: .passkey(passkey), createdAt: now,
            lastUsedAt: now)
        let method = isVerified ? Proof.verifiedPasskey : Proof.passkey
        return try await add(.addPasskey(factor, challenge: challenge), proving: method, request, at: now)
    }
}
