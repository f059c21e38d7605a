import Cryptography
import Identity

/// The one table of settings. Reading them, `martlet serve --help`, `martlet check` and the table in
/// README.md are computed from it.
enum SettingsCatalogue {
    static let all = beforeProviders + afterProviders

    /// Those of a provider stand in it once, for all of them.
    static let documented = beforeProviders + ProviderCatalogue.documented + afterProviders

    private static let beforeProviders: [Setting] = place + furniture + pages + mail + rules + magicLinks
    private static let afterProviders: [Setting] = secondFactor + captcha + lifetimes + keys + limits + log

    private static let place: [Setting] = [
        Setting("issuer", \.issuer, .issuer, "The address everybody reaches this server by; it stands in every token."),
        Setting("listen.host", \.listen.host, .host, "The address to serve people on."),
        Setting(
            "listen.port", \.listen.port, .whole(1...65_535),
            otherwise: "the issuer's on localhost or with TLS, else 8080", "The port to serve people on."),
        Setting(
            "tls.certificate", \.tls.certificate, .path,
            "The server's certificate and those that vouch for it, in PEM; read again at SIGHUP."),
        Setting("tls.key", \.tls.key, .path, "Its private key, in PEM; read again at SIGHUP."),
        Setting("management.host", \.management.host, .host, "The address for health checks; keep it private."),
        Setting("management.port", \.management.port, .whole(1...65_535), "The port for health checks."),
        Setting(
            "trusted_proxies", \.trustedProxies, .networks,
            "Proxies whose X-Forwarded-For is believed."),
    ]

    private static let furniture: [Setting] = [
        Setting(
            "database", \.database, .databasePath,
            "The file that holds people, sessions and keys; made at the first start."),
        Setting(
            "database_url", \.databaseURL, .databaseURL, otherwise: "none", isSecret: true,
            "A PostgreSQL database, for more than one process, or sqlite:PATH; instead of database."),
        Setting(
            "database_connections", \.databaseConnections, .whole(2...64),
            "How many connections a process keeps to PostgreSQL; half of them are for reads, half for writes."),
        Setting("folders.clients", \.folders.clients, .path, "The registered client apps, one JSON file each."),
        Setting("folders.keys", \.folders.keys, .path, "The master key, and PEM keys to take over."),
        Setting("folders.templates", \.folders.templates, .path, "The pages."),
        Setting("folders.theme", \.folders.theme, .path, "A folder whose pages and styles are used first."),
        Setting(
            "master_key", \.masterKey, .masterKey, otherwise: "the file master.key in folders.keys", isSecret: true,
            "The key that seals the signing keys in the database."),
    ]

    private static let pages: [Setting] = [
        Setting(
            "page.name", \.page.name, .words, otherwise: "the issuer's host", "What the service is called on its pages."
        ),
        Setting("page.help_url", \.page.helpURL, .webPage, "Where people find help."),
        Setting("page.privacy_url", \.page.privacyURL, .webPage, "Where people read how their data is treated."),
    ]

    private static let rules: [Setting] = [
        Setting("scopes", \.scopes, .scopes, "Further scopes, each with the sentence that people are asked to allow."),
        Setting(
            "sign_in.methods", \.signInNames, .methodNames, otherwise: "password, magic_link and all providers",
            "How people can sign in, in the order of the page: password, a mailed link (magic_link), providers."),
        Setting(
            "sign_up.mode", \.signUp.mode, .choice,
            "Who may make an account for themselves; with invitation nobody but whom an operator invites."),
        Setting(
            "sign_up.domains", \.signUp.domains, .mailDomains,
            "The domains of addresses that may sign up, with the mode domains; each stands for itself alone."),
        Setting("sign_up.username", \.signUp.username, .choice, "Whether the form has a field for a username."),
        Setting(
            "accounts.deletion_grace", \.deletionGrace, .span(day...365 * day),
            "How long people can come back to an account they deleted; then it is removed."),
        Setting(
            "profile.attributes", \.profileAttributes, .attributes,
            "What people are asked beside their names, and the claims that tell it."),
        Setting(
            "passwords.minimum_length", \.passwords.minimumLength, .whole(PasswordRule.permittedMinimum),
            "The fewest characters of a new password."),
        Setting(
            "passwords.blocklist", \.passwords.blocklist, .passwordList,
            "A file of passwords that nobody may set, beside those that are built in."),
        Setting(
            "passwords.hash_threads", \.passwords.hashThreads, .whole(1...64), otherwise: "one for each core",
            "How many passwords are checked at a time."),
        Setting(
            "passwords.hash_queue", \.passwords.hashQueuePerThread, .whole(1...1024),
            "How many checks may wait for each thread; more are refused at once."),
    ]

    private static let magicLinks: [Setting] = [
        Setting(
            "magic_link.policy", \.magicLinks.policy, .choice,
            "Who may sign in by mail: whoever chose it themselves (opt_in), holds one of some roles, or anybody."),
        Setting(
            "magic_link.roles", \.magicLinks.roles, .roleNames,
            "With the policy roles, the roles of which one is needed, held here or in any context."),
        Setting(
            "magic_link.lifetime", \.magicLinks.lifetime, .span(60...3600),
            "How long a link and its code are good; longer than 10m only with go_back."),
        Setting(
            "magic_link.cross_device", \.magicLinks.crossDevice, .choice,
            "What a link does in a browser that did not ask: nothing (go_back), or sign in there (login_here)."),
        Setting(
            "magic_link.verify_ip", \.magicLinks.verifiesAddress, .yesOrNo,
            "Whether a link is good only from the network address that asked for it; IPv6 by /64."),
        Setting(
            "magic_link.upstream_people", \.magicLinks.upstreamPeople, .choice,
            "What people with an account elsewhere are mailed: which button to use (hint), or a link (allow)."),
    ]

