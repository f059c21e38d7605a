import ArgumentParser
import Identity
import OAuth
import Storage

/// `martlet user`: people, and the roles that apps may demand.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add people, and give or take their roles.",
        subcommands: [AddUserCommand.self, UserRoleCommand.self, ListUsersCommand.self])
}

/// `martlet user add`.
struct AddUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a person who signs in with a password.",
        discussion: """
            The password is asked for at a terminal, or read from standard input: its first line. Roles are names \
            of your own; an app that is registered with --role lets in only those who have it.
            """)

    @Option(name: .long, help: "The address to sign in with.")
    var email: String

    @Option(name: .long, help: "The name to show; without it, what stands before the @.")
    var name: String?

    @Option(name: .long, help: "A role the person has; may be repeated.")
    var role: [String] = []

    func validate() throws {
        guard EmailAddress(email) != nil else {
            throw ValidationError("\(Seen.quoted(email)) is no e-mail address; give one such as me@example.com")
        }
        try RoleName.validate(role)
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let account = try await PersonCreation(
            settings: settings, email: email, name: name, roles: role.map { Role($0) }
        ).run()
        print("\(account.email) can sign in at \(settings.issuer).")
    }
}

/// `martlet user role`.
struct UserRoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Give a person roles, or take them; a running server knows at once.")

    @Argument(help: "The person's address.")
    var email: String

    @Option(name: .long, help: "A role to give; may be repeated.")
    var add: [String] = []

    @Option(name: .long, help: "A role to take; may be repeated.")
    var remove: [String] = []

    func validate() throws { try RoleName.validate(add + remove) }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let roles = try await OpenHouse.withStore(settings) { try await change(in: $0, $1) }
        print("\(email) has \(roles.isEmpty ? "no roles" : "the roles \(roles.map(\.name).joined(separator: ", "))").")
    }

    private func change(in store: Store, _ audit: any AuditLog) async throws -> [Role] {
        guard let address = EmailAddress(email),
            let account = try await store.account(canonicalEmail: address.canonical)
        else { throw CommandRefusal("nobody has the address \(Seen.quoted(email)); see martlet user list") }
        let kept = account.roles.filter { role in !remove.contains { role == Role($0) } }
        let roles = kept + add.map { Role($0) }.filter { !kept.contains($0) }
        guard try await store.setRoles(roles, of: account.id, at: SystemClock().now) else {
            throw CommandRefusal("\(email) is gone; nothing was changed")
        }
        let names = roles.map(\.name).joined(separator: " ")
        audit.record(AuditEvent(.rolesChanged, subject: account.id, details: ["method": "command", "roles": names]))
        return roles
    }
}

/// `martlet user list`.
struct ListUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List people, 100 at a time.")

    @Option(name: .long, help: "Begin after this address.")
    var after: String?

    func run() async throws {
        let store = try await OpenHouse.openStore(try Settings.ofThisProcess())
        let people = try await store.accounts(after: after.flatMap { EmailAddress($0)?.canonical }, limit: 100)
        await store.close()
        for account in people {
            let roles = account.roles.map(\.name).joined(separator: ", ")
            print("\(account.email)  \(account.status.rawValue)  \(roles)")
        }
    }
}

/// What a role may be called: one word that fits into a claim, a log line and a settings file.
enum RoleName {
    static func validate(_ names: [String]) throws {
        for name in names where !isValid(name) {
            throw ValidationError("\(Seen.quoted(name)) is no role; give letters, digits, - and _, at most 64")
        }
    }

    private static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == 0x2D || $0 == 0x5F
            }
    }
}
