import ArgumentParser
import Cryptography
import Foundation
import Identity
import OAuth
import Storage

/// `martlet user import`.
struct ImportUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Bring people along from another system, with the passwords they have.",
        discussion: """
            What to export there:
              Django    manage.py dumpdata auth.user auth.group account.emailaddress
                        socialaccount.socialaccount social_django.usersocialauth
                        (your own user model in the place of auth.user; account
                        and socialaccount only with allauth, social_django only
                        with python-social-auth)
              Keycloak  kc.sh export --realm NAME --users realm_file --file FILE
                        (the console's export has no people)
              Auth0     the file of password hashes that its support sends, or
                        one made for its import
              Firebase  firebase auth:export FILE, and the console's password
                        hash parameters, copied to a file, as --hash-config
              Martlet   martlet user export FILE --with-password-hashes

            Nobody resets a password: the old hash is kept until its person signs in, and is replaced by Argon2id \
            then. Addresses, whether they are proven, names, usernames, languages, birth dates, roles, disabled \
            accounts and dates come along; the old id stays as the attribute legacy_sub_django (or _keycloak, \
            _auth0, _firebase), and what people sign in with at GitHub, Google and others comes with them. Second \
            factors and pictures cannot; they are counted.

            Whoever is here already, by their address or by their old id, is never changed, and whoever was deleted \
            here for good is not brought back, so the command can be given again. A file that is damaged imports \
            nobody. Try --dry-run first.

            Exit codes: 0 everybody came or was here, 1 some were refused, 2 asked wrongly.
            """)

    @Argument(help: "The file.", completion: .file())
    var file: String

    @Option(name: .long, help: "Whose file it is; found out by its beginning where that tells.")
    var format: ArrivalFormatName?

    @Flag(name: .long, help: "Write nothing; say what would become of everybody.")
    var dryRun = false

    @Flag(name: .long, help: "Name those too who came without a remark.")
    var verbose = false

    @Flag(name: .long, help: "Print JSON, one object a line for each person, and a summary.")
    var json = false

    @Flag(
        name: .long, help: "Django: the old site proved every address. Without it, only those that allauth says it has."
    )
    var addressesProven = false

    @Flag(name: .long, help: "Keycloak: groups become roles, too.")
    var groupsAsRoles = false

    @Option(name: .long, help: "Firebase: the file with the password hash parameters.", completion: .file())
    var hashConfig: String?

    @Flag(name: .long, help: "Firebase: people come without their passwords, and set new ones.")
    var withoutPasswords = false

    @Flag(name: .long, help: "Let those be administrators here whom the file calls so.")
    var withAdministrators = false

    @Option(
        name: .long, help: "The old system's own name, where several of a kind are brought together: legacy_sub_NAME.")
    var source: SourceName?

    @Flag(name: .long, help: "Bring those back too whose account was deleted here for good.")
    var evenDeleted = false

    func validate() throws {
        guard hashConfig == nil || !withoutPasswords else {
            throw ValidationError("--hash-config and --without-passwords exclude one another")
        }
        if let misfit = format.flatMap({ self.misfit($0) }) { throw ValidationError(misfit) }
    }

    /// An option that means nothing for a file was meant for another.
    private func misfit(_ name: ArrivalFormatName) -> String? {
        let bound: [(isGiven: Bool, option: String, format: ArrivalFormatName)] = [
            (hashConfig != nil, "--hash-config", .firebase), (withoutPasswords, "--without-passwords", .firebase),
            (addressesProven, "--addresses-proven", .django), (groupsAsRoles, "--groups-as-roles", .keycloak),
        ]
        if let wrong = bound.first(where: { $0.isGiven && $0.format != name }) {
            return "\(wrong.option) goes with --format \(wrong.format.rawValue)"
        }
        guard name == .martlet, source != nil else { return nil }
        return "--source goes with files of other systems: people from a Martlet keep their sub"
    }

    func run() async throws {
        let source = try ImportFile(file)
        let name = try format ?? guess(source)
        let settings = try Settings.ofThisProcess()
        let reading = try reading(name, settings)
        let report = try await OpenHouse.withStore(settings) { store, audit in
            try await run(source, reading, ImportReport(format: name, isDryRun: dryRun), store, audit)
        }
        if report.count(.refused) > 0 { throw ExitCode(1) }
    }

    private func run(
        _ source: ImportFile, _ reading: any ArrivalFormat, _ report: ImportReport, _ store: Store,
        _ audit: any AuditLog
    ) async throws -> ImportReport {
        let hasher = try PasswordHasher()
        defer { hasher.stop() }
        let resettlement = Resettlement(
            store: store, hasher: hasher, random: SystemRandom(), takesAdministrators: withAdministrators,
            bringsBack: evenDeleted)
        let voice = ImportVoice(json: json, verbose: verbose, path: file, terminal: .standardOutput)
        var people = PeopleImport(source, reading, report: report, resettlement: resettlement, voice: voice)
        try people.survey()
        // What was done is on record, also when the rest fails.
        defer { if !dryRun { audit.record(AuditEvent(.peopleImported, details: people.report.details)) } }
        try await people.run(at: SystemClock().now)
        try people.conclude()
        return people.report
    }

    private func guess(_ source: ImportFile) throws -> ArrivalFormatName {
        guard let name = ArrivalFormatName.guess(try source.beginning()) else {
            throw CommandRefusal(
                "\(file) does not show whose file it is; give --format "
                    + ArrivalFormatName.allCases.map(\.rawValue).joined(separator: ", "), exitCode: .usage)
        }
        if let misfit = self.misfit(name) {
            throw CommandRefusal(
                "\(misfit), and \(file) looks like one of \(name.owner); give --format if it is not",
                exitCode: .usage)
        }
        return name
    }

    private func reading(_ name: ArrivalFormatName, _ settings: Settings) throws -> any ArrivalFormat {
        let source = source?.text ?? name.rawValue
        return switch name {
        case .django: DjangoArrivals(takesAddressesAsVerified: addressesProven, source: source)
        case .keycloak: KeycloakArrivals(takesGroupsAsRoles: groupsAsRoles, source: source)
        case .auth0: Auth0Arrivals(source: source)
        case .firebase:
            FirebaseArrivals(
                try hashConfig.map { try FirebaseHashConfig.read($0) }, comesWithoutPasswords: withoutPasswords,
                source: source)
        case .martlet: MartletArrivals(attributes: settings.profileAttributes)
        }
    }
}
