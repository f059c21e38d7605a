import Identity

/// A provider as far as it was written down.
struct ProviderDraft: Sendable, Equatable {
    let id: String
    var type: UpstreamProvider.Kind?
    var clientID: String?
    var clientSecret: SecretText?
    var name: String?
    var scopes: [String]?
    var baseURL: String?
    var issuer: String?
    var usesProofKey = true
    var linksByAddress = false
    var keepsTokens = false
    var organisation: String?
    var team: String?
    var keyID: String?

    init(id: String) {
        self.id = id
    }

    /// One that goes by the name of its kind need not say it.
    var kind: UpstreamProvider.Kind? { type ?? UpstreamProvider.Kind(rawValue: id) }

    /// Without these it is off (B040).
    var missing: [String] {
        [clientID == nil ? "client_id" : nil, clientSecret == nil ? "client_secret" : nil].compactMap { $0 }
    }

    /// `nil` while it is off.
    var provider: UpstreamProvider? {
        guard let kind, let clientID, let clientSecret else { return nil }
        var provider = UpstreamProvider(
            id, kind, name: name ?? kind.usualName ?? id, clientID: clientID, clientSecret: clientSecret.text)
        provider.scopes = scopes
        provider.baseURL = baseURL
        provider.issuer = issuer
        provider.usesProofKey = usesProofKey
        provider.linksByAddress = linksByAddress
        provider.keepsTokens = keepsTokens
        provider.organisation = organisation
        provider.team = team
        provider.keyID = keyID
        return provider
    }
}

/// Those that were written down: as they stand in the file, then those that the environment alone knows, in the order of
/// their kinds.
struct ProviderDrafts: Sendable, Equatable {
    private(set) var given: [ProviderDraft] = []

    /// Where one that is not there yet is written to, it is there from then on.
    subscript(id: String) -> ProviderDraft {
        get { given.first { $0.id == id } ?? ProviderDraft(id: id) }
        set {
            if let place = given.firstIndex(where: { $0.id == id }) {
                given[place] = newValue
            } else {
                given.append(newValue)
            }
        }
    }

    /// Puts them into the order of these, which are there in any case, and of the kinds.
    mutating func order(inFile ids: [String]) {
        let inFile = ids.map { self[$0] }
        let others = given.filter { !ids.contains($0.id) }
        let kinds = UpstreamProvider.Kind.allCases.map(\.rawValue)
        given = inFile + kinds.compactMap { kind in others.first { $0.id == kind } }
    }
}

extension UpstreamProvider.Kind {
    /// On buttons; `nil` where each has a name of its own.
    fileprivate var usualName: String? {
        switch self {
        case .github: "GitHub"
        case .google: "Google"
        case .discord: "Discord"
        case .facebook: "Facebook"
        case .microsoft: "Microsoft"
        case .apple: "Apple"
        case .gitlab: "GitLab"
        case .openid: nil
        }
    }
}
