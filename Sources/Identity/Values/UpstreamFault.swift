import OAuth

/// Why nobody came back from a provider. What it says of the provider's own text is fit to be shown to an operator, and to
/// nobody else.
package enum UpstreamFault: Error, Sendable, Equatable {
    /// What is wrong with `state` (SO6).
    package enum StateFault: String, Sendable {
        case missing, unknown, spent, expired
        case otherBrowser = "other_browser"
        case otherProvider = "other_provider"
    }

    /// The person said no there (`access_denied`).
    case denied
    /// Another error it sent along.
    case refused(ShownText)
    case state(StateFault)
    /// `iss` of the answer is not the provider's (RFC 9207, SO7).
    case issuer(ShownText)
    /// No answer, too late, too large, not to be trusted on the wire; or it has failed so often that it is left alone for
    /// a while. What of its addresses, and what came.
    case unavailable(ShownText)
    /// An answer that means nothing, or another than was asked for: where, and what of it.
    case answer(ShownText)
    /// The code was not exchanged: what it said.
    case exchange(ShownText)
    /// Which check of the ID token failed, and what was seen (SO4).
    case idToken(ShownText)
    /// Nobody in what it told: no subject, another organisation's, another app's (SO5).
    case identity(ShownText)
    /// Not, or no longer, among those of the settings (SO10).
    case off

    /// For records and figures: one of a few words.
    package var reason: String {
        switch self {
        case .denied: "denied"
        case .refused: "refused"
        case .state: "state"
        case .issuer: "issuer"
        case .unavailable: "unavailable"
        case .answer: "answer"
        case .exchange: "exchange"
        case .idToken: "id_token"
        case .identity: "identity"
        case .off: "off"
        }
    }

    package static let reasons = [
        "denied", "refused", "state", "issuer", "unavailable", "answer", "exchange", "id_token", "identity", "off",
    ]
}
