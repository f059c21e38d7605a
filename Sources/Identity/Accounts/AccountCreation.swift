import Cryptography
import OAuth

/// Creating an account for a known purpose: by an operator at the command line, or as the first administrator.
///
/// Not for sign-up by strangers: it says when an address is taken.
package struct AccountCreation: Sendable {
    package enum Outcome: Sendable, Equatable {
        case created(Account)
        /// Every problem at once.
        case refused([AccountProblem])
    }

    private let accounts: any AccountStore
    private let hasher: PasswordHasher
    private let rule: PasswordRule
    private let random: any RandomSource
    private let audit: any AuditLog

    package init(
        accounts: any AccountStore, hasher: PasswordHasher, rule: PasswordRule, random: any RandomSource,
        audit: any AuditLog
    ) {
        self.accounts = accounts
        self.hasher = hasher
        self.rule = rule
        self.random = random
        self.audit = audit
    }

    /// Throws `PasswordHasher.Busy` when the password cannot be hashed now.
    package func create(
        _ draft: AccountDraft, roles: [Role] = [], isEmailVerified: Bool = false, at now: Instant
    ) async throws -> Outcome {
        let prepared = try await prepare(draft, roles: roles, isEmailVerified: isEmailVerified, at: now)
        guard case .created(let account) = prepared else { return prepared }
        guard try await accounts.create(account) else { return .refused([AccountProblem(.email, .taken)]) }
        audit.record(AuditEvent(.accountCreated, subject: account.id, details: ["method": "command"]))
        return .created(account)
    }

    /// Everything but the writing: the account that would be created. Hashes only what will be accepted.
    func prepare(
        _ draft: AccountDraft, roles: [Role], isEmailVerified: Bool, at now: Instant
    ) async throws -> Outcome {
        var problems: [AccountProblem] = []
        let name = Self.name(draft.name, &problems)
        let email = try await address(draft.email, &problems)
        if let problem = rule.problem(with: draft.password, personal: [draft.email, draft.name]) {
            problems.append(AccountProblem(.password, draft.password.isEmpty ? .missing : .password(problem)))
        }
        guard problems.isEmpty, let name, let email else { return .refused(problems) }
        let account = Account(
            id: try Identifier.make(from: random), email: email, isEmailVerified: isEmailVerified,
            profile: Profile(name: name.text), roles: roles, passwordHash: try await hasher.hash(draft.password),
            createdAt: now, updatedAt: now)
        return .created(account)
    }

    static func name(_ typed: String, _ problems: inout [AccountProblem]) -> PersonName? {
        do {
            return try PersonName(typed)
        } catch {
            switch error {
            case .missing: problems.append(AccountProblem(.name, .missing))
            case .tooLong: problems.append(AccountProblem(.name, .tooLong))
            case .malformed: problems.append(AccountProblem(.name, .malformed))
            }
            return nil
        }
    }

    private func address(_ typed: String, _ problems: inout [AccountProblem]) async throws -> EmailAddress? {
        guard let email = EmailAddress(typed) else {
            let isMissing = typed.allSatisfy(\.isWhitespace)
            problems.append(AccountProblem(.email, isMissing ? .missing : .malformed))
            return nil
        }
        if try await accounts.account(canonicalEmail: email.canonical) != nil {
            problems.append(AccountProblem(.email, .taken))
        }
        return email
    }
}
