import Foundation
import OAuth

/// In what the authorization endpoints of the companies differ.
struct AuthorizationManners: Sendable {
    var mustNameResponseType = true
    var scopeSeparator: Character = " "
    /// Scopes that it knows; any if empty.
    var scopes: Set<String> = []
    var needsScope = true
    /// `response_mode=form_post`.
    var speaksFormPost = false
    /// A scope beyond `openid` is given only to a form (Apple).
    var needsFormPost = false
    /// How a hint about the person is named.
    var hint = "login_hint"
    /// What is taken from the scopes when less is granted than was asked.
    var emailScope = "email"
}

/// A request that is shown to the person, never sent back: client or return address are not to be trusted, or the
/// company shows such faults itself.
struct AuthorizationRefused: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}

/// A checked authorization request, RFC 6749 §4.1.1 and RFC 7636 §4.3.
struct Authorization: Sendable {
    let redirectURI: String
    let state: String?
    let scopes: [String]
    let challenge: String?
    let nonce: String?
    let hint: String?
    let formPost: Bool
    let parameters: OAuth.Parameters

    init(_ visit: Visit, _ manners: AuthorizationManners) throws {
        let asked: OAuth.Parameters
        do throws(OAuthError) { asked = try visit.call.queried() } catch { throw AuthorizationRefused(error.sentence) }
        guard asked["client_id"]?.utf8.elementsEqual(visit.house.clientID.utf8) ?? false else {
            throw AuthorizationRefused("invalid_client: the client is unknown")
        }
        guard let redirectURI = asked["redirect_uri"], visit.house.isRegistered(redirectURI) else {
            throw AuthorizationRefused("redirect_uri_mismatch: redirect_uri is missing or not registered")
        }
        guard asked["client_secret"] == nil else { throw AuthorizationRefused("a secret stands in an address") }
        guard asked["response_type"] == "code" || (asked["response_type"] == nil && !manners.mustNameResponseType)
        else { throw AuthorizationRefused("unsupported_response_type: response_type must be code") }
        self.redirectURI = redirectURI
        scopes = try Self.scopes(asked["scope"] ?? "", manners)
        challenge = try Self.challenge(asked)
        formPost = try Self.formPost(asked["response_mode"], scopes, manners)
        state = asked["state"]
        nonce = asked["nonce"]
        hint = asked[manners.hint]
        parameters = asked
    }

    private static func scopes(_ text: String, _ manners: AuthorizationManners) throws -> [String] {
        let scopes = text.split { $0 == manners.scopeSeparator }.map(String.init)
        guard !scopes.isEmpty || !manners.needsScope else { throw AuthorizationRefused("invalid_scope: none is asked") }
        if !manners.scopes.isEmpty, let unknown = scopes.first(where: { !manners.scopes.contains($0) }) {
            throw AuthorizationRefused("invalid_scope: \(unknown) is unknown")
        }
        return scopes
    }

    /// S256 or nothing; of S256, the 43 characters of a digest.
    private static func challenge(_ asked: OAuth.Parameters) throws -> String? {
        guard let challenge = asked["code_challenge"] else {
            guard asked["code_challenge_method"] == nil else {
                throw AuthorizationRefused("invalid_request: code_challenge is missing")
            }
            return nil
        }
        guard asked["code_challenge_method"] == "S256", challenge.wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil else {
            throw AuthorizationRefused("invalid_request: the challenge must be of S256")
        }
        return challenge
    }

    private static func formPost(
        _ mode: String?, _ scopes: [String], _ manners: AuthorizationManners
    ) throws -> Bool {
        switch mode {
        case nil, "query":
            guard !manners.needsFormPost || scopes.allSatisfy({ $0 == "openid" }) else {
                throw AuthorizationRefused(
                    "invalid_request: response_mode must be form_post when name or email scope is requested")
            }
            return false
        case "form_post" where manners.speaksFormPost: return true
        default: throw AuthorizationRefused("invalid_request: response_mode is not spoken here")
        }
    }
}
