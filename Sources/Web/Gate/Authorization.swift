import Cryptography
import HTTPTypes
import OAuth

/// What the `Authorization` header presents: RFC 7617 and RFC 6750 §2.1.
enum AuthorizationHeader {
    /// Client credentials by HTTP Basic; each half is form-encoded (RFC 6749 §2.3.1). A header that is
    /// there but cannot be read is a failed authentication, not an absent one.
    static func basic(_ headers: HTTPFields) throws(OAuthError) -> ClientCredentials? {
        guard let value = try single(headers), value.prefix(6).lowercased() == "basic " else { return nil }
        guard let bytes = Base64.decode(value.dropFirst(6)),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = FormDecoding.text(bytes[..<colon]), let secret = FormDecoding.text(bytes[(colon + 1)...]),
            !id.isEmpty
        else { throw .invalidClient("client authentication failed", .unreadableBasic) }
        return ClientCredentials(id: id, secret: secret)
    }

    /// A bearer token; never from the query (TK19).
    static func bearer(_ headers: HTTPFields) throws(OAuthError) -> String? {
        guard let value = try single(headers), value.prefix(7).lowercased() == "bearer " else { return nil }
        return String(value.dropFirst(7))
    }

    private static func single(_ headers: HTTPFields) throws(OAuthError) -> String? {
        let values = headers[values: .authorization]
        guard values.count <= 1 else {
            throw .invalidRequest("Authorization is given more than once", .twoAuthorizations)
        }
        return values.first
    }
}
