/// Who did what with which outcome, from where, in which request (CF1).
///
/// Ids and names of things, never names, addresses or texts of people (B016, B124): events outlive accounts.
package struct AuditEvent: Sendable, Equatable {
    package let kind: Kind
    package let actor: Actor
    /// The person it is about.
    package let subject: String?
    package let clientID: String?
    /// The prefix of the address it came from.
    package let network: String?
    /// Of the request that caused it.
    package let reference: String?
    /// Further facts, e.g. `reason`, `grant`, `method`.
    package let details: [String: String]

    /// What belongs to the request is read here, on the task of whoever records.
    package init(
        _ kind: Kind, by actor: Actor? = nil, subject: String? = nil, clientID: String? = nil,
        details: [String: String] = [:]
    ) {
        self.kind = kind
        self.subject = subject
        self.clientID = clientID
        self.details = details
        network = details["network"] ?? RequestNetwork.current
        reference = RequestReference.current
        self.actor = actor ?? Actor.usual(of: kind, subject: subject, clientID: clientID)
    }

    package var outcome: Outcome { kind.outcome }

    package enum Outcome: String, Sendable {
        case done
        case refused
    }

    /// Who did it, as far as that was proven.
    package enum Actor: Sendable, Equatable, CustomStringConvertible {
        /// Somebody who has proven nothing.
        case visitor
        case person(String)
        case client(String)
        /// At the command line, as this user of the machine.
        case operatorAtCommandLine(user: UInt32)
        /// The server by itself.
        case server

        /// Who acts when no request is being answered: a command says so before it begins.
        @TaskLocal package static var outsideRequests = Actor.server

        package var description: String {
            switch self {
            case .visitor: "visitor"
            case .person(let subject): "person:\(subject)"
            case .client(let id): "client:\(id)"
            case .operatorAtCommandLine(let user): "operator:\(user)"
            case .server: "server"
            }
        }

        /// Whoever calls as this client. A public one has named itself and proven nothing.
        static func caller(_ client: Client) -> Actor { client.isConfidential ? .client(client.id) : .visitor }

        /// A refusal proves nothing of whoever was refused.
        static func usual(of kind: Kind, subject: String?, clientID: String?) -> Actor {
            guard RequestReference.current != nil else { return outsideRequests }
            switch kind.usualActor {
            case .person: return subject.map { .person($0) } ?? .visitor
            case .client: return clientID.map { .client($0) } ?? .visitor
            case .visitor: return .visitor
            case .server: return .server
            }
        }
    }
}
