import OAuth

/// The addresses of one provider, RFC 8414 §2 and OpenID Connect Discovery §3: pinned in its file, or discovered at an issuer
/// that is pinned.
struct UpstreamEndpoints: Sendable {
    /// How this house proves itself at the token endpoint, RFC 6749 §2.3.1.
    enum ClientProof: Sendable {
        case form, basic
    }

    /// `iss` of its answers, RFC 9207; `nil` where it has none.
    let issuer: String?
    let authorization: EndpointAddress
    let token: EndpointAddress
    var userInfo: EndpointAddress?
    var keys: EndpointAddress?
    /// Whether every answer names its issuer; without it one is refused (RFC 9207 §2.4).
    var demandsIssuer = false
    var proof = ClientProof.form
    /// Whether it may know S256; `false` if it says which it knows, and that is not among them.
    var takesProofKey = true

    init(issuer: String?, authorization: EndpointAddress, token: EndpointAddress) {
        self.issuer = issuer
        self.authorization = authorization
        self.token = token
    }

    static func pinned(
        issuer: String, authorization: String, token: String
    ) throws(UpstreamFault) -> Self {
        Self(
            issuer: issuer, authorization: try address(authorization, "authorization"),
            token: try address(token, "token"))
    }

    /// An address of the settings, or of this program: there http to this machine is a choice.
    static func address(_ text: String, _ name: String) throws(UpstreamFault) -> EndpointAddress {
        guard let address = EndpointAddress(text, admitsLoopback: true) else {
            throw .unavailable(.sent("the \(name) address \(text) is neither https nor http on this machine"))
        }
        return address
    }

    /// RFC 9207 §2.4, compared byte by byte.
    func check(issuer sent: String?) throws(UpstreamFault) {
        guard let sent else {
            guard demandsIssuer else { return }
            throw .issuer(.sent("iss is missing, \(issuer ?? "the issuer") was expected"))
        }
        guard let issuer, !sent.isExactly(issuer) else { return }
        throw .issuer(.sent("iss is \(sent), \(issuer) was expected"))
    }
}
