import JSON

/// Something that goes wrong, ordered by a test.
struct Fault: Sendable {
    enum Mode: String, Sendable, CaseIterable {
        // What is refused
        case deny
        case customError = "error_custom"
        // The answer that goes back by the browser
        case missingState = "missing_state"
        case wrongState = "wrong_state"
        case wrongIssuer = "wrong_iss"
        case noIssuer = "no_iss"
        case duplicateCode = "dup_code"
        // The wire
        case slow, hang, reset, redirect, drip
        case internalError = "500"
        case badGateway = "502"
        case truncated = "truncated_json"
        case notJSON = "non_json"
        case huge = "10_mib"
        case wrongType = "wrong_content_type"
        // The person
        case emptyEmail = "empty_email"
        case unverified
        case emailChanged = "email_changed"
        case idChanged = "id_changed"
        case scopeReduced = "scope_reduced"
        // What single companies are known for
        case forbidden = "403"
        case notFound = "404"
        case tooMany = "429"
        case literalFalse = "false"
        case otherApp = "other_app"

        /// Where it means something: a fault that nothing would come of is refused, so that no test passes by it.
        func fits(_ endpoint: Endpoint) -> Bool {
            switch self {
            case .deny, .customError: [.authorize, .token, .userinfo, .emails].contains(endpoint)
            case .missingState, .wrongState, .wrongIssuer, .noIssuer, .duplicateCode: endpoint == .authorize
            case .emptyEmail, .unverified, .emailChanged, .idChanged:
                [.authorize, .token, .userinfo, .emails].contains(endpoint)
            case .scopeReduced: [.authorize, .token].contains(endpoint)
            case .otherApp: endpoint == .debugToken
            case .slow, .hang, .reset, .redirect, .drip, .internalError, .badGateway, .truncated, .notJSON, .huge,
                .wrongType, .forbidden, .notFound, .tooMany, .literalFalse:
                true
            }
        }
    }

    let provider: Provider
    let endpoint: Endpoint
    let mode: Mode
    let milliseconds: Int64
    /// The words of `error_custom`.
    let error: String
    let description: String
    /// How often it still strikes; none: until reset.
    var times: Int64?

    init(_ order: JSONObject) throws(BadOrder) {
        provider = try order.provider()
        let name = try order.text("mode")
        guard let mode = Mode(rawValue: name) else { throw BadOrder("there is no mode \(name)") }
        let place = try order.optionalText("endpoint") ?? Endpoint.authorize.rawValue
        guard let endpoint = Endpoint(rawValue: place) else { throw BadOrder("there is no endpoint \(place)") }
        guard mode.fits(endpoint) else { throw BadOrder("\(name) means nothing at \(place)") }
        self.mode = mode
        self.endpoint = endpoint
        milliseconds = order["ms"]?.integerValue ?? 3000
        error = try order.optionalText("error") ?? "stand_in_error"
        description = try order.optionalText("error_description") ?? "Words of <b>the upstream</b> & \"its\" own"
        let times = order["times"]?.integerValue ?? 1
        self.times = times > 0 ? times : nil
    }
}

/// Why an order of control was not followed.
struct BadOrder: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}

extension JSONObject {
    func text(_ name: String) throws(BadOrder) -> String {
        guard let text = try optionalText(name) else { throw BadOrder("\(name) is missing") }
        return text
    }

    func optionalText(_ name: String) throws(BadOrder) -> String? {
        guard let value = self[name], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw BadOrder("\(name) must be a text") }
        return text
    }

    func provider() throws(BadOrder) -> Provider {
        let name = try text("provider")
        guard let provider = Provider(rawValue: name) else { throw BadOrder("there is no provider \(name)") }
        return provider
    }
}
