import Identity

/// How each provider's widget stands in a page, and what the page must allow for it: exact hosts, on pages that show
/// it and nowhere else (WB3).
struct CaptchaWidget: Sendable {
    /// The element's class, by which the provider's script finds it.
    let name: String
    /// The field the script adds to the form.
    let field: String
    let script: String
    let sources: ContentSources

    init(_ hosted: HostedCaptcha) {
        let own = hosted.standIn.map { "\($0)/\(hosted.provider.rawValue)" }
        let (name, field, script, sources) = Self.facts(hosted.provider)
        self.name = name
        self.field = field
        self.script = own.map { $0 + "/api.js" } ?? script
        self.sources = hosted.standIn.map { ContentSources(scripts: [$0], frames: [$0]) } ?? sources
    }

    static func field(of provider: HostedCaptcha.Provider) -> String { facts(provider).field }

    private static func facts(
        _ provider: HostedCaptcha.Provider
    ) -> (name: String, field: String, script: String, sources: ContentSources) {
        switch provider {
        case .recaptcha:
            (
                "g-recaptcha", "g-recaptcha-response", "https://www.google.com/recaptcha/api.js",
                ContentSources(
                    scripts: ["https://www.google.com/recaptcha/", "https://www.gstatic.com/recaptcha/"],
                    frames: ["https://www.google.com/recaptcha/", "https://recaptcha.google.com/recaptcha/"],
                    connections: ["https://www.google.com/recaptcha/"])
            )
        case .hcaptcha:
            (
                "h-captcha", "h-captcha-response", "https://js.hcaptcha.com/1/api.js",
                ContentSources(
                    scripts: ["https://js.hcaptcha.com", "https://newassets.hcaptcha.com"],
                    frames: ["https://newassets.hcaptcha.com"], styles: ["https://newassets.hcaptcha.com"],
                    connections: ["https://api.hcaptcha.com", "https://newassets.hcaptcha.com"])
            )
        case .turnstile:
            (
                "cf-turnstile", "cf-turnstile-response", "https://challenges.cloudflare.com/turnstile/v0/api.js",
                ContentSources(
                    scripts: ["https://challenges.cloudflare.com"], frames: ["https://challenges.cloudflare.com"])
            )
        }
    }
}
