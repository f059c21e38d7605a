import Cryptography
import Identity
import Logging
import OAuth
import Web

/// Everything an operator can decide, read once at the start. `Settings()` holds the defaults, which are
/// safe; the table in `SettingsCatalogue` says what each is called and means.
struct Settings: Sendable {
    var issuer = Issuer.localhost
    var listen = Listen()
    var tls = TLSSettings()
    var management = SocketPlace(host: "127.0.0.1", port: 8082)
    var database = DatabaseLocation.sqlite(path: "data/martlet.db")
    /// `database_url`, when given, has been checked not to stand beside `database`.
    var databaseURL: DatabaseLocation?
    /// Half of them for reads.
    var databaseConnections = 8
    var folders = Folders()
    var page = PageSettings()
    /// Who may say for whom a request was forwarded (IN7); nobody by default.
    var trustedProxies: [NetworkRange] = []
    var scopes: [ScopeSentence] = []
    var tokens = TokenLifetimes()
    var sessionIdle = SessionLifetimes().idle
    var sessionAbsolute = SessionLifetimes().absolute
    var passwords = PasswordSettings()
    var captcha = CaptchaSettings()
    var signing = SigningSettings()
    var keySchedule = KeySchedule()
    var limits = RequestLimits()
    var log = LogSettings()
    /// Seconds for which security events stay in the database.
    var auditKeep: Int64 = 365 * 86_400
    var explain = ExplainSettings()
    var mail = MailSettings()
    var placesDatabase: String?
    /// As `sign_in.methods` has them; `signInMethods` is what becomes of them.
    var signInNames: [RawText]?
    var providerDrafts = ProviderDrafts()
    var magicLinks = MagicLinkSettings()
    var secondFactor = FactorSettings()
    var signUp = SignUpSettings()
    /// Seconds between an account's deletion and its removal.
    var deletionGrace: Int64 = 30 * 86_400
    var profileAttributes: [ProfileAttribute] = []
    /// Given by the environment; otherwise it stands in the folder of keys.
    var masterKey: GivenMasterKey?

    var sessions: SessionLifetimes { SessionLifetimes(absolute: sessionAbsolute, idle: sessionIdle) }
    var databaseLocation: DatabaseLocation { databaseURL ?? database }
    var magicLinkPolicy: MagicLinkPolicy {
        var policy = magicLinks.rules
        policy.takesPasswords = takesPasswords
        policy.providers = offeredProviders.map(\.id)
        return policy
    }

    /// The setting that names it.
    var databaseSetting: String { databaseURL == nil ? "database" : "database_url" }
    /// What the service calls itself on its pages.
    var serviceName: String { page.name ?? issuer.host }

    /// Whether what this network says of others is believed (IN7).
    func trusts(_ network: ClientNetwork) -> Bool {
        trustedProxies.contains { $0.contains(network.address) }
    }

    /// Where people are served. On one's own machine, and where no proxy holds the certificate, the issuer
    /// names the port; elsewhere a proxy stands before it.
    var publicPlace: SocketPlace {
        let isReachedDirectly = issuer.isLoopback || tls.certificate != nil
        return SocketPlace(host: listen.host, port: listen.port ?? (isReachedDirectly ? issuer.usedPort : 8080))
    }
}

extension Settings {
    struct SocketPlace: Sendable, Equatable {
        var host: String
        var port: Int
    }

    struct Listen: Sendable, Equatable {
        var host = "127.0.0.1"
        var port: Int?
    }

    /// Files of PEM, both or neither.
    struct TLSSettings: Sendable, Equatable {
        var certificate: String?
        var key: String?

        static let notBuilt = """
            this build has no TLS: build it with swift build -c release --traits TLS, or leave TLS to a proxy and the \
            setting away
            """
    }

    /// The furniture of the house.
    struct Folders: Sendable, Equatable {
        var clients = "Clients"
        var keys = "Keys"
        var templates = "Templates"
        /// Laid over the templates: what stands in it wins.
        var theme: String?
    }

    struct PageSettings: Sendable, Equatable {
        var name: String?
        var helpURL: String?
        var privacyURL: String?
    }

    struct PasswordSettings: Sendable, Equatable {
        var minimumLength = PasswordRule.defaultMinimum
        var blocklist: PasswordListFile?
        /// `nil`: as many as there are cores.
        var hashThreads: Int?
        var hashQueuePerThread = 64
    }

    struct SigningSettings: Sendable, Equatable {
        /// D5.
        var algorithms: [SignatureAlgorithm] = [.rs256, .ps256, .es256, .edDSA]
        var accessTokenAlgorithm = SignatureAlgorithm.es256
    }

    struct LogSettings: Sendable, Equatable {
        var level = Logger.Level.info
        /// `nil`: text for a terminal, JSON for everything else.
        var format: LogFormat?
    }

    struct ExplainSettings: Sendable, Equatable {
        /// Seconds that the reasons of a refusal are kept; 0: not at all.
        var keep: Int64 = 7 * 86_400
    }

    /// Who may make an account for themselves. Nobody, unless the operator says otherwise.
    struct SignUpSettings: Sendable, Equatable {
        var mode = SignUpPolicy.Mode.off
        var domains: [MailDomain] = []
        var username = SignUpPolicy.UsernameRule.off

        var policy: SignUpPolicy { SignUpPolicy(mode: mode, domains: domains.map(\.name), usernames: username) }
    }
}
