import Identity
import OAuth

extension Store: ArrivalStore {
    package func settle(_ settlers: [Settler], costs: Set<String>) async throws -> [SettlingOutcome] {
        try await database.write { connection in
            var news = 0
            for cost in costs.sorted() {
                news += try connection.insert(
                    into: "imported_hash_costs", ["blank": .text(cost)], orElse: "ON CONFLICT (blank) DO NOTHING")
            }
            if news > 0 { try connection.announce(ChangeTopic.importedHashes.rawValue) }
            return try settlers.map { try connection.settle($0) }
        }
    }

    package func foresee(_ settlers: [Settler]) async throws -> [SettlingOutcome] {
        try await database.read { connection in
            try settlers.map { try connection.outcome(of: $0) }
        }
    }

    /// Costs that no account has any longer go once none has any: each may be of many. The condition is, word for word,
    /// that of the index.
    package func importedHashCosts() async throws -> [String] {
        let costs = try await database.read { connection in
            try connection.rows("SELECT blank FROM imported_hash_costs ORDER BY blank", []).map { try $0.text(0) }
        }
        guard !costs.isEmpty else { return [] }
        let isOver = try await database.read { connection in
            try connection.rows("SELECT 1 FROM accounts WHERE password_hash LIKE '%:%' LIMIT 1", []).isEmpty
        }
        guard isOver else { return costs }
        try await database.write { connection in
            _ = try connection.execute(
                """
                DELETE FROM imported_hash_costs
                WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE password_hash LIKE '%:%')
                """, [])
        }
        return []
    }
}

extension SQLConnection {
    fileprivate func settle(_ settler: Settler) throws -> SettlingOutcome {
        let outcome = try outcome(of: settler)
        switch outcome {
        case .created:
            guard try insert(settler.account) else { throw Self.vanished }
        case .createdWithoutUsername:
            guard try insert(settler.account.withoutUsername) else { throw Self.vanished }
        case .emailTaken, .subjectTaken, .arrivedBefore, .removed, .identityTaken:
            return outcome
        }
        try note(settler.account.arrivalMarks, of: settler.account.id)
        try welcomeBack(settler.account.id)
        if let preferences = settler.preferences { try keep(preferences, of: settler.account.id) }
        for identity in settler.identities { try connect(identity, to: settler.account) }
        return outcome
    }

    fileprivate func outcome(of settler: Settler) throws -> SettlingOutcome {
        let account = settler.account
        if try holds("canonical_email", account.email.canonical) { return .emailTaken }
        if try holds("id", account.id) { return .subjectTaken }
        let owners = try account.arrivalMarks.flatMap { try self.owners(of: $0) }
        if owners.contains(where: { $0 != nil }) { return .arrivedBefore }
        let isGone = try !owners.isEmpty || !self.owners(of: ArrivalMark(accountID: account.id)).isEmpty
        if isGone, !settler.mayReturn { return .removed }
        if try settler.identities.contains(where: isTaken) { return .identityTaken }
        let username = account.profile.canonicalUsername
        return try username.map { try holds("canonical_username", $0) } ?? false ? .createdWithoutUsername : .created
    }

    private func isTaken(_ identity: ArrivingIdentity) throws -> Bool {
        switch identity {
        case .known(let key, _): try self.identity(key) != nil
        case .expected(let expected):
            try expectedOwner(provider: expected.provider, canonicalEmail: expected.canonicalEmail) != nil
        }
    }

    private func connect(_ identity: ArrivingIdentity, to account: Account) throws {
        switch identity {
        case .known(let key, let label):
            var known = UpstreamIdentity(key.provider, subject: key.subject)
            known.label = label
            guard try insert(known, of: account.id, lastUsed: nil, at: account.updatedAt) else { throw Self.vanished }
        case .expected(let expected): try insert(expected, of: account.id)
        }
    }

    private func holds(_ column: String, _ text: String) throws -> Bool {
        try !rows("SELECT id FROM accounts WHERE \(column) = $1", [.text(text)]).isEmpty
    }

    private static var vanished: StorageError {
        .corrupt("an address that was free is taken within one write")
    }
}
