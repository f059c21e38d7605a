import Cryptography
import Web

/// What must hold between settings that are each right by themselves.
struct SettingsRules {
    let settings: Settings
    /// Where each setting that was given stands.
    let origins: [String: SettingOrigin]
    /// Whether this build can do what `tls.certificate` and `tls.key` ask for.
    var hasTLS = TLSIdentity.isUsable

    /// In the order of the table.
    var faults: [SettingsFault] {
        generalFaults + attributeFaults + signInFaults + signUpFaults + tlsFaults + mailFaults + magicLinkFaults
            + factorFaults + captchaFaults
    }

    /// An attribute is told by a scope that people are asked about.
    private var attributeFaults: [SettingsFault] {
        settings.profileAttributes.filter { !settings.knownScopes.contains($0.scope) }.map { attribute in
            fault(
                "profile.attributes", "scopes",
                "profile.attributes tells \(attribute.name) by the scope \(Seen.quoted(attribute.scope)), which scopes does "
                    + "not define; add it there")
        }
    }

    private var generalFaults: [SettingsFault] {
        [
            origins["database"] != nil && origins["database_url"] != nil
                ? fault("database_url", "database", "database and database_url are both given; give one of them") : nil,
            settings.publicPlace == settings.management
                ? fault(
                    "management.port", "listen.port",
                    "management.port is \(settings.management.port), which people are served on; give another") : nil,
            settings.tokens.refreshIdle > settings.tokens.refreshAbsolute
                ? fault(
                    "lifetimes.refresh_idle", "lifetimes.refresh_absolute",
                    "lifetimes.refresh_idle is longer than lifetimes.refresh_absolute; make it shorter") : nil,
            settings.sessionIdle > settings.sessionAbsolute
                ? fault(
                    "lifetimes.session_idle", "lifetimes.session_absolute",
                    "lifetimes.session_idle is longer than lifetimes.session_absolute; make it shorter") : nil,
            // OpenID Connect Discovery §3: clients may count on RS256.
            !settings.signing.algorithms.contains(.rs256)
                ? fault(
                    "signing.algorithms", nil, "signing.algorithms leaves out RS256, which the standard demands; add it"
                ) : nil,
            !settings.signing.algorithms.contains(settings.signing.accessTokenAlgorithm)
                ? fault(
                    "signing.access_token_algorithm", "signing.algorithms",
                    "signing.access_token_algorithm is \(settings.signing.accessTokenAlgorithm.rawValue), "
                        + "which signing.algorithms does not hold; add it there") : nil,
            settings.keySchedule.lead >= settings.keySchedule.rotation
                ? fault(
                    "signing.lead", "signing.rotation",
                    "signing.lead must be shorter than signing.rotation, or a key is due before it signs") : nil,
            settings.keySchedule.cacheTime >= settings.keySchedule.lead
                ? fault(
                    "signing.jwks_cache", "signing.lead",
                    "signing.jwks_cache must be shorter than signing.lead, or clients meet keys they do not know")
                : nil,
        ].compactMap { $0 }
    }

    /// Half a captcha would refuse everybody, or nobody (B046).
    private var captchaFaults: [SettingsFault] {
        let captcha = settings.captcha
        let provider = captcha.provider.rawValue
        let isOurs = captcha.provider == .altcha
        return [
            captcha.provider.hosted != nil && captcha.siteKey == nil
                ? fault(
                    "captcha.provider", nil,
                    "captcha.provider is \(provider), which needs captcha.site_key; give it as the provider shows it")
                : nil,
            captcha.provider.hosted != nil && captcha.secretKey == nil
                ? fault(
                    "captcha.provider", nil,
                    "captcha.provider is \(provider), which needs captcha.secret_key; give it by "
                        + "MARTLET_CAPTCHA_SECRET_KEY, MARTLET_CAPTCHA_SECRET_KEY_FILE or captcha.secret_key_file")
                : nil,
            isOurs && (captcha.siteKey != nil || captcha.secretKey != nil)
                ? fault(
                    captcha.siteKey == nil ? "captcha.secret_key" : "captcha.site_key", "captcha.secret_key",
                    "captcha.provider is altcha, which has no keys; name the provider they are from, or take them away")
                : nil,
            captcha.standIn != nil && !settings.issuer.isLoopback
                ? fault(
                    "captcha.stand_in", nil,
                    "captcha.stand_in is for tests with an issuer on this machine; take it away") : nil,
        ].compactMap { $0 }
    }

    /// One that is off is no fault, unless nothing else is left (B040).
    private var signInFaults: [SettingsFault] {
        guard settings.signInMethods.isEmpty else { return [] }
        return [
            fault(
                "sign_in.methods", nil,
                "nobody could sign in: of the providers that sign_in.methods names none is on; "
                    + settings.providerWarnings.joined(separator: "; "))
        ]
    }

    private var signUpFaults: [SettingsFault] {
        let (mode, domains) = (settings.signUp.mode, settings.signUp.domains)
        return [
            mode == .domains && domains.isEmpty
                ? fault("sign_up.mode", nil, "sign_up.mode is domains, but sign_up.domains names none; name them")
                : nil,
            mode != .domains && !domains.isEmpty
                ? fault(
                    "sign_up.domains", nil,
                    "sign_up.domains is given, but sign_up.mode is \(mode.rawValue); give the mode domains, or leave them out"
                )
                : nil,
            // Providers bring people of their own; an invitation asks for a password.
            mode != .off && !settings.takesPasswords && !(settings.takesProviders && mode != .invitation)
                ? fault(
                    "sign_up.mode", "sign_in.methods",
                    "sign-up needs a password: sign_up.mode is \(mode.rawValue), but sign_in.methods leaves out password; "
                        + "add it there, or make the mode off") : nil,
        ].compactMap { $0 }
    }

    private var tlsFaults: [SettingsFault] {
        let (certificate, key) = (settings.tls.certificate, settings.tls.key)
        guard certificate != nil || key != nil else { return [] }
        return [
            !hasTLS ? fault("tls.certificate", "tls.key", Settings.TLSSettings.notBuilt) : nil,
            key == nil ? fault("tls.certificate", nil, "tls.certificate is given without tls.key; give both") : nil,
            certificate == nil ? fault("tls.key", nil, "tls.key is given without tls.certificate; give both") : nil,
            !settings.issuer.isSecure
                ? fault("issuer", "tls.certificate", "with tls.certificate the issuer must begin with https://") : nil,
        ].compactMap { $0 }
    }

    /// Placed at whichever of the two was given.
    func fault(_ name: String, _ other: String?, _ sentence: String) -> SettingsFault {
        let origin = origins[name] ?? other.flatMap { origins[$0] }
        return origin.map { SettingsFault($0, sentence) } ?? SettingsFault(place: name, sentence)
    }
}
