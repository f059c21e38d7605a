import JSON
import OAuth

/// The proof of an address that a provider has not proven, before somebody who came back from it is let in. Nobody is told
/// whether the address has an account: the page is the same, and the mail says the rest to whom it concerns (PW10).
package struct UpstreamProof: MailEntrance {
    package let purpose = MailProof.Purpose.upstream
    package let proofs: MailProofs
    private let reception: UpstreamReception

    package init(proofs: MailProofs, reception: UpstreamReception) {
        self.proofs = proofs
        self.reception = reception
    }

    /// Who waits in this browser for an address, and has the time for a mail.
    package func waiting(in browser: TokenDigest, at now: Instant) async throws -> PendingIdentity? {
        guard let pending = try await reception.store.pendingIdentity(of: browser, at: now), pending.need == .address,
            pending.expiresAt.seconds(since: now) > MailProofs.lifetime
        else { return nil }
        return pending
    }

    /// What is wrong with an address, before anything is asked of it.
    package func problem(with typed: String) -> AccountProblem? {
        guard let address = EmailAddress(typed) else {
            return AccountProblem(.email, typed.allSatisfy(\.isWhitespace) ? .missing : .malformed)
        }
        // Where nobody may sign up, only somebody who has an account comes this far, and is told no more than others.
        let isAdmitted = !reception.policy.isOffered || reception.policy.admits(address)
        return isAdmitted ? nil : AccountProblem(.email, .domainNotAdmitted)
    }

    /// Asks for the mail.
    package func begin(
        _ pending: PendingIdentity, at address: EmailAddress, from arrival: Arrival, _ errand: MailErrand,
        at now: Instant
    ) async throws {
        let account = try await reception.accounts.account(canonicalEmail: address.canonical)
        let isMailed = account != nil || reception.policy.admits(address)
        var request = MailProofs.Request(purpose, letter: .signUp, to: address, of: account, isMailed: isMailed)
        request.name = account?.profile.name
        request.detail = pending.identity.detail
        request.facts = Letter.facts(about: arrival.visitor, at: now)
        request.query = errand.query
        if let account {
            let isProven = account.isEmailVerified || account.status != .active
            request.letter = isProven ? .alreadyRegistered : .verification
            if isProven { request.instead = ("/sign-in\(errand.query)", "/recovery\(errand.query)") }
        }
        _ = try await proofs.begin(request, browser: arrival.visitor.browser, network: errand.network, at: now)
    }

    package func askAgain(
        _ proof: MailProof, from arrival: Arrival, _ errand: MailErrand, at now: Instant
    ) async throws {
        guard let pending = try await waiting(in: arrival.visitor.browser, at: now) else { return }
        try await begin(pending, at: proof.address, from: arrival, errand, at: now)
    }

    package func enter(_ proof: MailProof, from arrival: Arrival, at now: Instant) async throws -> EntryOutcome {
        guard let identity = UpstreamIdentity(proof.detail),
            reception.upstream.provider(identity.key.provider) != nil
        else { return .dead }
        let visit = UpstreamReception.Returned(
            identity: identity, query: "", arrival: arrival, network: ClientNetwork(arrival.visitor.address), now: now)
        var outcome = UpstreamReception.Outcome.overtaken
        if let id = proof.accountID {
            guard let account = try await reception.accounts.account(id: id), !account.isEmailVerified,
                account.status == .active, account.email.canonical == proof.address.canonical
            else { return .dead }
            outcome = try await reception.enter(account.claimed, .claimedByMail(link: proof.link), visit)
        } else {
            guard reception.policy.admits(proof.address) else { return .dead }
            let account = try reception.newAccount(proof.address, identity, at: now)
            outcome = try await reception.enter(account, .newByMail(link: proof.link), visit)
        }
        guard case .signedIn(let opened) = outcome else { return .dead }
        return .signedIn(opened)
    }

    /// Nowhere else: what the other browser brought along from the provider is not this one's (ML2).
    package func enter(
        _ proof: MailProof, choosing draft: AccountDraft, from arrival: Arrival, at now: Instant
    ) async throws -> EntryOutcome { .dead }
}

extension UpstreamIdentity {
    /// As it waits with the proof of a mailbox; never with tokens.
    var detail: JSONObject {
        var detail: JSONObject = ["provider": .string(key.provider), "subject": .string(key.subject)]
        detail["name"] = name.map(JSONValue.string)
        detail["given_name"] = givenName.map(JSONValue.string)
        detail["family_name"] = familyName.map(JSONValue.string)
        detail["label"] = label.map(JSONValue.string)
        return detail
    }

    init?(_ detail: JSONObject) {
        guard let provider = detail["provider"]?.stringValue, let subject = detail["subject"]?.stringValue else {
            return nil
        }
        self.init(provider, subject: subject)
        name = detail["name"]?.stringValue
        givenName = detail["given_name"]?.stringValue
        familyName = detail["family_name"]?.stringValue
        label = detail["label"]?.stringValue
    }
}
