import Identity

/// Which forms ask whether somebody is a robot, and who judges.
struct CaptchaSettings: Sendable, Equatable {
    var provider = CaptchaProvider.altcha
    /// Of the provider; both or neither.
    var siteKey: String?
    var secretKey: SecretText?
    /// The largest number of a puzzle; half of it is tried on average. From the opening of the page to the solution
    /// it was 0.2 s in Chromium on a busy server, and 0.8 s (1.6 s at the most) with the processor slowed down six
    /// times, which is about a cheap phone.
    var difficulty = 100_000
    var signUp = true
    var signInAfter = 3
    var recovery = true
    var magicLink = true
    /// For tests: an origin on this machine that is asked in the provider's place.
    var standIn: String?

    var rules: CaptchaRules {
        var rules = CaptchaRules()
        rules.signUp = signUp
        rules.signInAfter = signInAfter
        rules.recovery = recovery
        rules.magicLink = magicLink
        return rules
    }
}

enum CaptchaProvider: String, Sendable, CaseIterable {
    /// Proof of work, made and judged here.
    case altcha
    case recaptcha
    case hcaptcha
    case turnstile
    case off

    var hosted: HostedCaptcha.Provider? { HostedCaptcha.Provider(rawValue: rawValue) }
}

extension SettingFormat where Value == String {
    /// As providers hand them out.
    static let siteKey = Self.single("the site key that the provider shows", text: { $0 }) {
        raw throws(SettingRefusals) in
        guard CaptchaKey.isKey(raw.text) else { throw SettingRefusals(raw) }
        return raw.text
    }

    static let standIn = Self.single("an origin on this machine, such as http://127.0.0.1:9999", text: { $0 }) {
        raw throws(SettingRefusals) in
        guard raw.text.wholeMatch(of: /http:\/\/(127\.0\.0\.1|localhost):[0-9]{1,5}/) != nil else {
            throw SettingRefusals(raw)
        }
        return raw.text
    }
}

extension SettingFormat where Value == SecretText {
    static let captchaSecret = Self.single("the secret key that the provider shows", text: { _ in "given" }) {
        raw throws(SettingRefusals) in
        guard CaptchaKey.isKey(raw.text) else { throw SettingRefusals(raw) }
        return SecretText(text: raw.text)
    }
}

private enum CaptchaKey {
    static func isKey(_ text: String) -> Bool {
        (8...200).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }
}
