import Cryptography
import Identity
import OAuth

/// Creating somebody from the command line. Whoever may run such a command could write the address into
/// the database: it counts as verified.
struct PersonCreation {
    let settings: Settings
    let email: String
    let name: String?
    let roles: [Role]

    /// The password is asked for before anything is opened.
    func run() async throws -> Account {
        let password = try PasswordEntry.read()
        return try await OpenHouse.withStore(settings) { store, audit in
            try await create(password, in: store, audit)
        }
    }

    private func create(_ password: String, in store: some AccountStore, _ audit: any AuditLog) async throws -> Account
    {
        let hasher = try PasswordHasher(threads: 1)
        defer { hasher.stop() }
        let creation = AccountCreation(
            accounts: store, hasher: hasher, rule: settings.passwordRule, random: SystemRandom(), audit: audit)
        let draft = AccountDraft(name: name ?? String(email.prefix { $0 != "@" }), email: email, password: password)
        let outcome = try await creation.create(draft, roles: roles, isEmailVerified: true, at: SystemClock().now)
        switch outcome {
        case .refused(let problems): throw CommandRefusal(problems.map(AccountSentence.text))
        case .created(let account):
            if roles.contains(.administrator) {
                audit.record(AuditEvent(.administratorCreated, subject: account.id, details: ["method": "command"]))
            }
            return account
        }
    }
}
