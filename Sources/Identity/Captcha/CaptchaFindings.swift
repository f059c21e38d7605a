import OAuth

/// What an operator reads of an answer that was not good.
extension CaptchaRefusal {
    package var finding: Finding {
        switch fault {
        case .malformed: Self.finding("an answer that cannot be read", "the one our script makes", Self.script)
        case .notGenuine:
            Self.finding(
                "a solution of a puzzle that was not made here for this form and browser", "one of this page's puzzle",
                Self.script)
        case .wrong: Self.finding("a number that solves nothing", "the puzzle's solution", Self.script)
        case .spent:
            Self.finding(
                "a solution that was used before", "a new one",
                "A page that was gone back to: the next try has a new puzzle."
            )
        case .tooFast:
            Self.finding(
                "a form filled in within a second", "one that a person filled in",
                "A robot, or a password manager that sends by itself: the next try goes through.")
        case .notShown:
            Self.finding(
                "a form whose page had no captcha, or was made for another browser", "a form that asked for it",
                "Sign-in begins to ask after captcha.sign_in_after failures: the next try goes through.")
        case .expired:
            Self.finding(
                "a puzzle that was solved more than ten minutes after its page was made", "a newer page",
                "The page that came back has another puzzle: sending it goes through.")
        case .withoutScript:
            Self.finding(
                "too many forms without a script, from this network or from all", "a solved puzzle, or fewer",
                "The person turns JavaScript on, or waits. If it strikes people with scripts, something keeps captcha.js from them."
            )
        case .tooMany:
            Self.finding(
                "too many answers from one network to be asked about", "fewer in a quarter of an hour",
                """
                Many people behind one address: if that is your own proxy, name it in trusted_proxies, so that people \
                are told apart.
                """)
        case .unanswered:
            Self.finding(
                "no answer of the provider's widget", "one",
                "The person needs JavaScript, and nothing that blocks the provider.")
        case .denied:
            Self.finding(
                "the provider says no", "yes",
                "A robot, or an answer used twice or too late: the next try has a new one.")
        case .wrongHost:
            Self.finding(
                "an answer for another host than the issuer's, or for none", "one for the issuer's host",
                "Name the issuer's host with the provider; keys for tests say another.")
        case .wrongAction:
            Self.finding("an answer for another form", "one for this form", "A theme must leave data-action as it is.")
        case .wrongKey:
            Self.finding(
                "the provider does not take captcha.secret_key, or not with captcha.site_key", "a pair of keys",
                "Compare both with what the provider shows. Until then nobody gets past these forms.")
        case .unavailable:
            Self.finding(
                .known("no usable answer of the provider: \(detail?.text ?? "not told why")"),
                "yes or no within five seconds",
                "It passes by itself, or the way there is closed. captcha.provider: altcha asks nobody else.")
        }
    }

    private static let script: ShownText =
        "The next try has a new puzzle. If it happens to people: a theme's captcha.js that is not ours."

    private static func finding(_ seen: ShownText, _ expected: ShownText, _ repair: ShownText) -> Finding {
        Finding(.captcha, seen: seen, expected: expected, repair: repair)
    }
}
