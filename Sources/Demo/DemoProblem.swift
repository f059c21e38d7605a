/// Why signing in did not work, in the words of the protocol, with advice for the person who tries it.
struct DemoProblem: Error, Sendable {
    /// Which advice of the message catalogue fits.
    enum Advice: String, Sendable {
        case general = "demo.advice"
        case denied = "demo.advice.access_denied"
        case state = "demo.advice.state"
        case unavailable = "demo.advice.unavailable"
        case registration = "demo.advice.registration"
        case answer = "demo.advice.answer"
    }

    let code: String
    let description: String?
    let advice: Advice

    init(_ code: String, _ description: String? = nil, advice: Advice = .general) {
        self.code = code
        self.description = description
        self.advice = advice
    }

    /// An error response, RFC 6749 §4.1.2.1 and §5.2. Its texts are a stranger's: cut, and escaped by the page.
    init(code: String, description: String?) {
        let advice: Advice =
            switch code {
            case "access_denied": .denied
            case "invalid_client", "unauthorized_client": .registration
            case "temporarily_unavailable", "server_error": .unavailable
            default: .general
            }
        self.init(String(code.prefix(64)), description.map { String($0.prefix(300)) }, advice: advice)
    }

    static func unavailable(_ issuer: String) -> Self {
        Self("no_answer", "Martlet does not answer at \(issuer): is it running?", advice: .unavailable)
    }

    /// An answer that must not be believed.
    static func untrusted(_ reason: String) -> Self {
        Self("untrusted_answer", reason, advice: .answer)
    }

    static let state = Self("wrong_state", advice: .state)
}
