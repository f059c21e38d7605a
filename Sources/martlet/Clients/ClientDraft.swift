import Cryptography
import JSON
import OAuth

/// A registration before it is written, in the order in which people like to read one.
struct ClientDraft {
    var id: String
    var name: String
    var uri: String?
    var redirectURIs: [String] = []
    var postLogoutRedirectURIs: [String] = []
    var grants: [GrantType] = [.authorizationCode]
    var scope = "openid profile email"
    var isPublic = false
    var algorithm = SignatureAlgorithm.rs256
    var isFirstParty = false
    var roles: [String] = []
    var resources: [String] = []
    /// Further members, by their registered names.
    var further: [JSONObject.Member] = []

    func object(secret: ClientSecret?) -> JSONObject {
        var object: JSONObject = ["client_id": .string(id), "client_name": .string(name)]
        object["client_uri"] = uri.map(JSONValue.string)
        if !redirectURIs.isEmpty { object["redirect_uris"] = Self.list(redirectURIs) }
        if !postLogoutRedirectURIs.isEmpty { object["post_logout_redirect_uris"] = Self.list(postLogoutRedirectURIs) }
        object["grant_types"] = Self.list(grants.map(\.rawValue))
        object["response_types"] = grants.contains(.authorizationCode) ? ["code"] : []
        object["scope"] = .string(scope)
        let method = isPublic ? ClientAuthenticationMethod.none : .clientSecretBasic
        object["token_endpoint_auth_method"] = .string(method.rawValue)
        object["id_token_signed_response_alg"] = .string(algorithm.rawValue)
        if isFirstParty { object["martlet_skips_consent"] = true }
        if !roles.isEmpty { object["martlet_required_roles"] = Self.list(roles) }
        if !resources.isEmpty { object["martlet_resources"] = Self.list(resources) }
        for member in further { object[member.key] = member.value }
        object[ClientSecret.name] = secret.map { .array([$0.member]) }
        return object
    }

    private static func list(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    /// A client_id made of a name: `Our wiki` becomes `our-wiki`.
    static func id(from name: String) -> String {
        let words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.joined(separator: "-")
    }
}
