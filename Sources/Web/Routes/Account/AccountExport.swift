import Cryptography
import Identity
import JSON
import OAuth

/// Everything this server knows of a person, for that person: no secret, no digest of one, nothing of anybody else.
/// Times are seconds since 1970, members are added over time and never change their meaning.
struct AccountExport {
    let rooms: Rooms

    /// The latest so many security events.
    private static let events = 1000

    func document(of account: Account, sessionID: String, at now: Instant) async throws -> JSONValue {
        let parts = rooms.account
        let sessions = try await rooms.sessions.list(of: account.id, at: now)
        let holdings = try await rooms.factors.store.holdings(of: account.id)
        let remembered = try await rooms.factors.remembered.rememberedBrowsers(of: account.id, at: now)
        let picture = try await parts.pictures.picture(of: account.id)
        let members: [JSONObject.Member] = [
            ("exported_at", .integer(now.seconds)),
            ("issuer", .string(rooms.settings.issuer)),
            ("account", .object(about(account))),
            ("profile", .object(parts.people.subject(account).claims)),
            ("biography", account.profile.biography.map(JSONValue.string) ?? .null),
            ("attributes", .object(account.profile.attributes)),
            ("picture", picture.map { .object(about($0)) } ?? .null),
            ("preferences", .object(about(try await parts.preferences.preferences(of: account)))),
            ("sign_in_methods", .array(try await parts.methods.signInMethods(of: account.id).map(about))),
            ("identities", .array(try await rooms.upstream.links.identities(of: account.id).map(about))),
            ("sessions", .array(sessions.map { about($0, current: sessionID) })),
            ("factors", .array(holdings.factors.map(about))),
            ("backup_codes", .object(about(codesOf: holdings))),
            ("browsers_without_second_factor", .array(remembered.map(about))),
            ("remembered_browsers", .array(try await parts.browsers.knownBrowsers(of: account.id).map(about))),
            ("allowed_apps", .array(try await rooms.consents.consents(of: account.id).map(about))),
            ("lasting_access", .array(try await rooms.grants.offlineGrants(of: account.id, at: now).map(about))),
            ("notices", .array(try await rooms.notices.notices(of: account.id).map(about))),
            ("events", .array(try await parts.events.events(about: account.id, limit: Self.events).map(about))),
        ]
        return .object(JSONObject(members))
    }

    private func about(_ account: Account) -> JSONObject {
        [
            "id": .string(account.id), "email": .string(account.email.typed),
            "email_verified": .bool(account.isEmailVerified), "has_password": .bool(account.passwordHash != nil),
            "roles": .array(account.roles.map { ["name": .string($0.name), "context": .string($0.context)] }),
            "created_at": .integer(account.createdAt.seconds), "updated_at": .integer(account.updatedAt.seconds),
        ]
    }

    private func about(_ picture: Picture) -> JSONObject {
        [
            "address": .string(rooms.settings.issuer + picture.path),
            "content_type": .string(picture.file.format.contentType),
            "width": .integer(Int64(picture.file.width)), "height": .integer(Int64(picture.file.height)),
            "added_at": .integer(picture.createdAt.seconds),
            "content_base64url": .string(Base64URL.encode(picture.file.bytes)),
        ]
    }

    private func about(_ preferences: Preferences) -> JSONObject {
        [
            "magic_links": .bool(preferences.magicLinks),
            "sign_in_notices": .string(preferences.signInNotices.rawValue),
        ]
    }

    private func about(_ method: SignInMethodUse) -> JSONValue {
        [
            "method": .string(method.method), "first_used_at": .integer(method.firstUsedAt.seconds),
            "last_used_at": .integer(method.lastUsedAt.seconds),
        ]
    }

    /// What a provider calls somebody is theirs as well.
    private func about(_ identity: LinkedIdentity) -> JSONValue {
        var object: JSONObject = [
            "provider": .string(identity.key.provider), "subject": .string(identity.key.subject),
            "since": .integer(identity.linkedAt.seconds),
        ]
        object["label"] = identity.label.map(JSONValue.string)
        object["last_used_at"] = identity.lastUsedAt.map { .integer($0.seconds) }
        return .object(object)
    }

    private func about(_ session: Session, current: String) -> JSONValue {
        [
            "id": .string(session.id), "current": .bool(session.id == current), "device": .string(session.device),
            "address": .string(session.address), "signed_in_at": .integer(session.createdAt.seconds),
            "last_seen_at": .integer(session.lastSeenAt.seconds),
            "methods": .array(session.methods.map(JSONValue.string)),
            "ends_at": .integer(min(session.idleUntil, session.expiresAt).seconds),
        ]
    }

    private func about(_ factor: Factor) -> JSONValue {
        var object: JSONObject = [
            "kind": .string(factor.kind.rawValue), "name": .string(factor.name),
            "added_at": .integer(factor.createdAt.seconds),
        ]
        object["last_used_at"] = factor.lastUsedAt.map { .integer($0.seconds) }
        return .object(object)
    }

    private func about(codesOf holdings: FactorHoldings) -> JSONObject {
        var object: JSONObject = ["left": .integer(Int64(holdings.codesLeft))]
        object["made_at"] = holdings.codesMadeAt.map { .integer($0.seconds) }
        return object
    }

    private func about(_ browser: RememberedBrowser) -> JSONValue {
        [
            "device": .string(browser.device), "since": .integer(browser.createdAt.seconds),
            "last_used_at": .integer(browser.lastUsedAt.seconds), "until": .integer(browser.expiresAt.seconds),
        ]
    }

    private func about(_ browser: KnownBrowser) -> JSONValue {
        ["device": .string(browser.device), "last_seen_at": .integer(browser.lastSeenAt.seconds)]
    }

    private func about(_ consent: Consent) -> JSONValue {
        [
            "app": .string(consent.clientID), "scopes": .array(consent.scopes.names.map(JSONValue.string)),
            "resources": .array(consent.resources.map(JSONValue.string)),
            "allowed_at": .integer(consent.grantedAt.seconds),
        ]
    }

    private func about(_ grant: Grant) -> JSONValue {
        [
            "app": .string(grant.clientID), "scopes": .array(grant.scopes.names.map(JSONValue.string)),
            "since": .integer(grant.createdAt.seconds), "until": .integer(grant.expiresAt.seconds),
        ]
    }

    private func about(_ notice: AccountNotice) -> JSONValue {
        [
            "kind": .string(notice.kind.rawValue), "app": .string(notice.clientID),
            "at": .integer(notice.createdAt.seconds),
        ]
    }

    private func about(_ event: PersonEvent) -> JSONValue {
        var object: JSONObject = [
            "kind": .string(event.kind), "outcome": .string(event.outcome), "at": .integer(event.time.seconds),
            "by": .string(event.doer.rawValue),
        ]
        object["app"] = event.clientID.map(JSONValue.string)
        object["network"] = event.network.map(JSONValue.string)
        return .object(object)
    }
}
