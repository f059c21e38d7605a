import OAuth

extension Store: ConsentStore {
    package func consent(of subject: String, to clientID: String) async throws -> Consent? {
        try await database.lookUp(Consent.query, [.text(subject), .text(clientID)]).first.map(Consent.init)
    }

    /// Scopes are joined here rather than in SQL: sets are not something both engines have.
    package func remember(_ consent: Consent) async throws {
        try await database.write { connection in
            let earlier = try connection.consent(of: consent.subject, to: consent.clientID)
            let whole = earlier.map(consent.adding) ?? consent
            try connection.insert(
                into: "consents",
                [
                    "subject": .text(whole.subject),
                    "client_id": .text(whole.clientID),
                    "scopes": .scopes(whole.scopes),
                    "resources": .strings(whole.resources),
                    "granted_at": .instant(whole.grantedAt),
                ],
                orElse: """
                    ON CONFLICT (subject, client_id) DO UPDATE SET
                        scopes = excluded.scopes, resources = excluded.resources, granted_at = excluded.granted_at
                    """)
        }
    }

    package func consents(of subject: String) async throws -> [Consent] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(Consent.columns) FROM consents WHERE subject = $1 ORDER BY client_id", [.text(subject)]
            ).map(Consent.init)
        }
    }
}

extension SQLConnection {
    fileprivate func consent(of subject: String, to clientID: String) throws -> Consent? {
        try rows(Consent.query, [.text(subject), .text(clientID)]).first.map(Consent.init)
    }
}
