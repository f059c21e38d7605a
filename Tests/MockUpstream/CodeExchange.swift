import Cryptography
import JSON
import OAuth

/// Exchanging a code, RFC 6749 §4.1.3: what every company checks, each refusal in words of its own.
struct CodeExchange: Sendable {
    let company: any Company
    let visit: Visit
    let form: OAuth.Parameters
    var mustNameGrantType = true
    /// Only GitHub does without, when it is asked so.
    var mustNameRedirectURI = true

    /// Checks, then spends: a wrong call costs nobody the code.
    func redeem() async throws -> Grant {
        try visit.checkTokenFault()
        guard form["grant_type"] == "authorization_code" || (form["grant_type"] == nil && !mustNameGrantType) else {
            throw TokenRefusal.wrongGrantType
        }
        guard let code = form["code"] else { throw TokenRefusal.malformed("Missing required parameter: code") }
        guard let known = await visit.backstage.grant(code: code), known.provider == company.provider,
            visit.now < known.issuedAt + Grant.codeLifetime
        else { throw TokenRefusal.badCode }
        guard form["redirect_uri"] != nil || !mustNameRedirectURI else {
            throw TokenRefusal.malformed("Missing required parameter: redirect_uri")
        }
        guard form["redirect_uri"].map({ $0.isExactly(known.redirectURI) }) ?? true else {
            throw TokenRefusal.wrongRedirectURI
        }
        guard Self.verifies(form["code_verifier"], known.challenge) else { throw TokenRefusal.badCode }
        guard var grant = try await visit.backstage.spend(code) else { throw TokenRefusal.spentCode }
        if visit.fault?.mode == .scopeReduced {
            grant.scopes.removeAll { $0 == company.manners.emailScope }
            await visit.backstage.reduceScopes(of: code, to: grant.scopes)
        }
        grant.persona = grant.persona.changed(by: visit.fault)
        return grant
    }

    /// RFC 7636 §4.6. A verifier for a code that was asked for without a challenge is refused too (RFC 9700 §4.8.2).
    private static func verifies(_ verifier: String?, _ challenge: String?) -> Bool {
        guard let verifier, let challenge else { return verifier == nil && challenge == nil }
        guard verifier.wholeMatch(of: /[A-Za-z0-9._~-]{43,128}/) != nil else { return false }
        return Base64URL.encode(SHA256.digest(Array(verifier.utf8))).isExactly(challenge)
    }
}

extension Visit {
    /// The secret in the form, or by Basic where that is spoken; never both (RFC 6749 §2.3).
    func proveClient(_ form: OAuth.Parameters, basic isSpoken: Bool = true) throws(TokenRefusal) {
        let basic = call.basic
        guard basic == nil || form["client_secret"] == nil else {
            throw .malformed("the client proves itself twice")
        }
        let id = basic?.id ?? form["client_id"]
        let secret = basic?.secret ?? form["client_secret"]
        guard basic == nil || isSpoken, let id, let secret, id.isExactly(house.clientID),
            secret.isExactly(house.clientSecret)
        else { throw .wrongClient }
    }

    /// A form, in a POST.
    func postedForm() throws(TokenRefusal) -> OAuth.Parameters {
        guard call.isForm else { throw .wrongMediaType }
        do throws(OAuthError) { return try call.posted() } catch { throw .malformed(error.sentence) }
    }
}
