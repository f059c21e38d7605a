import JSON
import OAuth

/// What an operator is told of a person, as JSON: the same names in the administration API and in what the commands
/// print. What is not known is left out. No hash of a password is in it (JW7).
package enum PersonDocument {
    /// The account alone.
    package static func account(_ account: Account) -> JSONObject {
        let profile = account.profile
        var person: JSONObject = [
            "id": .string(account.id), "email": .string(account.email.typed),
            "email_verified": .bool(account.isEmailVerified),
        ]
        let texts = [
            ("name", profile.name), ("given_name", profile.givenName), ("family_name", profile.familyName),
            ("preferred_username", profile.preferredUsername), ("locale", profile.locale),
            ("zoneinfo", profile.zoneInfo),
        ]
        for (name, text) in texts { person[name] = text.map(JSONValue.string) }
        person["state"] = .string(account.state.rawValue)
        person["roles"] = .array(account.roles.map(role))
        person["has_password"] = .bool(account.passwordHash != nil)
        person["created_at"] = time(account.createdAt)
        person["updated_at"] = time(account.updatedAt)
        person["deleted_at"] = account.deletion.map { time($0.time) }
        person["deleted_by"] = account.deletion.map { .string($0.actor.rawValue) }
        return person
    }

    /// The account and everything around it.
    package static func record(_ record: PersonRecord) -> JSONObject {
        JSONObject(account(record.account).members + access(record).members)
    }

    /// Everything around an account.
    package static func access(_ record: PersonRecord) -> JSONObject {
        [
            "methods": .array(record.methods.map(method)),
            "identities": .array(record.identities.map(identity)), "sessions": .array(record.sessions.map(session)),
            "factors": .array(record.factors.factors.map(factor)),
            "backup_codes_left": .integer(Int64(record.factors.codesLeft)),
            "applications": .array(record.applications.map(application)),
            "preferences": [
                "magic_links": .bool(record.preferences.magicLinks),
                "sign_in_notices": .string(record.preferences.signInNotices.rawValue),
            ],
        ]
    }

    /// The link is for the invited alone.
    package static func invitation(_ invitation: Invitation) -> JSONObject {
        var object: JSONObject = ["email": .string(invitation.address.typed)]
        object["name"] = invitation.name.map(JSONValue.string)
        object["roles"] = .array(invitation.roles.map(role))
        object["invited_by"] = invitation.inviter.map(JSONValue.string)
        object["created_at"] = time(invitation.createdAt)
        object["expires_at"] = time(invitation.expiresAt)
        return object
    }

    package static func event(_ event: RecordedEvent) -> JSONValue {
        var object: JSONObject = [
            "id": .string(event.id), "time": .string(event.time), "kind": .string(event.kind),
            "outcome": .string(event.outcome), "actor": .string(event.actor),
        ]
        object["client_id"] = event.clientID.map(JSONValue.string)
        object["network"] = event.network.map(JSONValue.string)
        object["reference"] = event.reference.map(JSONValue.string)
        object["details"] = .object(
            JSONObject(event.details.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
        return .object(object)
    }

    package static func role(_ role: Role) -> JSONValue {
        var object: JSONObject = ["name": .string(role.name)]
        if !role.context.isEmpty { object["context"] = .string(role.context) }
        return .object(object)
    }

    private static func method(_ use: SignInMethodUse) -> JSONValue {
        [
            "method": .string(use.method), "first_used_at": time(use.firstUsedAt), "last_used_at": time(use.lastUsedAt),
        ]
    }

    private static func identity(_ identity: LinkedIdentity) -> JSONValue {
        var object: JSONObject = [
            "provider": .string(identity.key.provider), "subject": .string(identity.key.subject),
        ]
        object["label"] = identity.label.map(JSONValue.string)
        object["since"] = time(identity.linkedAt)
        object["last_used_at"] = identity.lastUsedAt.map(time)
        return .object(object)
    }

    /// No secret, nor anything that one could be found by.
    private static func factor(_ factor: Factor) -> JSONValue {
        var object: JSONObject = ["kind": .string(factor.kind.rawValue), "name": .string(factor.name)]
        object["since"] = time(factor.createdAt)
        object["last_used_at"] = factor.lastUsedAt.map(time)
        return .object(object)
    }

    private static func session(_ session: Session) -> JSONValue {
        [
            "id": .string(session.id), "device": .string(session.device), "address": .string(session.address),
            "methods": .array(session.methods.map(JSONValue.string)), "created_at": time(session.createdAt),
            "last_seen_at": time(session.lastSeenAt), "expires_at": time(min(session.idleUntil, session.expiresAt)),
        ]
    }

    private static func application(_ application: ConnectedApplication) -> JSONValue {
        [
            "client_id": .string(application.clientID),
            "scopes": .array(application.scopes.names.map(JSONValue.string)),
            "since": time(application.since), "offline": .bool(application.isOffline),
        ]
    }

    package static func time(_ instant: Instant) -> JSONValue { .string("\(instant)") }
}
