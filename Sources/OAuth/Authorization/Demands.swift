/// What a request demands of the sign-in behind it; OpenID Connect Core §3.1.2.1.
package struct Demands: Sendable, Equatable {
    package enum Prompt: String, Sendable, CaseIterable {
        case none
        case login
        case consent
        case selectAccount = "select_account"
        case create
    }

    package let prompts: Set<Prompt>
    /// Seconds since the person last proved who they are.
    package let maximumAge: Int64?
    /// Levels of which one must be reached; empty: any.
    package let levels: [String]
    /// The person the request is about: from `id_token_hint` or an essential `sub` claim.
    package let subject: String?

    package init(prompts: Set<Prompt>, maximumAge: Int64?, levels: [String], subject: String?) {
        self.prompts = prompts
        self.maximumAge = maximumAge
        self.levels = levels
        self.subject = subject
    }

    /// `prompt=none`: nothing may be shown.
    package var areSilent: Bool { prompts.contains(.none) }

    static func prompts(_ text: String?) throws(OAuthError) -> Set<Prompt> {
        var prompts: Set<Prompt> = []
        for word in (text ?? "").split(separator: " ") {
            guard let prompt = Prompt(rawValue: String(word)) else {
                throw .invalidRequest(
                    "prompt holds a value that is not known",
                    .demand(
                        "prompt", seen: .sent(String(word)),
                        expected: .known(Prompt.allCases.map(\.rawValue).joined(separator: ", "))))
            }
            prompts.insert(prompt)
        }
        guard !prompts.contains(.none) || prompts.count == 1 else {
            throw .invalidRequest(
                "prompt=none cannot be combined with another prompt",
                .demand("prompt", seen: "none together with another", expected: "none alone"))
        }
        return prompts
    }

    static func maximumAge(_ text: String?) throws(OAuthError) -> Int64? {
        guard let text else { return nil }
        guard text.utf8.count <= 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let age = Int64(text) else {
            throw .invalidRequest(
                "max_age is not a number of seconds",
                .demand("max_age", seen: .sent(text), expected: "a whole number of seconds"))
        }
        return age
    }
}
