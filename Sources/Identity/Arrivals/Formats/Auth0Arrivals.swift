import JSON
import OAuth

/// Auth0: the file of password hashes that its support sends, an export of users, or a file made for its import, with
/// `custom_password_hash`. One object a line, or one array.
package struct Auth0Arrivals: ArrivalFormat {
    private let source: String

    package init(source: String = "auth0") {
        self.source = source
    }

    package func read(_ record: JSONObject) throws(ArrivalRefusal) -> ArrivingPerson? {
        var draft = ArrivalDraft(email: record["email"]?.stringValue)
        draft.isEmailVerified = record["email_verified"]?.boolValue == true
        draft.isDisabled = record["blocked"]?.boolValue == true
        draft.createdAt = ArrivalTime.iso8601(record["created_at"])
        draft.name(record["given_name"]?.stringValue, \.givenName, "given name")
        draft.name(record["family_name"]?.stringValue, \.familyName, "family name")
        // Without a name of its own, Auth0 writes the address there.
        let name = record["name"]?.stringValue
        draft.name(name == record["email"]?.stringValue ? nil : name, \.name)
        draft.username(record["username"]?.stringValue)
        draft.locale(record["locale"]?.stringValue)
        draft.birthdate(record["birthdate"]?.stringValue)
        if let custom = record["custom_password_hash"]?.objectValue {
            draft.password { () throws(HashFault) in try Auth0Hash.read(custom: custom) }
        } else if let bcrypt = (record["passwordHash"] ?? record["password_hash"])?.stringValue {
            draft.password { () throws(HashFault) in try Auth0Hash.read(bcrypt: bcrypt) }
        }
        draft.ties(Self.ties(record))
        draft.legacySubject(Self.subject(record), of: source)
        return try draft.finished()
    }

    package func leftBehind(_ record: JSONObject) -> LeftBehind {
        var left = LeftBehind()
        left.add(Self.ties(record))
        for factor in (record["mfa_factors"]?.arrayValue ?? []).compactMap(\.objectValue) {
            left.add("second factors (\(factor.keys.first ?? "unknown"))")
        }
        for name in ["app_metadata", "user_metadata"] where record[name]?.objectValue?.isEmpty == false {
            left.add("people's \(name)")
        }
        if record["picture"]?.stringValue != nil { left.add("addresses of pictures elsewhere") }
        return left
    }

    /// A provider that somebody has set up there by hand goes by the name of its connection, and so do its ids.
    private static func ties(_ record: JSONObject) -> [ForeignTie] {
        (record["identities"]?.arrayValue ?? []).compactMap(\.objectValue).enumerated().compactMap { place, identity in
            let provider = identity["provider"]?.stringValue
            guard provider != "auth0" else { return nil }
            var tie = ForeignTie(provider: provider, uid: identity["user_id"])
            if provider == "oauth2" || provider == "oidc", let connection = identity["connection"]?.stringValue {
                let id = identity["user_id"]?.stringValue.map { id in
                    id.hasPrefix("\(connection)|") ? String(id.dropFirst(connection.count + 1)) : id
                }
                tie = ForeignTie(provider: connection, uid: id.map(JSONValue.string))
            }
            // What is told of the whole person is told by the first.
            let profile = identity["profileData"]?.objectValue ?? (place == 0 ? record : [:])
            tie.label = (profile["nickname"] ?? profile["email"])?.stringValue
            return tie
        }
    }

    /// `auth0|…`; the file of hashes has its second half alone.
    private static func subject(_ record: JSONObject) -> String? {
        if let id = record["user_id"]?.stringValue { return id.contains("|") ? id : "auth0|\(id)" }
        return (record["_id"]?.objectValue?["$oid"] ?? record["_id"])?.stringValue.map { "auth0|\($0)" }
    }
}
