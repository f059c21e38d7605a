import ArgumentParser
import Cryptography
import Foundation
import OAuth

/// `martlet client add`.
struct AddClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Register a client app, and show its secret once.",
        discussion: """
            The secret goes to standard output and is kept as its SHA-256 only: it cannot be shown again. With --for the \
            output is the app's own settings, ready to paste; known apps are:

            \(AppRecipe.all.map { "  \($0.name.padding(to: 20)) \($0.title)" }.joined(separator: "\n"))
            """)

    @Argument(help: "The name people see when they are asked for consent.")
    var name: String
    @Option(name: .customLong("redirect-uri"), help: "Where people return to after signing in; may be repeated.")
    var redirectURIs: [String] = []
    @Option(
        name: .customLong("post-logout-redirect-uri"),
        help: "Where they return to after signing out; may be repeated.")
    var postLogoutRedirectURIs: [String] = []
    @Option(name: .long, help: "The client_id; without it, made of the name.")
    var id: String?
    @Flag(name: .customLong("public"), help: "An app that cannot keep a secret: in a browser, on a phone, on a desk.")
    var isPublic = false
    @Option(name: .long, help: "What it may ask for, separated by spaces or repeated. (default: openid profile email)")
    var scope: [String] = []
    @Flag(name: .customLong("first-party"), help: "Your own app: people are not asked for consent.")
    var isFirstParty = false
    @Option(
        name: .customLong("grant"),
        help: "authorization_code, refresh_token or client_credentials; may be repeated.")
    var grants: [GrantType] = []
    @Option(
        name: .customLong("resource"),
        help: "An API it may ask tokens for, by its address (RFC 8707); may be repeated.")
    var resources: [String] = []
    @Option(name: .customLong("role"), help: "Only people with this role may sign in to it; may be repeated.")
    var roles: [String] = []
    @Option(name: .customLong("for"), help: "An app that is known: see above.")
    var app: String?
    @Option(name: .long, help: "Where that app is, e.g. https://grafana.example.com")
    var url: String?
    @Option(name: .long, help: "The issuer to print; without it, the one of the settings.")
    var issuer: String?
    @Flag(name: .long, help: "Write over a client that is there; its old secrets end.")
    var replace = false
    @OptionGroup var options: ClientOptions

    func validate() throws {
        guard let app else {
            guard url == nil else { throw ValidationError("--url is used together with --for APP") }
            return try validateAddresses(nil)
        }
        guard let recipe = AppRecipe.named(app) else {
            throw ValidationError(
                "--for \(app) is not known; known are \(AppRecipe.all.map(\.name).joined(separator: ", "))")
        }
        guard recipe.isLocal || url != nil else {
            throw ValidationError("--for \(app) needs --url, where the app is, e.g. https://\(app).example.com")
        }
        guard url.map(AppRecipe.isBase) ?? true else {
            throw ValidationError("--url must be an https address without query (http on this machine only)")
        }
        try validateAddresses(recipe)
    }

    private func validateAddresses(_ recipe: AppRecipe?) throws {
        let draft = draft(recipe)
        guard !draft.grants.contains(.authorizationCode) || !draft.redirectURIs.isEmpty else {
            throw ValidationError(
                "give --redirect-uri, where people return to after signing in; a service that acts for itself "
                    + "has --grant client_credentials instead")
        }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let recipe = app.flatMap(AppRecipe.named)
        let draft = draft(recipe)
        let secret = draft.isPublic ? nil : try ClientSecret(random: SystemRandom(), at: SystemClock().now)
        let (path, place) = try await options.withPlaces(settings, makingDatabase: true) { places in
            let object = draft.object(secret: secret)
            return (try await places.add(object, of: draft.id, replacing: replace), places.asked ?? places.usual)
        }
        await settings.witness(
            AuditEvent(.clientRegistered, clientID: draft.id, details: ["method": "command", "in": place.rawValue]))
        Terminal.tell("\(draft.name) is registered in \(path).")
        let facts = AppFacts(
            issuer: issuer ?? settings.issuer.text, url: base, id: draft.id, secret: secret?.plaintext,
            redirectURI: draft.redirectURIs.first ?? "", scope: draft.scope)
        try Answer.tell((recipe ?? .generic).settings(facts))
        if let note = recipe?.note { Terminal.tell(note) }
        if let warning = Self.warning(ofIssuer: facts.issuer, for: draft.redirectURIs) { Terminal.tell(warning) }
        if secret != nil { Terminal.tell("The secret above is not shown again; only its SHA-256 is kept.") }
        Terminal.tell(place.reminder)
    }

    /// An app elsewhere that is given the address of this machine's own loopback would find nobody there.
    static func warning(ofIssuer issuer: String, for addresses: [String]) -> String? {
        func isHere(_ address: String) -> Bool {
            URLComponents(string: address)?.host.map(RedirectURI.isLoopback) ?? true
        }
        guard isHere(issuer), !addresses.allSatisfy(isHere) else { return nil }
        return "Mind the issuer \(issuer): only this machine reaches it. Run this where the server's settings are, "
            + "or give --issuer."
    }

    private var base: String {
        var base = url ?? ""
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }

    private func draft(_ recipe: AppRecipe?) -> ClientDraft {
        var draft = ClientDraft(id: id ?? ClientDraft.id(from: name), name: name)
        recipe?.apply(to: &draft, base: base)
        draft.redirectURIs += redirectURIs
        draft.postLogoutRedirectURIs += postLogoutRedirectURIs
        if !grants.isEmpty { draft.grants = grants }
        if !scope.isEmpty { draft.scope = scope.joined(separator: " ") } else { addOfflineAccess(to: &draft) }
        draft.isPublic = draft.isPublic || isPublic
        draft.isFirstParty = isFirstParty
        draft.roles = roles
        draft.resources = resources
        return draft
    }

    /// What the grants need or cannot use, unless somebody said exactly what may be asked for.
    private func addOfflineAccess(to draft: inout ClientDraft) {
        if draft.grants == [.clientCredentials] { draft.scope = "" }
        let names = draft.scope.split(separator: " ")
        if draft.grants.contains(.refreshToken), !names.contains("offline_access") { draft.scope += " offline_access" }
    }
}

extension GrantType: ExpressibleByArgument {}
