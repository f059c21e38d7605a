import Cryptography
import Identity
import OAuth
import Storage

/// The rules of administration, as the commands reach them.
enum PeopleDesk {
    /// - Parameter mailing: whether mail may be caused, for which the master key is opened too.
    static func with<Result: Sendable>(
        _ settings: Settings, mailing: Bool = false, _ work: (Administration) async throws -> Result
    ) async throws -> Result {
        guard mailing else {
            return try await OpenHouse.withStore(settings) { store, audit in
                try await work(House.administration(store, postbox: nil, random: SystemRandom(), audit: audit))
            }
        }
        return try await withPostbox(settings) { house, postbox in
            try await work(
                House.administration(house.store, postbox: postbox, random: house.random, audit: house.audit))
        }
    }

    static func withStaffLinks<Result: Sendable>(
        _ settings: Settings, _ work: (Administration, StaffLinks) async throws -> Result
    ) async throws -> Result {
        try await withPostbox(settings) { house, postbox in
            let (store, random, audit) = (house.store, house.random, house.audit)
            // Links are made here, and opened by whoever serves: no session begins, and no notice of one is written.
            let sessions = Sessions(store: store, random: random, audit: audit)
            return try await work(
                House.administration(store, postbox: postbox, random: random, audit: audit),
                House.staffLinks(store, sessions: sessions, postbox: postbox, random: random, audit: audit))
        }
    }

    /// With the master key open, under which mail waits.
    private static func withPostbox<Result: Sendable>(
        _ settings: Settings, _ work: (OpenHouse, Postbox) async throws -> Result
    ) async throws -> Result {
        let house = try await OpenHouse.open(settings, logger: settings.commandLogger)
        do {
            let result = try await work(house, try Postbox(masterKey: house.masterKey, random: house.random))
            await house.close()
            return result
        } catch {
            await house.close()
            throw error
        }
    }

    /// Before what nothing comes of without a mail.
    static func demandMail(_ settings: Settings, to deed: String) throws(CommandRefusal) {
        guard settings.mailDriver != nil else {
            throw CommandRefusal("nobody can \(deed) where no mail is sent: set mail.smtp.host, or mail.driver")
        }
    }

    static func demandPasswords(_ settings: Settings) throws(CommandRefusal) {
        guard settings.takesPasswords else {
            throw CommandRefusal("nobody needs another password where sign_in.methods leaves out password")
        }
    }

    /// The person was to hear of a change by mail.
    static func warnOfSilence(_ settings: Settings) {
        if let warning = settings.mailWarning { Terminal.tell("warning: \(warning)") }
    }

    /// The words for a change that was not made.
    static func settled(_ outcome: Administration.Outcome, of person: Account) throws -> (Account, isNew: Bool) {
        switch outcome {
        case .done(let account): return (account, true)
        case .unchanged(let account): return (account, false)
        case .nobody: throw gone(person)
        case .changedMeanwhile:
            throw CommandRefusal("\(person.email) is being changed by somebody else; look again and repeat it")
        case .notPossible:
            throw CommandRefusal("\(person.email) is \(person.state.rawValue); martlet user enable comes first")
        case .mayNotAppoint: throw notYours
        case .lastAdministrator:
            throw CommandRefusal(
                "\(person.email) is the last administrator; make somebody else one first: martlet user roles ADDRESS --add administrator"
            )
        }
    }

    static func settled(_ ending: AccessEnding, of person: Account) throws(CommandRefusal) -> EndedAccess {
        switch ending {
        case .ended(let ended): return ended
        case .nobody: throw gone(person)
        case .mayNotAppoint: throw notYours
        }
    }

    private static func gone(_ person: Account) -> CommandRefusal {
        CommandRefusal("\(person.email) is gone; nothing was changed")
    }

    private static var notYours: CommandRefusal {
        CommandRefusal("who is administrator is not yours to say; nothing was changed")
    }
}
