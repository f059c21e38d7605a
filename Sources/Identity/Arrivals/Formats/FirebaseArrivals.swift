import JSON
import OAuth

/// `firebase auth:export people.json`: an object with the member `users`. The parameters that passwords were hashed
/// with stand in the project's console and not in the file.
package struct FirebaseArrivals: ArrivalFormat {
    private let parameters: FirebaseHashParameters?
    private let comesWithoutPasswords: Bool
    private let source: String
    private var hashes = 0

    /// Without parameters nobody comes, unless people are to come without their passwords: an import given again
    /// would not change them.
    package init(
        _ parameters: FirebaseHashParameters?, comesWithoutPasswords: Bool = false, source: String = "firebase"
    ) {
        self.comesWithoutPasswords = comesWithoutPasswords
        self.source = source
        self.parameters = parameters
    }

    package var list: String? { "users" }

    package mutating func note(_ record: JSONObject) {
        if Self.hash(record) != nil { hashes += 1 }
    }

    package var lack: String? {
        guard hashes > 0, parameters == nil, !comesWithoutPasswords else { return nil }
        return
            "\(hashes == 1 ? "1 record has" : "\(hashes) records have") a password hash, and the parameters to check "
            + "it with are not given: give --hash-config FILE, or --without-passwords if nobody shall keep theirs"
    }

    private static func hash(_ record: JSONObject) -> String? {
        record["passwordHash"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    package func read(_ record: JSONObject) throws(ArrivalRefusal) -> ArrivingPerson? {
        guard let id = record["localId"]?.stringValue else {
            throw ArrivalRefusal(["this is no user of Firebase: it has no localId"])
        }
        var draft = ArrivalDraft(email: record["email"]?.stringValue)
        draft.isEmailVerified = record["emailVerified"]?.boolValue == true
        draft.isDisabled = record["disabled"]?.boolValue == true
        draft.createdAt = ArrivalTime.milliseconds(record["createdAt"])
        draft.name(record["displayName"]?.stringValue, \.name)
        if let hash = Self.hash(record) {
            let salt = record["salt"]?.stringValue ?? ""
            draft.password { () throws(HashFault) in
                guard let parameters else { throw .unusable("passwords were not wanted (--without-passwords)") }
                return try parameters.read(hash: hash, salt: salt)
            }
        }
        draft.ties(Self.ties(record))
        draft.legacySubject(id, of: source)
        return try draft.finished()
    }

    package func leftBehind(_ record: JSONObject) -> LeftBehind {
        var left = LeftBehind()
        left.add(Self.ties(record))
        left.add("second factors", record["mfaInfo"]?.arrayValue?.count ?? 0)
        if record["photoUrl"]?.stringValue != nil { left.add("addresses of pictures elsewhere") }
        if record["phoneNumber"]?.stringValue != nil { left.add("telephone numbers") }
        if record["customAttributes"]?.stringValue != nil { left.add("people's custom claims") }
        return left
    }

    /// `oidc.name` is what somebody has set up there by hand.
    private static func ties(_ record: JSONObject) -> [ForeignTie] {
        (record["providerUserInfo"]?.arrayValue ?? []).compactMap(\.objectValue).compactMap { info in
            let provider = info["providerId"]?.stringValue
            guard provider != "password" else { return nil }
            let name = provider.map { $0.hasPrefix("oidc.") ? String($0.dropFirst(5)) : $0 }
            let label = (info["screenName"] ?? info["email"])?.stringValue
            return ForeignTie(provider: name == "phone" ? nil : name, uid: info["rawId"], label: label)
        }
    }
}
