import OAuth

/// Proving the address of an account that has none proven: one that was imported, or made for somebody (B023).
///
/// A right password alone opens no session there: whoever gave the address might not read its mail.
package struct AddressVerification: MailEntrance {
    package let purpose = MailProof.Purpose.verification
    package let proofs: MailProofs
    private let accounts: any AccountStore
    private let reception: ProvenReception

    package init(proofs: MailProofs, accounts: any AccountStore, reception: ProvenReception) {
        self.proofs = proofs
        self.accounts = accounts
        self.reception = reception
    }

    /// After a right password.
    package func begin(
        for account: Account, from arrival: Arrival, _ errand: MailErrand, at now: Instant
    ) async throws {
        var request = MailProofs.Request(
            .verification, letter: .verification, to: account.email, of: account, isMailed: true)
        request.name = account.profile.name
        request.facts = Letter.facts(about: arrival.visitor, at: now)
        request.query = errand.query
        _ = try await proofs.begin(request, browser: arrival.visitor.browser, network: errand.network, at: now)
    }

    package func askAgain(
        _ proof: MailProof, from arrival: Arrival, _ errand: MailErrand, at now: Instant
    ) async throws {
        guard let account = try await account(of: proof) else { return }
        try await begin(for: account, from: arrival, errand, at: now)
    }

    package func enter(_ proof: MailProof, from arrival: Arrival, at now: Instant) async throws -> EntryOutcome {
        guard let account = try await account(of: proof),
            let opened = try await reception.receive(account, by: proof, from: arrival, as: .known, at: now)
        else { return .dead }
        return .signedIn(opened)
    }

    package func enter(
        _ proof: MailProof, choosing draft: AccountDraft, from arrival: Arrival, at now: Instant
    ) async throws -> EntryOutcome {
        guard let account = try await account(of: proof) else { return .dead }
        let own = AccountDraft(
            name: account.profile.name ?? "", email: account.email.canonical, password: draft.password,
            username: account.profile.preferredUsername ?? "")
        let problems = reception.problems(with: own)
        guard problems.isEmpty else { return .refused(problems) }
        do {
            let claimed = account.with(passwordHash: try await reception.hasher.hash(own.password))
            let opened = try await reception.receive(claimed, by: proof, from: arrival, as: .claimed, at: now)
            return opened.map(EntryOutcome.signedIn) ?? .dead
        } catch let refusal as PasswordHasher.Busy {
            return .busy(retryAfter: refusal.retryAfter)
        }
    }

    /// The account as it stands, if its address is the one that was written to and still waits to be proven.
    private func account(of proof: MailProof) async throws -> Account? {
        guard let id = proof.accountID, let account = try await accounts.account(id: id), !account.isEmailVerified,
            account.status == .active, account.email.canonical == proof.address.canonical
        else { return nil }
        return account
    }
}

extension Account {
    fileprivate func with(passwordHash hash: String) -> Account {
        Account(
            id: id, email: email, isEmailVerified: true, profile: profile, roles: roles, status: status,
            deletion: deletion, passwordHash: hash, createdAt: createdAt, updatedAt: updatedAt)
    }
}
