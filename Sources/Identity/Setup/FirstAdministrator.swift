import Cryptography
import OAuth

/// The way into a new installation: a link, good once and for a day, that makes the first administrator (PW13).
/// There is no default account and no default password.
package struct FirstAdministrator: Sendable {
    /// There is an administrator: the next ones are made by that one, or at the command line.
    package struct AlreadyThere: Error, Equatable {}

    package enum Outcome: Sendable, Equatable {
        case created(Account)
        /// The link was not spent: the form can be sent again.
        case refused([AccountProblem])
        /// Unknown, expired, spent, superseded, or there is an administrator already.
        case linkInvalid
    }

    /// Seconds.
    private static let linkLifetime: Int64 = 86400

    private let accounts: any AccountStore
    private let links: any OneTimeStore
    private let browsers: any KnownBrowserStore
    private let creation: AccountCreation
    private let random: any RandomSource
    private let audit: any AuditLog

    package init(
        accounts: any AccountStore, links: any OneTimeStore, browsers: any KnownBrowserStore,
        creation: AccountCreation, random: any RandomSource, audit: any AuditLog
    ) {
        self.accounts = accounts
        self.links = links
        self.browsers = browsers
        self.creation = creation
        self.random = random
        self.audit = audit
    }

    /// A new link; older ones are dead from here on. Throws `AlreadyThere` when none is needed.
    package func makeLink(at now: Instant) async throws -> OpaqueToken {
        guard try await !accounts.hasAdministrator() else { throw AlreadyThere() }
        let link = try OpaqueToken(.setupLink, from: random)
        let expiry = now + Self.linkLifetime
        let artefact = OneTimeArtefact(kind: .setupLink, digest: link.digest, binding: "", expiresAt: expiry)
        try await links.keep(artefact, superseding: true)
        audit.record(AuditEvent(.setupLinkMade, details: ["expires": "\(expiry)"]))
        return link
    }

    /// Whether the form should be shown. Spends nothing: a GET asks this (ML3).
    package func isLive(_ presented: String, at now: Instant) async throws -> Bool {
        guard let link = OpaqueToken(.setupLink, presented: presented),
            try await links.isLive(.setupLink, link.digest, binding: "", at: now)
        else { return false }
        return try await !accounts.hasAdministrator()
    }

    /// Creates the administrator and spends the link in one step. The link stands for the address, which so
    /// counts as verified: whoever can read the server's output could set that as well.
    ///
    /// The link is looked at first, so that strangers neither learn what the rules say of their guesses nor
    /// have them hashed.
    package func create(
        presented: String, _ draft: AccountDraft, from visitor: Visitor, at now: Instant
    ) async throws -> Outcome {
        guard let link = OpaqueToken(.setupLink, presented: presented), try await isLive(presented, at: now) else {
            return refused()
        }
        let account: Account
        switch try await creation.prepare(draft, roles: [.administrator], isEmailVerified: true, at: now) {
        case .refused(let problems): return .refused(problems)
        case .created(let prepared): account = prepared
        }
        guard try await accounts.createFirstAdministrator(account, spending: link.digest, at: now) else {
            let isTaken = try await isLive(presented, at: now)
            return isTaken ? .refused([AccountProblem(.email, .taken)]) : refused()
        }
        try await browsers.remember(browser: visitor.browser, of: account.id, at: now)
        audit.record(AuditEvent(.administratorCreated, subject: account.id, details: ["method": "setup_link"]))
        return .created(account)
    }

    private func refused() -> Outcome {
        audit.record(AuditEvent(.setupLinkRefused, details: ["reason": "unknown_spent_or_expired"]))
        return .linkInvalid
    }
}
