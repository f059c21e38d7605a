import JSON
import OAuth

/// `manage.py dumpdata`: records with `model`, `pk` and `fields`, of users, their groups and addresses in any order.
///
/// Whatever holds a `password` and an `email` is a user, also of a project's own model. Addresses of allauth say
/// which are proven; without them none is, unless whoever imports says so.
package struct DjangoArrivals: ArrivalFormat {
    private struct Address {
        let email: String
        let isVerified: Bool
        let isPrimary: Bool
    }

    private let takesAddressesAsVerified: Bool
    private var groups: [String: String] = [:]
    private var addresses: [String: [Address]] = [:]

    package init(takesAddressesAsVerified: Bool = false) {
        self.takesAddressesAsVerified = takesAddressesAsVerified
    }

    package mutating func note(_ record: JSONObject) {
        guard let fields = record["fields"]?.objectValue else { return }
        switch record["model"]?.stringValue {
        case "auth.group":
            guard let name = fields["name"]?.stringValue else { return }
            groups[Self.key(record["pk"] ?? .array([.string(name)]))] = name
        case "account.emailaddress":
            guard let owner = fields["user"], let email = fields["email"]?.stringValue else { return }
            addresses[Self.key(owner), default: []].append(
                Address(
                    email: email, isVerified: fields["verified"]?.boolValue == true,
                    isPrimary: fields["primary"]?.boolValue == true))
        default: break
        }
    }

    package func read(_ record: JSONObject) throws(ArrivalRefusal) -> ArrivingPerson? {
        guard record["model"]?.stringValue != nil, let fields = record["fields"]?.objectValue else {
            throw ArrivalRefusal(["this is no record of dumpdata: it has no model or no fields"])
        }
        guard let password = fields["password"]?.stringValue, fields["email"] != nil else { return nil }
        let known = knownAddresses(of: record, fields)
        let own = fields["email"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        let email = own ?? (known.first(where: \.isPrimary) ?? known.first)?.email
        var draft = ArrivalDraft(email: email)
        draft.isEmailVerified =
            takesAddressesAsVerified
            || known.contains { $0.isVerified && $0.email.lowercased().isExactly(email?.lowercased() ?? "") }
        draft.password { () throws(HashFault) in try DjangoHash.read(password) }
        person(&draft, fields)
        draft.legacySubject(record["pk"].map(Self.plain), of: "django")
        return try draft.finished()
    }

    private func person(_ draft: inout ArrivalDraft, _ fields: JSONObject) {
        let first = fields["first_name"]?.stringValue ?? ""
        let last = fields["last_name"]?.stringValue ?? ""
        draft.name(first, \.givenName, "first name")
        draft.name(last, \.familyName, "last name")
        let whole = fields["name"]?.stringValue ?? fields["full_name"]?.stringValue
        draft.name(whole ?? [first, last].filter { !$0.isEmpty }.joined(separator: " "), \.name)
        draft.username(fields["username"]?.stringValue)
        draft.locale(fields["language"]?.stringValue ?? fields["locale"]?.stringValue)
        draft.zoneInfo(fields["timezone"]?.stringValue)
        draft.birthdate(["birth_date", "birthdate", "date_of_birth"].lazy.compactMap { fields[$0]?.stringValue }.first)
        draft.isDisabled = fields["is_active"]?.boolValue == false
        draft.createdAt = ArrivalTime.iso8601(fields["date_joined"])
        for name in groupNames(fields) { draft.role(name) }
    }

    package func leftBehind(_ record: JSONObject) -> LeftBehind {
        var left = LeftBehind()
        let fields = record["fields"]?.objectValue ?? JSONObject()
        let model = record["model"]?.stringValue ?? ""
        switch model {
        case "socialaccount.socialaccount":
            left.add("sign-ins with \(fields["provider"]?.stringValue ?? "another provider")")
        case "mfa.authenticator": left.add("second factors (\(fields["type"]?.stringValue ?? "unknown"))")
        case let device where device.hasPrefix("otp_") && device.hasSuffix("device"):
            left.add("second factors (\(device.dropFirst(4).prefix { $0 != "." }))")
        default: break
        }
        guard fields["password"]?.stringValue != nil, fields["email"] != nil else { return left }
        if fields["is_superuser"]?.boolValue == true {
            left.add("superusers' rights (nobody becomes an administrator by this)")
        }
        for name in groupNames(fields) where !RoleName.isValid(name) {
            left.add("memberships in the group \(ArrivalDraft.quoted(name)), which no role can be called")
        }
        left.add("permissions of single people", fields["user_permissions"]?.arrayValue?.count ?? 0)
        return left
    }

    private func groupNames(_ fields: JSONObject) -> [String] {
        let members = fields["groups"]?.arrayValue ?? []
        return members.compactMap { groups[Self.key($0)] ?? $0.arrayValue?.first?.stringValue }
    }

    /// By number, or by what `--natural-foreign` writes in its place.
    private func knownAddresses(of record: JSONObject, _ fields: JSONObject) -> [Address] {
        let names = [fields["username"], fields["email"]].compactMap { $0 }.map { JSONValue.array([$0]) }
        let keys = (record["pk"].map { [$0] } ?? []) + names
        return keys.lazy.compactMap { addresses[Self.key($0)] }.first ?? []
    }

    private static func key(_ value: JSONValue) -> String { value.text }

    private static func plain(_ value: JSONValue) -> String { value.stringValue ?? value.text }
}
