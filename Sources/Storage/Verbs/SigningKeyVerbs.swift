import OAuth

extension Store: SigningKeyStore {
    package func signingKeys() async throws -> [StoredSigningKey] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(StoredSigningKey.columns) FROM signing_keys ORDER BY algorithm, generation", []
            ).map(StoredSigningKey.init)
        }
    }

    /// Every older key of the algorithm retires when this one takes over, unless it does so before: a key
    /// that is replaced in a hurry may still have a successor waiting.
    package func add(_ key: StoredSigningKey) async throws -> Bool {
        try await database.write { connection in
            let added = try connection.insert(
                into: "signing_keys",
                [
                    "key_id": .text(key.keyID),
                    "algorithm": .text(key.algorithm.rawValue),
                    "generation": .integer(key.generation),
                    "sealed_private_key": .bytes(key.sealedPrivateKey),
                    "created_at": .instant(key.createdAt),
                    "signs_from": .instant(key.signsFrom),
                    "retires_at": .instant(key.retiresAt),
                ], orElse: "ON CONFLICT DO NOTHING")
            guard added == 1 else { return false }
            try connection.execute(
                """
                UPDATE signing_keys SET retires_at = $3
                WHERE algorithm = $1 AND generation < $2 AND (retires_at IS NULL OR retires_at > $3)
                """,
                [.text(key.algorithm.rawValue), .integer(key.generation), .instant(key.signsFrom)])
            try connection.announce(ChangeTopic.keys.rawValue)
            return true
        }
    }

    package func removeSigningKeys(retiredBefore instant: Instant) async throws -> Int {
        try await database.write { connection in
            try connection.execute("DELETE FROM signing_keys WHERE retires_at < $1", [.instant(instant)])
        }
    }

    package func masterKeyFingerprint() async throws -> String? {
        try await database.read { connection in
            try connection.rows("SELECT fingerprint FROM master_key_binding", []).first?.text(0)
        }
    }

    package func bind(masterKeyFingerprint: String) async throws -> Bool {
        try await database.write { connection in
            try connection.insert(
                into: "master_key_binding", ["slot": .integer(1), "fingerprint": .text(masterKeyFingerprint)],
                orElse: "ON CONFLICT (slot) DO NOTHING") == 1
        }
    }
}
