import Cryptography
import JSON
import OAuth

/// What `martlet user export` writes: one object a line (`Departure`). People keep their subject.
package struct MartletArrivals: ArrivalFormat {
    private let attributes: [ProfileAttribute]

    /// `attributes`: what this installation asks of people.
    package init(attributes: [ProfileAttribute] = []) {
        self.attributes = attributes
    }

    package func read(_ record: JSONObject) throws(ArrivalRefusal) -> ArrivingPerson? {
        guard record["format"]?.stringValue == Departure.format else {
            throw ArrivalRefusal(["this is no line of martlet user export: its format is not \(Departure.format)"])
        }
        var draft = ArrivalDraft(email: record["email"]?.stringValue)
        draft.isEmailVerified = record["email_verified"]?.boolValue == true
        draft.name(record["name"]?.stringValue, \.name)
        draft.name(record["given_name"]?.stringValue, \.givenName, "given name")
        draft.name(record["family_name"]?.stringValue, \.familyName, "family name")
        draft.username(record["preferred_username"]?.stringValue)
        draft.locale(record["locale"]?.stringValue)
        draft.zoneInfo(record["zoneinfo"]?.stringValue)
        draft.birthdate(record["birthdate"]?.stringValue)
        draft.biography(record["biography"]?.stringValue)
        draft.attributes(record["attributes"]?.objectValue ?? JSONObject(), known: attributes)
        for role in (record["roles"]?.arrayValue ?? []).compactMap(\.objectValue) {
            draft.role(role["name"]?.stringValue ?? "", context: role["context"]?.stringValue ?? "")
        }
        standing(&draft, record)
        identities(&draft, record)
        if let hash = record["password_hash"]?.stringValue {
            draft.password { () throws(HashFault) in try Self.hash(hash) }
        }
        return try draft.finished()
    }

    package func leftBehind(_ record: JSONObject) -> LeftBehind {
        var left = LeftBehind()
        if record["picture"]?.stringValue != nil { left.add("pictures") }
        return left
    }

    private func standing(_ draft: inout ArrivalDraft, _ record: JSONObject) {
        let subject = record["sub"]?.stringValue ?? ""
        if Base64URL.decode(subject)?.count == 16 {
            draft.subject = subject
        } else {
            draft.problem("sub is not one of Martlet's")
        }
        draft.isDisabled = record["status"]?.stringValue == Account.Status.disabled.rawValue
        draft.createdAt = ArrivalTime.iso8601(record["created_at"])
        if let time = ArrivalTime.iso8601(record["deleted_at"]) {
            let actor = record["deleted_by"]?.stringValue.flatMap(Deletion.Actor.init) ?? .operator
            draft.deletion = Deletion(time: time, actor: actor)
        }
        if let preferences = record["preferences"]?.objectValue,
            let notices = Preferences.SignInNotices(rawValue: preferences["sign_in_notices"]?.stringValue ?? "")
        {
            draft.preferences = Preferences(
                magicLinks: preferences["magic_links"]?.boolValue == true, signInNotices: notices)
        }
    }

    private func identities(_ draft: inout ArrivalDraft, _ record: JSONObject) {
        for (name, read) in [("identities", Self.known), ("expected_identities", Self.expected)] {
            for object in (record[name]?.arrayValue ?? []).map({ $0.objectValue ?? JSONObject() }) {
                guard let provider = object["provider"]?.stringValue, UpstreamProvider.isID(provider),
                    let identity = read(provider, object)
                else {
                    draft.note("one of \(name) cannot be used, and was left out")
                    continue
                }
                draft.identity(identity)
            }
        }
    }

    private static func known(_ provider: String, _ object: JSONObject) -> ArrivingIdentity? {
        ForeignTie.line(object["subject"]?.stringValue).map { subject in
            let key = UpstreamIdentity.Key(provider: provider, subject: subject)
            return .known(key, label: ForeignTie.line(object["label"]?.stringValue))
        }
    }

    private static func expected(_ provider: String, _ object: JSONObject) -> ArrivingIdentity? {
        object["email"]?.stringValue.flatMap(EmailAddress.init).map {
            .expected(ExpectedIdentity(provider: provider, canonicalEmail: $0.canonical))
        }
    }

    /// Ours, or one that its person has not signed in with yet.
    private static func hash(_ text: String) throws(HashFault) -> CarriedPassword {
        if text.utf8.first == UInt8(ascii: "$") {
            guard Argon2id.canCompute(text) else { throw .malformed("it is no Argon2id hash that may be computed") }
            return .own(text)
        }
        return .imported(try ImportedHash(stored: text))
    }
}
