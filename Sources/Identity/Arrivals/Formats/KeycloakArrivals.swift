import JSON
import OAuth

/// `kc.sh export --users`: a realm, or a part of its users, as an object with the member `users`.
///
/// Roles of the realm become roles. Roles of single clients do not: here a role is seen by every app. Groups do so
/// only where asked for.
package struct KeycloakArrivals: ArrivalFormat {
    private static let ownRoles = ["offline_access", "uma_authorization"]

    private let takesGroupsAsRoles: Bool
    private let source: String

    package init(takesGroupsAsRoles: Bool = false, source: String = "keycloak") {
        self.source = source
        self.takesGroupsAsRoles = takesGroupsAsRoles
    }

    package var list: String? { "users" }

    package func read(_ record: JSONObject) throws(ArrivalRefusal) -> ArrivingPerson? {
        guard record["username"]?.stringValue != nil else {
            throw ArrivalRefusal(["this is no user of Keycloak: it has no username"])
        }
        if record["serviceAccountClientId"] != nil { return nil }
        var draft = ArrivalDraft(email: record["email"]?.stringValue)
        draft.isEmailVerified = record["emailVerified"]?.boolValue == true
        draft.isDisabled = record["enabled"]?.boolValue == false
        draft.createdAt = ArrivalTime.milliseconds(record["createdTimestamp"])
        let first = record["firstName"]?.stringValue ?? ""
        let last = record["lastName"]?.stringValue ?? ""
        draft.name(first, \.givenName, "first name")
        draft.name(last, \.familyName, "last name")
        draft.name([first, last].filter { !$0.isEmpty }.joined(separator: " "), \.name)
        draft.username(record["username"]?.stringValue)
        draft.locale(attribute("locale", record))
        draft.zoneInfo(attribute("zoneinfo", record))
        draft.birthdate(attribute("birthdate", record))
        for name in roleNames(record) { draft.role(name) }
        if let password = credentials(record).first(where: { $0["type"]?.stringValue == "password" }) {
            draft.password { () throws(HashFault) in try KeycloakCredential.read(password) }
        }
        draft.ties(ties(record))
        draft.legacySubject(record["id"]?.stringValue, of: source)
        return try draft.finished()
    }

    package func leftBehind(_ record: JSONObject) -> LeftBehind {
        var left = LeftBehind()
        if record["serviceAccountClientId"] != nil { left.add("service accounts of clients") }
        for credential in credentials(record) {
            let type = credential["type"]?.stringValue ?? "unknown"
            if type != "password" { left.add("second factors (\(type))") }
        }
        left.add(ties(record))
        let clientRoles = (record["clientRoles"]?.objectValue?.members ?? []).filter { $0.key != "account" }
        left.add("roles of single clients", clientRoles.reduce(0) { $0 + ($1.value.arrayValue?.count ?? 0) })
        for name in roleNames(record) where !RoleName.isValid(name) {
            left.add("holders of the role \(ArrivalDraft.quoted(name)), which no role can be called")
        }
        if !takesGroupsAsRoles { left.add("memberships in groups", groups(record).count) }
        return left
    }

    /// Providers go by their alias.
    private func ties(_ record: JSONObject) -> [ForeignTie] {
        (record["federatedIdentities"]?.arrayValue ?? []).map { value in
            let tie = value.objectValue ?? JSONObject()
            return ForeignTie(
                provider: tie["identityProvider"]?.stringValue, uid: tie["userId"],
                label: tie["userName"]?.stringValue)
        }
    }

    private func roleNames(_ record: JSONObject) -> [String] {
        let roles = (record["realmRoles"]?.stringsValue ?? []).filter { name in
            !Self.ownRoles.contains(name) && !name.hasPrefix("default-roles-")
        }
        return roles + (takesGroupsAsRoles ? groups(record) : [])
    }

    /// `/staff` is `staff`; one within another keeps its path, which no role can be called.
    private func groups(_ record: JSONObject) -> [String] {
        (record["groups"]?.stringsValue ?? []).map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
    }

    private func credentials(_ record: JSONObject) -> [JSONObject] {
        (record["credentials"]?.arrayValue ?? []).compactMap(\.objectValue)
    }

    private func attribute(_ name: String, _ record: JSONObject) -> String? {
        record["attributes"]?.objectValue?[name]?.arrayValue?.first?.stringValue
    }
}
