import JSON
import OAuth

/// Microsoft Entra ID: OpenID Connect for many organisations ("tenants") under one address.
///
/// - The issuer of the document is a template; that of a token is it with the token's own tenant, `tid`.
/// - The key is `tid` and `oid`: `sub` is another in every app, and an `oid` alone is unique in its tenant only.
/// - Whoever administers a tenant writes any address they like into it ("nOAuth"). One is proven when `xms_edov` says that the
///   tenant owns its domain, an optional claim that the app must be registered for.
struct MicrosoftManner: OpenIDManner {
    let provider: UpstreamProvider

    private static let template = "{tenantid}"
    private var home: String { base("https://login.microsoftonline.com") }
    private var tenant: String { provider.organisation ?? "common" }
    /// Of personal accounts.
    private static let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"

    var place: String { "\(home)/\(tenant)/v2.0" }

    func isIssuer(_ issuer: String) -> Bool {
        guard issuer.hasPrefix("\(home)/"), issuer.hasSuffix("/v2.0") else { return false }
        let name = String(issuer.dropFirst(home.count + 1).dropLast(5))
        if tenant == "common" || tenant == "organizations" { return name.isExactly(Self.template) }
        if tenant == "consumers" { return name.isExactly(Self.consumers) }
        // A tenant that is named by its domain is known by its number in the document.
        return Self.isNumber(name) && (!Self.isNumber(tenant) || name.isExactly(tenant.lowercased()))
    }

    func makers(_ issuer: String, _ claims: JSONObject) -> [String] {
        guard let tid = claims["tid"]?.stringValue, Self.isNumber(tid) else { return [issuer] }
        return [issuer.replacing(Self.template, with: tid)]
    }

    func person(_ claims: OpenIDClaims) throws(UpstreamFault) -> UpstreamIdentity {
        guard let tid = claims.token["tid"]?.stringValue, Self.isNumber(tid) else {
            throw .identity("tid is missing, the number of a tenant was expected")
        }
        guard claims.token["iss"] == .string("\(home)/\(tid)/v2.0") else {
            throw .identity("tid is another tenant than that of iss")
        }
        guard tenant != "organizations" || !tid.isExactly(Self.consumers) else {
            throw .identity("a personal account, one of an organisation was expected")
        }
        guard let oid = claims.token["oid"]?.stringValue, Self.isNumber(oid) else {
            throw .identity("oid is missing, the number of a person was expected")
        }
        var identity = UpstreamIdentity(provider.id, subject: "\(tid).\(oid)")
        let told = claims.identity(provider.id)
        (identity.email, identity.name) = (told.email, told.name)
        (identity.givenName, identity.familyName, identity.label) = (told.givenName, told.familyName, told.label)
        identity.isEmailVerified = identity.email != nil && Self.ownsDomain(claims.token["xms_edov"])
        return identity
    }

    /// It has been seen as a boolean, as a number and as a string.
    private static func ownsDomain(_ claim: JSONValue?) -> Bool {
        ToldText.isTrue(claim) || claim == .integer(1) || claim == .string("1")
    }

    /// A UUID in small letters.
    private static func isNumber(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 == 0x2D }
    }
}
