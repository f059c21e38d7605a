import Cryptography
import Identity
import OAuth

/// Everything this wing needs, built once by the front hall and handed in.
package final class Rooms: Sendable {
    package let settings: WebSettings
    package let clock: any WallClock
    package let random: any RandomSource
    package let registry: any ClientRegistry
    package let keys: any KeyRingSource
    package let authorization: AuthorizationEndpoint
    package let authorizations: any AuthorizationStore
    package let token: TokenEndpoint
    package let introspection: IntrospectionEndpoint
    package let revocation: RevocationEndpoint
    package let userInfo: UserInfoEndpoint
    package let logout: LogoutRules
    package let discovery: Discovery
    package let grants: any GrantStore
    package let consents: any ConsentStore
    package let notices: any NoticeStore
    package let sessions: Sessions
    package let passwordSignIn: PasswordSignIn
    package let passwordChange: PasswordChange
    package let recovery: Recovery
    package let addressChange: AddressChange
    package let addressReturn: AddressReturn
    package let mailedConfirmation: MailedConfirmation
    package let confirmation: Confirmation
    package let account: AccountRooms
    package let firstAdministrator: FirstAdministrator
    package let signUp: SignUp
    package let verification: AddressVerification
    package let magicLinks: MagicLinkSignIn
    package let staffLinks: StaffLinks
    package let upstream: UpstreamRooms
    package let signInDenials: SignInDenials
    package let factors: FactorRooms
    package let places: any PlaceDirectory
    package let throttle: Throttle
    package let captchaRoom: Captcha
    package let accounts: any AccountStore
    package let audit: any AuditLog
    package let explanations: any ExplanationLog
    package let administration: AdministrationRoom
    package let pages: Pages
    /// Of which form tokens are made.
    package let formKey: [UInt8]

    package init(
        settings: WebSettings, clock: any WallClock, random: any RandomSource, registry: any ClientRegistry,
        keys: any KeyRingSource, authorization: AuthorizationEndpoint, authorizations: any AuthorizationStore,
        token: TokenEndpoint, introspection: IntrospectionEndpoint, revocation: RevocationEndpoint,
        userInfo: UserInfoEndpoint, logout: LogoutRules, discovery: Discovery, grants: any GrantStore,
        consents: any ConsentStore, notices: any NoticeStore, sessions: Sessions, passwordSignIn: PasswordSignIn,
        passwordChange: PasswordChange, recovery: Recovery, addressChange: AddressChange,
        addressReturn: AddressReturn, mailedConfirmation: MailedConfirmation, confirmation: Confirmation,
        account: AccountRooms,
        firstAdministrator: FirstAdministrator, signUp: SignUp, verification: AddressVerification,
        magicLinks: MagicLinkSignIn, staffLinks: StaffLinks, upstream: UpstreamRooms,
        signInDenials: SignInDenials, factors: FactorRooms, places: any PlaceDirectory,
        throttle: Throttle, captcha: Captcha,
        accounts: any AccountStore, audit: any AuditLog,
        explanations: any ExplanationLog, administration: AdministrationRoom, pages: Pages,
        formKey: [UInt8]
    ) {
        self.settings = settings
        self.clock = clock
        self.random = random
        self.registry = registry
        self.keys = keys
        self.authorization = authorization
        self.authorizations = authorizations
        self.token = token
        self.introspection = introspection
        self.revocation = revocation
        self.userInfo = userInfo
        self.logout = logout
        self.discovery = discovery
        self.grants = grants
        self.consents = consents
        self.notices = notices
        self.sessions = sessions
        self.passwordSignIn = passwordSignIn
        self.passwordChange = passwordChange
        self.recovery = recovery
        self.addressChange = addressChange
        self.addressReturn = addressReturn
        self.mailedConfirmation = mailedConfirmation
        self.confirmation = confirmation
        self.account = account
        self.firstAdministrator = firstAdministrator
        self.signUp = signUp
        self.verification = verification
        self.magicLinks = magicLinks
        self.staffLinks = staffLinks
        self.upstream = upstream
        self.signInDenials = signInDenials
        self.factors = factors
        self.places = places
        self.throttle = throttle
        captchaRoom = captcha
        self.accounts = accounts
        self.audit = audit
        self.explanations = explanations
        self.administration = administration
        self.pages = pages
        self.formKey = formKey
    }

    var writer: PageWriter { PageWriter(pages: pages, settings: settings) }
    var cookies: BrowserCookies { BrowserCookies(isSecure: settings.isSecure) }
    var formGuard: FormGuard { FormGuard(key: formKey, origin: settings.origin) }
}
