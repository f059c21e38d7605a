import Cryptography
import JSON

/// A `PublicKeyCredential` as its `toJSON` writes it (WebAuthn §5.1, `RegistrationResponseJSON` and
/// `AuthenticationResponseJSON`). Members that nobody reads may be anything.
struct CredentialJSON {
    let id: [UInt8]
    private let response: JSONObject

    init(_ json: String) throws(WebAuthnFault) {
        guard let object = try? JSONValue(parsing: json).objectValue, object["type"] == .string("public-key"),
            let id = object["id"]?.stringValue, let raw = object["rawId"]?.stringValue, id.isExactly(raw),
            let bytes = Base64URL.decode(id), let response = object["response"]?.objectValue
        else { throw .malformed }
        self.id = bytes
        self.response = response
    }

    func bytes(_ name: String) throws(WebAuthnFault) -> [UInt8] {
        guard let bytes = response[name]?.stringValue.flatMap({ Base64URL.decode($0) }) else { throw .malformed }
        return bytes
    }

    /// `nil` where there is none, or `null`.
    func optionalBytes(_ name: String) throws(WebAuthnFault) -> [UInt8]? {
        guard let value = response[name], !value.isNull else { return nil }
        return try bytes(name)
    }

    /// Texts of a list; none where there is no list.
    func words(_ name: String) -> [String] { response[name]?.stringsValue ?? [] }
}
