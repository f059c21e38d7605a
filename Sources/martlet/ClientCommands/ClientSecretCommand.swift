import ArgumentParser
import Cryptography
import JSON
import OAuth

/// `martlet client secret`: rotation without a moment in which the app cannot get in (TK2).
struct ClientSecretCommand: AsyncParsableCommand {
    enum Action: String, ExpressibleByArgument, CaseIterable {
        case add
        case retire

        /// As the audit record has it.
        var change: String {
            switch self {
            case .add: "secret_added"
            case .retire: "secret_retired"
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "Give a client a new secret, or end its old one.",
        discussion: """
            Two secrets are good side by side while the app changes over:

              martlet client secret grafana add       shows the new one, once
              (put it into the app, let it start again)
              martlet client secret grafana retire    ends the older one

            If a secret has leaked, do all three at once.
            """)

    @Argument(help: "The client_id. One that begins with - goes after --.")
    var id: String
    @Argument(help: "add or retire.")
    var action: Action
    @Option(name: .long, help: "A note to keep beside a new secret.")
    var label: String?
    @OptionGroup var options: ClientOptions

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let secret =
            action == .add ? try ClientSecret(random: SystemRandom(), at: SystemClock().now, label: label) : nil
        let place = try await options.withPlaces(settings) { places in
            var found = try await places.existing(id)
            found.object =
                try secret.map { try Self.adding($0, to: found.object) } ?? Self.retiringOldest(of: found.object)
            try await places.rewrite(found)
            return found.place
        }
        await settings.witness(
            AuditEvent(
                .clientChanged, clientID: id,
                details: ["method": "command", "in": place.rawValue, "change": action.change]))
        if let secret {
            try Answer.tell(secret.plaintext)
            Terminal.tell("This secret is not shown again; only its SHA-256 is kept.")
        } else {
            Terminal.tell("The older secret of \(id) is no longer in the \(place.rawValue).")
        }
        Terminal.tell(place.reminder)
    }

    static func adding(_ secret: ClientSecret, to object: JSONObject) throws(CommandRefusal) -> JSONObject {
        var object = object
        let method = object["token_endpoint_auth_method"]?.stringValue ?? "client_secret_basic"
        guard method.hasPrefix("client_secret_") else {
            throw CommandRefusal("this client has no secrets: its token_endpoint_auth_method is \(method)")
        }
        let secrets = object[ClientSecret.name]?.arrayValue ?? []
        guard secrets.count < 2 else {
            throw CommandRefusal("this client has two secrets already; end the older one first: secret … retire")
        }
        object[ClientSecret.name] = .array(secrets + [secret.member])
        return object
    }

    /// New secrets stand at the end: the oldest is the first.
    static func retiringOldest(of object: JSONObject) throws(CommandRefusal) -> JSONObject {
        var object = object
        let secrets = object[ClientSecret.name]?.arrayValue ?? []
        guard secrets.count > 1 else {
            throw CommandRefusal("this client has no second secret, and could not get in without one; add one first")
        }
        object[ClientSecret.name] = .array(Array(secrets.dropFirst()))
        return object
    }
}
