import Identity
import Metrics
import OAuth
import Outbound

/// Who judges whether somebody is a robot, as the settings have it.
enum CaptchaRoom {
    static func make(_ base: Groundwork, throttle: Throttle) throws -> Captcha {
        let settings = base.settings.captcha
        let key = base.masterKey.derivedKey(label: "captcha")
        return Captcha(
            judge: try judge(base, key: key), rules: settings.rules, key: key, throttle: throttle, spent: base.store,
            accounts: base.store, browsers: base.store, audit: base.audit, tally: tally(base.metrics))
    }

    private static func judge(_ base: Groundwork, key: [UInt8]) throws -> CaptchaJudge {
        let settings = base.settings.captcha
        switch settings.provider {
        case .off: return .nobody
        case .altcha:
            return .proofOfWork(ProofOfWork(key: key, maximum: Int64(settings.difficulty), random: base.random))
        case .recaptcha, .hcaptcha, .turnstile:
            guard let provider = settings.provider.hosted, let siteKey = settings.siteKey,
                let secretKey = settings.secretKey
            else { throw CommandRefusal("captcha.provider needs captcha.site_key and captcha.secret_key") }
            // A judgement has some hundred bytes.
            var limits = FetchLimits()
            limits.bytes = 65_536
            return .hosted(
                HostedCaptcha(
                    provider, siteKey: siteKey, secretKey: secretKey.text, hostname: base.settings.issuer.host,
                    fetcher: try CurlFetcher(limits: limits), standIn: settings.standIn))
        }
    }

    /// All series stand there from the start: an alert on the first of its kind needs the zero before it.
    private static func tally(_ metrics: any MetricsFactory) -> @Sendable (CaptchaForm, Captcha.Tally) -> Void {
        var counters: [CaptchaForm: [Captcha.Tally: Counter]] = [:]
        for form in CaptchaForm.allCases {
            for tally in Captcha.Tally.allCases {
                counters[form, default: [:]][tally] = Counter(
                    label: "martlet_captcha_answers_total",
                    dimensions: [("form", form.rawValue), ("outcome", tally.rawValue)], factory: metrics)
            }
        }
        return { [counters] form, tally in counters[form]?[tally]?.increment() }
    }
}