    private static let captcha: [Setting] = [
        Setting(
            "captcha.provider", \.captcha.provider, .choice,
            "What keeps robots from forms: a puzzle of our own (altcha), another company's check, or nothing (off)."),
        Setting("captcha.site_key", \.captcha.siteKey, .siteKey, "The key that the provider gives to pages."),
        Setting(
            "captcha.secret_key", \.captcha.secretKey, .captchaSecret, isSecret: true,
            "The key that the provider gives to servers."),
        Setting(
            "captcha.difficulty", \.captcha.difficulty, .whole(1000...10_000_000),
            "How much work altcha's puzzle is: the most digests a browser has to try."),
        Setting("captcha.sign_up", \.captcha.signUp, .yesOrNo, "Whether sign-up asks."),
        Setting(
            "captcha.sign_in_after", \.captcha.signInAfter, .whole(0...1000),
            "After how many failures within 15 minutes sign-in asks; 0: always."),
        Setting("captcha.recovery", \.captcha.recovery, .yesOrNo, "Whether recovery asks."),
        Setting("captcha.magic_link", \.captcha.magicLink, .yesOrNo, "Whether asking for a link to sign in with asks."),
        Setting(
            "captcha.stand_in", \.captcha.standIn, .standIn,
            "For tests on this machine: what is asked in the provider's place."),
    ]

    private static let lifetimes: [Setting] = [
        Setting(
            "lifetimes.access_token", \.tokens.accessToken, .span(60...900), "How long an access token is good for."),
        Setting("lifetimes.id_token", \.tokens.idToken, .span(60...3600), "How long an ID token is good for."),
        Setting(
            "lifetimes.authorization_code", \.tokens.authorizationCode, .span(10...60),
            "How long a code can be exchanged."),
        Setting(
            "lifetimes.pending_authorization", \.tokens.pendingAuthorization, .span(300...3600),
            "How long somebody may take to sign in and decide."),
        Setting(
            "lifetimes.refresh_idle", \.tokens.refreshIdle, .span(300...365 * day),
            "An unused refresh token dies after this."),
        Setting(
            "lifetimes.refresh_absolute", \.tokens.refreshAbsolute, .span(300...730 * day), "And every one after this."),
        Setting(
            "lifetimes.online_grant", \.tokens.onlineGrant, .span(300...30 * day),
            "The longest a client may go on without offline_access."),
        Setting(
            "lifetimes.session_idle", \.sessionIdle, .span(300...30 * day),
            "Somebody unseen for this long must sign in again."),
        Setting("lifetimes.session_absolute", \.sessionAbsolute, .span(300...30 * day), "And everybody after this."),
    ]

    private static let keys: [Setting] = [
        Setting("signing.algorithms", \.signing.algorithms, .choices(), "Signature algorithms that clients can have."),
        Setting(
            "signing.access_token_algorithm", \.signing.accessTokenAlgorithm, .choice,
            "What access tokens are signed with."),
        Setting("signing.rotation", \.keySchedule.rotation, .span(day...365 * day), "How long one key signs."),
        Setting(
            "signing.lead", \.keySchedule.lead, .span(3600...30 * day), "How long a key is published before it signs."),
        Setting(
            "signing.jwks_cache", \.keySchedule.cacheTime, .span(60...day),
            "How long clients may keep the published keys."),
    ]

    private static let limits: [Setting] = [
        Setting(
            "limits.header_bytes", \.limits.headerBytes, .whole(4096...32_768),
            "The most bytes of headers in a request."),
        Setting("limits.header_fields", \.limits.headerFields, .whole(20...100), "The most headers in a request."),
        Setting(
            "limits.body_bytes", \.limits.bodyBytes, .whole(8192...65_536), "The most bytes in the body of a request."),
        Setting("limits.header_time", \.limits.headerTime, .span(1...10), "How long headers may take to arrive."),
        Setting("limits.body_time", \.limits.bodyTime, .span(1...20), "How long a body may take to arrive."),
        Setting("limits.reply_time", \.limits.replyTime, .span(1...20), "How long a reply may wait to be read."),
        Setting("limits.idle_time", \.limits.idleTime, .span(5...60), "How long a connection may be silent."),
        Setting("limits.connections", \.limits.connections, .whole(16...100_000), "The most connections at a time."),
        Setting(
            "limits.mails_per_network", \.limits.mailsPerNetwork, .whole(5...1000),
            "The most mails with a link or code that one network may ask for in an hour."),
        Setting(
            "limits.mails_per_client", \.limits.mailsPerClient, .whole(10...100_000),
            "The most links to sign in with that browsers not seen before may ask for in an hour, for one app."),
    ]

    private static let log: [Setting] = [
        Setting("log.level", \.log.level, .choice, "What is worth a line in the log."),
        Setting(
            "log.format", \.log.format, .choice, otherwise: "text on a terminal, else json",
            "How log lines are written."),
        Setting(
            "audit.keep", \.auditKeep, .span(day...3650 * day), "How long security events stay in the database."),
        Setting(
            "explain.keep", \.explain.keep, .span(0...90 * day),
            "How long martlet explain knows why something was refused; 0 keeps nothing."),
    ]

    private static let day: Int64 = 86_400
}
