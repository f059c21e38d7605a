import JSON

/// An account that somebody would like to have, as it waits with the proof of its mailbox. There is no account before:
/// nobody can keep an address from whom it belongs to (ML9), and what nobody proves is swept away.
struct SignUpSketch: Sendable, Equatable {
    let name: String
    let username: String?
    /// Never the password.
    let passwordHash: String

    var detail: JSONObject {
        var detail: JSONObject = ["name": .string(name), "password_hash": .string(passwordHash)]
        detail["username"] = username.map(JSONValue.string)
        return detail
    }

    init(name: String, username: String?, passwordHash: String) {
        self.name = name
        self.username = username
        self.passwordHash = passwordHash
    }

    init?(_ detail: JSONObject) {
        guard let name = detail["name"]?.stringValue, let hash = detail["password_hash"]?.stringValue else {
            return nil
        }
        self.init(name: name, username: detail["username"]?.stringValue, passwordHash: hash)
    }
}
