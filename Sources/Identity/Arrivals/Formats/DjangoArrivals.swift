import JSON
import OAuth

/// `manage.py dumpdata`: records with `model`, `pk` and `fields`, of users, their groups, addresses and ties to providers
/// in any order.
///
/// Whatever holds a `password` and an `email` is a user, also of a project's own model. Addresses of allauth say
/// which are proven; without them none is, unless whoever imports says so. Nobody comes along with an address that
/// another user of the file has proven too, or that cannot be told to be theirs: old systems let people call themselves
/// by the address of somebody else.
package struct DjangoArrivals: ArrivalFormat {
    private struct Address {
        let email: String
        let isVerified: Bool
        let isPrimary: Bool
    }

    private let takesAddressesAsVerified: Bool
    private let source: String
    private var groups: [String: String] = [:]
    private var addresses: [String: [Address]] = [:]
    private var ties: [String: [ForeignTie]] = [:]
    /// How many users go by each number and natural key.
    private var users: [String: Int] = [:]
    /// How many users have each address in their own record.
    private var holders: [String: Int] = [:]
    /// By which keys each address was proven.
    private var provers: [String: Set<String>] = [:]

    package init(takesAddressesAsVerified: Bool = false, source: String = "django") {
        self.source = source
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
            let isVerified = fields["verified"]?.boolValue == true
            addresses[Self.key(owner), default: []].append(
                Address(email: email, isVerified: isVerified, isPrimary: fields["primary"]?.boolValue == true))
            if isVerified { provers[Self.folded(email), default: []].insert(Self.key(owner)) }
        default:
            if let owner = fields["user"], let tie = DjangoTie.read(record) {
                ties[Self.key(owner), default: []].append(tie)
            }
            guard fields["password"]?.stringValue != nil, let email = fields["email"] else { return }
            for key in Self.keys(of: record, fields) { users[key, default: 0] += 1 }
            if let email = email.stringValue, !email.isEmpty { holders[Self.folded(email), default: 0] += 1 }
        }
    }

    package func read(_ record: JSONObject) throws(ArrivalRefusal) -> ArrivingPerson? {
        guard record["model"]?.stringValue != nil, let fields = record["fields"]?.objectValue else {
            throw ArrivalRefusal(["this is no record of dumpdata: it has no model or no fields"])
        }
        guard let password = fields["password"]?.stringValue, fields["email"] != nil else { return nil }
        let keys = Self.keys(of: record, fields)
        let found = keys.first { addresses[$0] != nil }
        let known = found.flatMap { addresses[$0] } ?? []
        let own = fields["email"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        let email = own ?? (known.first(where: \.isPrimary) ?? known.first)?.email
        var draft = ArrivalDraft(email: email)
        let isProven = known.contains { $0.isVerified && Self.folded($0.email).isExactly(Self.folded(email ?? "")) }
        draft.isEmailVerified = takesAddressesAsVerified || isProven
        if let found, users[found] ?? 0 > 1 {
            draft.problem("several users of the file go by one name, and whose address is whose cannot be told")
        }
        for key in keys {
            guard let ties = ties[key] else { continue }
            draft.ties(ties)
            if users[key] ?? 0 > 1 {
                draft.problem("several users of the file go by one name, and who signs in how cannot be told")
            }
        }
        let others = (provers[Self.folded(email ?? "")] ?? []).filter { users[$0] != nil && !keys.contains($0) }
        if !others.isEmpty { draft.problem("another user of the file has proven this address") }
        if takesAddressesAsVerified, !isProven, holders[Self.folded(email ?? "")] ?? 0 > 1 {
            draft.problem("several users of the file have this address, and which of them has proven it is not said")
        }
        draft.password { () throws(HashFault) in try DjangoHash.read(password) }
        person(&draft, fields)
        draft.legacySubject(record["pk"].map(Self.plain), of: source)
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
        if let tie = DjangoTie.read(record) { left.add([tie]) }
        switch model {
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

    /// By number, or by what `--natural-foreign` writes in its place: the username, or the address where the model has
    /// none. Never both: a username can be anybody's address.
    private static func keys(of record: JSONObject, _ fields: JSONObject) -> [String] {
        let natural = fields["username"] ?? fields["email"]
        let name = natural?.stringValue.map { JSONValue.array([.string($0)]) }
        return [record["pk"], name].compactMap { $0 }.filter { $0 != .null }.map(key)
    }

    private static func folded(_ email: String) -> String { EmailAddress(email)?.canonical ?? email.lowercased() }

    private static func key(_ value: JSONValue) -> String { value.text }

    private static func plain(_ value: JSONValue) -> String { value.stringValue ?? value.text }
}
