import Cryptography
import OAuth

/// Inviting people, and letting in those who come: whoever reads the mail has proven the address, and chooses a
/// password nobody else ever sees (PW13).
package struct Invitations: Sendable {
    package enum Making: Sendable, Equatable {
        case made(Invitation)
        case addressTaken
        /// It would make an administrator, which is not for whoever invites to do.
        case mayNotAppoint
        /// Too many invitations were sent to the address, or by whoever invites.
        case throttled(retryAfter: Int64)
    }

    /// An hour of one administrator or app, and a day of one address: nobody's mailbox is buried by whoever got hold of
    /// a token (ML7).
    package static let byInviter = ThrottleLimit("invitation-inviter", attempts: 100, window: 3600)
    package static let toAddress = ThrottleLimit("invitation-address", attempts: 5, window: 86_400)

    package enum Acceptance: Sendable {
        case accepted(Account, OpenedSession)
        /// The invitation was not spent: the form can be sent again.
        case refused([AccountProblem], Invitation)
        /// Unknown, expired, spent, superseded, withdrawn, or the address has an account by now; or who invited does not
        /// administer any more.
        case dead
    }

    private let store: any InvitationStore
    private let postbox: Postbox
    private let random: any RandomSource
    private let audit: any AuditLog
    /// `nil` at the command line, which nobody reaches from outside.
    private let throttle: Throttle?

    package init(
        store: any InvitationStore, postbox: Postbox, random: any RandomSource, audit: any AuditLog,
        throttle: Throttle? = nil
    ) {
        self.throttle = throttle
        self.store = store
        self.postbox = postbox
        self.random = random
        self.audit = audit
    }

    /// An earlier invitation to the address is dead from here on.
    package func invite(
        _ address: EmailAddress, name: PersonName?, roles: [Role], _ instruction: Instruction, at now: Instant
    ) async throws -> Making {
        guard instruction.mayConcern(roles) else { return .mayNotAppoint }
        if let seconds = try await wait(for: address, instruction, at: now) { return .throttled(retryAfter: seconds) }
        let link = try OpaqueToken(.invitation, from: random)
        let invitation = Invitation(
            digest: link.digest, address: address, name: name?.text, roles: roles, inviter: instruction.actor?.personID,
            createdAt: now, expiresAt: now + Invitation.lifetime)
        let letter = Letter(
            .invitation, to: address, name: name?.text, path: "/invitation/\(link.plaintext)",
            facts: [(.until, String(invitation.expiresAt.seconds))], expiresAt: invitation.expiresAt)
        guard try await store.invite(invitation, mailing: try postbox.seal(letter, at: now), at: now) else {
            return .addressTaken
        }
        let names = Set(roles.map(\.name)).sorted().joined(separator: " ")
        audit.record(instruction.event(.invitationMade, of: nil, ["invitation": invitation.mark, "roles": names]))
        return .made(invitation)
    }

    /// How long whoever invites must wait; `nil` when the mail may go. Their own lane comes first: over it they fill no
    /// address's.
    private func wait(for address: EmailAddress, _ instruction: Instruction, at now: Instant) async throws -> Int64? {
        guard let throttle, let inviter = instruction.actor else { return nil }
        let lanes = [
            throttle.lane(Self.byInviter, Array("\(inviter)".utf8)),
            throttle.lane(Self.toAddress, Array(address.canonical.utf8)),
        ]
        guard case .refused(_, let seconds) = try await throttle.admit(lanes, at: now) else { return nil }
        return seconds
    }

    /// Those that can still be accepted, in the order of their canonical addresses, after a given one.
    package func waiting(after canonicalEmail: String?, limit: Int, at now: Instant) async throws -> [Invitation] {
        try await store.invitations(after: canonicalEmail, limit: limit, at: now)
    }

    /// Takes back the invitation to an address; `nil` when none waits there.
    package func withdraw(
        _ address: EmailAddress, _ instruction: Instruction, at now: Instant
    ) async throws -> Invitation? {
        guard let invitation = try await store.withdrawInvitation(to: address, at: now) else { return nil }
        audit.record(instruction.event(.invitationWithdrawn, of: nil, ["invitation": invitation.mark]))
        return invitation
    }

    /// For the form. Spends nothing (ML3).
    package func invitation(presented: String, at now: Instant) async throws -> Invitation? {
        guard let link = OpaqueToken(.invitation, presented: presented) else { return nil }
        return try await store.invitation(link.digest, at: now)
    }

    /// The invitation is looked at first, so that strangers neither learn what the rules say of their guesses nor have
    /// them hashed. Only its own address gets the account.
    package func accept(
        presented: String, name: String, password: String, creation: AccountCreation, sessions: Sessions,
        from arrival: Arrival, at now: Instant
    ) async throws -> Acceptance {
        guard let invitation = try await invitation(presented: presented, at: now) else { return refused() }
        let draft = AccountDraft(name: name, email: invitation.address.typed, password: password)
        let account: Account
        switch try await creation.prepare(draft, roles: invitation.roles, isEmailVerified: true, at: now) {
        case .refused(let problems): return .refused(problems, invitation)
        case .created(let prepared): account = prepared
        }
        let opened = try sessions.prepare(
            for: account, method: PasswordSignIn.method, from: arrival.visitor,
            at: now)
        let entry = ProvenEntry(
            link: invitation.digest, account: account, opening: arrival.opening(opened.session), letters: [])
        guard try await store.accept(entry, at: now) else { return refused() }
        let details = ["method": "invitation", "invitation": invitation.mark]
        audit.record(AuditEvent(.accountCreated, subject: account.id, details: details))
        audit.record(AuditEvent(.invitationAccepted, subject: account.id, details: details))
        audit.record(AuditEvent(.signIn, subject: account.id, details: ["method": "invitation"]))
        return .accepted(account, opened)
    }

    private func refused() -> Acceptance {
        audit.record(AuditEvent(.invitationRefused, details: ["reason": "unknown_spent_or_expired"]))
        return .dead
    }
}

extension AuditEvent.Actor {
    /// The account that acts; `nil` for commands and apps.
    fileprivate var personID: String? {
        if case .person(let id) = self { id } else { nil }
    }
}
