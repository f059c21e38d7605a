import Cryptography
import Foundation
import JSON
import OAuth

/// How to register one well-known app, and what to write into its settings.
///
/// All of them are registered for RS256: it is the one algorithm that OpenID Connect Core §15.1 makes every client
/// understand, and some of these understand nothing else.
struct AppRecipe: Sendable {
    let name: String
    let title: String
    /// Below the address of the app.
    var redirectPaths: [String] = []
    var postLogoutPaths: [String] = []
    /// Of apps on the person's own machine, which need no address.
    var redirectURIs: [String] = []
    var isPublic = false
    var isLocal = false
    var grants: [GrantType] = [.authorizationCode]
    var scope = "openid profile email"
    var further: [JSONObject.Member] = []
    /// What to know besides.
    var note: String?
    let settings: @Sendable (AppFacts) -> String

    static let all: [AppRecipe] = [
        .grafana, .gitea, .nextcloud, .oauth2Proxy, .apache, .django, .djangoAllauth, .djangoSocialAuth, .kubernetes,
        .generic,
    ]

    static func named(_ name: String) -> AppRecipe? {
        all.first { $0.name == name.lowercased() }
    }

    /// Whether redirect addresses can be made of it.
    static func isBase(_ url: String) -> Bool {
        (url.hasPrefix("https://") || url.hasPrefix("http://")) && !url.contains("?")
            && RedirectURI.fault(registering: url) == nil
    }

    func apply(to draft: inout ClientDraft, base: String) {
        draft.uri = base.isEmpty ? nil : base
        draft.redirectURIs = redirectURIs + redirectPaths.map { base + $0 }
        draft.postLogoutRedirectURIs = postLogoutPaths.map { base + $0 }
        draft.grants = grants
        draft.scope = scope
        draft.isPublic = isPublic
        draft.further = further
    }
}

/// What the settings of an app are filled with.
struct AppFacts: Sendable {
    let issuer: String
    let url: String
    let id: String
    let secret: String?
    let redirectURI: String
    let scope: String

    var shownSecret: String { secret ?? "" }
    var host: String { URLComponents(string: url)?.host ?? "app.example.com" }
}
