import JSON
import OAuth

/// What a code was exchanged for, RFC 6749 §5.1.
struct UpstreamTokens: Sendable {
    let access: String
    let refresh: String?
    let idToken: String?
    let scope: String?
    /// Seconds.
    let lifetime: Int64?

    init(_ reply: UpstreamReply) throws(UpstreamFault) {
        guard reply.isSuccess else { throw .exchange(Self.refusal(reply)) }
        let object = try reply.object()
        // GitHub refuses with status 200.
        guard object["error"] == nil else { throw .exchange(Self.refusal(reply)) }
        guard let access = object["access_token"]?.stringValue, (1...16_384).contains(access.utf8.count),
            access.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .exchange("no access token that could be one") }
        if let type = object["token_type"] {
            guard let name = type.stringValue, name.lowercased().isExactly("bearer") else {
                throw .exchange(.sent("token_type is \(type.text), Bearer was expected"))
            }
        }
        self.access = access
        refresh = object["refresh_token"]?.stringValue
        idToken = object["id_token"]?.stringValue
        scope = object["scope"]?.stringValue
        lifetime = object["expires_in"]?.integerValue
    }

    /// The code of the error alone (§5.2): descriptions are written for other readers.
    private static func refusal(_ reply: UpstreamReply) -> ShownText {
        let status = "status \(reply.response.status)"
        do throws(UpstreamFault) {
            return .sent("\(status), \(errorName(try reply.anyValue()) ?? "no error named")")
        } catch {
            return .known("\(status), no JSON")
        }
    }

    /// Facebook's errors are objects.
    static func errorName(_ value: JSONValue) -> String? {
        guard let error = value.objectValue?["error"] else { return nil }
        if let name = error.stringValue { return name }
        guard let object = error.objectValue else { return nil }
        let type = object["type"]?.stringValue ?? "error"
        return object["code"]?.integerValue.map { "\(type) \($0)" } ?? type
    }

    /// Granted scopes; some separate them by commas.
    var granted: [String] { scope?.split { $0 == " " || $0 == "," }.map(String.init) ?? [] }

    /// As they are kept (SO11).
    func kept(at now: Instant) -> [UInt8] {
        var object: JSONObject = ["access_token": .string(access)]
        object["refresh_token"] = refresh.map(JSONValue.string)
        object["scope"] = scope.map(JSONValue.string)
        object["expires_at"] = lifetime.map { .integer((now + $0).seconds) }
        return object.bytes()
    }
}

/// Printed, it shows nothing (CF3).
extension UpstreamTokens: CustomStringConvertible, CustomReflectable {
    var description: String { "UpstreamTokens" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
