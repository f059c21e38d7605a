import OAuth

extension FactorEnrolment {
    /// Mails a code that shows that mails arrive.
    package func sendCode(_ request: Request, at now: Instant) async throws -> Bool {
        guard obstacle(to: .mailCode, request, at: now) == nil else { return false }
        var mail = MailProofs.Request(secondFactorOf: request.account, from: request.visitor, at: now)
        mail.detail = ["enrol": .string(request.session.id)]
        mail.lifetime = policy.mailCodeLifetime
        return try await proofs.begin(mail, browser: request.visitor.browser, network: request.network, at: now)
    }

    /// A code that was asked for to sign in sets nothing up, nor the other way round.
    package func addMailCode(code: String, _ request: Request, at now: Instant) async throws -> Outcome {
        if let obstacle = obstacle(to: .mailCode, request, at: now) { return obstacle }
        let (account, session) = (request.account, request.session)
        switch try await proofs.proof(code: code, for: .secondFactor, browser: request.visitor.browser, at: now) {
        case .right(let proof):
            guard proof.accountID == account.id, proof.detail["enrol"]?.stringValue == session.id,
                proof.address.canonical == account.email.canonical
            else { return .wrong }
            let factor = Factor(
                id: try Identifier.make(from: random), accountID: account.id, name: "", secret: .mailbox,
                createdAt: now, lastUsedAt: now)
            // In a session that came in by the mailbox it is no second thing (B109).
            let method = session.proofs.classes.contains(.mailbox) ? nil : Proof.mailCode
            return try await add(.addMailCode(factor, link: proof.link), proving: method, request, at: now)
        case .wrong, .nothing: return .wrong
        case .locked: return .locked(retryAfter: policy.tries.lockout)
        }
    }
}
