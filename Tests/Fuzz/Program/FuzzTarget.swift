/// One parser that meets outside bytes, and what must be true of it whatever they are.
///
/// libFuzzer looks for inputs that take new branches; each is given to `check`, which ends the process where a rule is
/// broken. The rules are chosen to fail for a parser that is wrong and not only for one that traps.
protocol FuzzTarget: Sendable {
    /// That of its folder, where the kept inputs are.
    static var name: String { get }

    init() throws

    func check(_ bytes: [UInt8])
}

/// Every target there is; `make fuzz` runs them one by one.
let targets: [any FuzzTarget.Type] = [
    FormTarget.self, MultipartTarget.self, RequestHeadTarget.self, HeadersTarget.self, CookiesTarget.self,
    AuthorizationRequestTarget.self, ClientAuthenticationTarget.self, JWTTarget.self, JWKTarget.self, JSONTarget.self,
    RecordsTarget.self, APIBodyTarget.self, ClientFileTarget.self, RedirectURITarget.self, PathsTarget.self,
    MailAddressTarget.self, NamesTarget.self, NetworkTarget.self, CBORTarget.self, WebAuthnTarget.self,
    UpstreamTarget.self, SMTPTarget.self, PictureTarget.self, ShownTextTarget.self,
]

/// Ends the process where a rule is broken. libFuzzer keeps the input and says how to repeat it.
func demand(_ holds: Bool, _ rule: @autoclosure () -> String) {
    guard !holds else { return }
    fatalError("broken: \(rule())")
}
