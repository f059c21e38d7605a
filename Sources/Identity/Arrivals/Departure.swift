import JSON
import OAuth

/// A person as `martlet user export` writes them: one object a line, in the names of OpenID Connect Core §5.1 where
/// it has one. `MartletArrivals` reads it back.
package enum Departure {
    package static let format = "martlet-user-1"

    /// Everything that is written down of a person.
    package struct Luggage: Sendable {
        let preferences: Preferences
        package let identities: [LinkedIdentity]
        package let expected: [ExpectedIdentity]

        package init(_ preferences: Preferences, _ identities: [LinkedIdentity], expected: [ExpectedIdentity]) {
            self.preferences = preferences
            self.identities = identities
            self.expected = expected
        }
    }

    package static func line(_ account: Account, with luggage: Luggage, withPasswordHash: Bool) -> JSONObject {
        let preferences = luggage.preferences
        let profile = account.profile
        var line: JSONObject = [
            "format": .string(format), "sub": .string(account.id), "email": .string(account.email.typed),
            "email_verified": .bool(account.isEmailVerified), "status": .string(account.status.rawValue),
            "created_at": .string("\(account.createdAt)"), "updated_at": .string("\(account.updatedAt)"),
        ]
        let texts = [
            ("name", profile.name), ("given_name", profile.givenName), ("family_name", profile.familyName),
            ("preferred_username", profile.preferredUsername), ("picture", profile.picture),
            ("locale", profile.locale), ("zoneinfo", profile.zoneInfo), ("birthdate", profile.birthdate),
            ("biography", profile.biography), ("deleted_at", account.deletion.map { "\($0.time)" }),
            ("deleted_by", account.deletion?.actor.rawValue),
            ("password_hash", withPasswordHash ? account.passwordHash : nil),
        ]
        for (name, text) in texts { line[name] = text.map(JSONValue.string) }
        line["attributes"] = .object(profile.attributes)
        line["roles"] = .array(account.roles.map { ["name": .string($0.name), "context": .string($0.context)] })
        line["preferences"] = [
            "magic_links": .bool(preferences.magicLinks),
            "sign_in_notices": .string(preferences.signInNotices.rawValue),
        ]
        line["identities"] = .array(luggage.identities.map(identity))
        if !luggage.expected.isEmpty { line["expected_identities"] = .array(luggage.expected.map(expected)) }
        return line
    }

    private static func identity(_ identity: LinkedIdentity) -> JSONValue {
        var object: JSONObject = [
            "provider": .string(identity.key.provider), "subject": .string(identity.key.subject),
        ]
        object["label"] = identity.label.map(JSONValue.string)
        return .object(object)
    }

    private static func expected(_ identity: ExpectedIdentity) -> JSONValue {
        ["provider": .string(identity.provider), "email": .string(identity.canonicalEmail)]
    }
}
