import OAuth

/// Who of a file would be here already when a later record of the same file is settled: an import that only says what
/// would become of everybody writes nobody down, so it keeps this in mind instead.
package struct Foresight: Sendable {
    private var emails: Set<String> = []
    private var subjects: Set<String> = []
    private var usernames: Set<String> = []
    private var marks: Set<ArrivalMark> = []
    private var identities: Set<[UInt8]> = []

    package init() {}

    /// Accounts whose marks are not noted yet, which an import begins with.
    mutating func add(_ arrivals: [NotedArrival]) {
        for arrival in arrivals { marks.formUnion(arrival.marks) }
    }

    /// What becomes of somebody, after everybody before them. `stored`: what would if they came alone.
    mutating func outcome(of settler: Settler, stored: SettlingOutcome) -> SettlingOutcome {
        let outcome = min(stored, conflict(of: settler))
        switch outcome {
        case .emailTaken, .subjectTaken, .arrivedBefore, .removed, .identityTaken: return outcome
        case .createdWithoutUsername: break
        case .created:
            if let username = settler.account.profile.canonicalUsername { usernames.insert(username) }
        }
        emails.insert(settler.account.email.canonical)
        subjects.insert(settler.account.id)
        marks.formUnion(settler.account.arrivalMarks)
        identities.formUnion(settler.identities.map(\.bytes))
        return outcome
    }

    private func conflict(of settler: Settler) -> SettlingOutcome {
        let account = settler.account
        if emails.contains(account.email.canonical) { return .emailTaken }
        if subjects.contains(account.id) { return .subjectTaken }
        if account.arrivalMarks.contains(where: marks.contains) { return .arrivedBefore }
        if settler.identities.contains(where: { identities.contains($0.bytes) }) { return .identityTaken }
        return account.profile.canonicalUsername.map(usernames.contains) ?? false ? .createdWithoutUsername : .created
    }
}
