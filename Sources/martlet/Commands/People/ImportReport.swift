import Identity
import JSON
import OAuth

/// What became of everybody in a file, told person by person and at the end.
struct ImportReport: Sendable {
    enum Fate: String, Sendable {
        case created
        case taken
        case refused
    }

    /// One record of the file.
    struct Entry: Sendable {
        let line: Int
        let number: Int
        let email: String?
        let fate: Fate
        /// Sentences without a full stop: why not, or what was left out.
        let remarks: [String]
    }

    let format: ArrivalFormatName
    let isDryRun: Bool
    private(set) var counts: [Fate: Int] = [:]
    private(set) var withoutPassword = 0
    private(set) var unproven = 0
    /// How many accounts at each provider came along.
    private(set) var identities: [String: Int] = [:]
    private(set) var leftBehind = LeftBehind()

    init(format: ArrivalFormatName, isDryRun: Bool) {
        self.format = format
        self.isDryRun = isDryRun
    }

    func count(_ fate: Fate) -> Int { counts[fate, default: 0] }

    mutating func add(_ entry: Entry) { counts[entry.fate, default: 0] += 1 }

    /// Somebody who was created: what they have yet to do.
    mutating func count(_ person: ArrivingPerson) {
        if person.password == .none { withoutPassword += 1 }
        if !person.isEmailVerified { unproven += 1 }
        for identity in person.identities { identities[identity.provider, default: 0] += 1 }
    }

    mutating func leave(_ left: LeftBehind) { leftBehind.add(left) }

    /// For the record of security events: figures alone.
    var details: [String: String] {
        [
            "method": "command", "format": format.rawValue, "created": "\(count(.created))",
            "taken": "\(count(.taken))",
            "refused": "\(count(.refused))",
        ]
    }
}
