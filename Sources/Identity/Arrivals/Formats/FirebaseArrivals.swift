import JSON
import OAuth

/// `firebase auth:export people.json`: an object with the member `users`. The parameters that passwords were hashed
/// with stand in the project's console and not in the file.
package struct FirebaseArrivals: ArrivalFormat {
    private let parameters: FirebaseHashParameters?
    private let source: String

    /// Without parameters people come without their passwords.
    package init(_ parameters: FirebaseHashParameters?, source: String = "firebase") {
        self.source = source
        self.parameters = parameters
    }

    package var list: String? { "users" }

    package func read(_ record: JSONObject) throws(ArrivalRefusal) -> ArrivingPerson? {
        guard let id = record["localId"]?.stringValue else {
            throw ArrivalRefusal(["this is no user of Firebase: it has no localId"])
        }
        var draft = ArrivalDraft(email: record["email"]?.stringValue)
        draft.isEmailVerified = record["emailVerified"]?.boolValue == true
        draft.isDisabled = record["disabled"]?.boolValue == true
        draft.createdAt = ArrivalTime.milliseconds(record["createdAt"])
        draft.name(record["displayName"]?.stringValue, \.name)
        if let hash = record["passwordHash"]?.stringValue, !hash.isEmpty {
            let salt = record["salt"]?.stringValue ?? ""
            draft.password { () throws(HashFault) in
                guard let parameters else { throw .unusable("the project's hash parameters were not given") }
                return try parameters.read(hash: hash, salt: salt)
            }
        }
        draft.legacySubject(id, of: source)
        return try draft.finished()
    }

    package func leftBehind(_ record: JSONObject) -> LeftBehind {
        var left = LeftBehind()
        for provider in (record["providerUserInfo"]?.arrayValue ?? []).compactMap(\.objectValue) {
            let name = provider["providerId"]?.stringValue ?? "another provider"
            if name != "password" { left.add("sign-ins with \(name)") }
        }
        left.add("second factors", record["mfaInfo"]?.arrayValue?.count ?? 0)
        if record["photoUrl"]?.stringValue != nil { left.add("addresses of pictures elsewhere") }
        if record["phoneNumber"]?.stringValue != nil { left.add("telephone numbers") }
        if record["customAttributes"]?.stringValue != nil { left.add("people's custom claims") }
        return left
    }
}
