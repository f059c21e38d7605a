import OAuth

extension Store: AssertionMemory {
    package func remember(assertionID: String, of clientID: String, until expiry: Instant) async throws -> Bool {
        try await database.write { connection in
            try connection.insert(
                into: "client_assertions",
                ["client_id": .text(clientID), "assertion_id": .text(assertionID), "expires_at": .instant(expiry)],
                orElse: "ON CONFLICT (client_id, assertion_id) DO NOTHING") == 1
        }
    }
}
