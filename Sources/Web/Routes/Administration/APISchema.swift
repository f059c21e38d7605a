/// The form of an answer, as the description of the API tells it; a test holds real answers to it.
struct APISchema: Sendable {
    indirect enum Kind: Sendable {
        case text
        case boolean
        case number
        /// RFC 3339, in UTC.
        case time
        case choice([String])
        case texts
        /// Names with a text each.
        case details
        case object(APISchema)
        case list(APISchema)
    }

    struct Member: Sendable {
        let name: String
        let kind: Kind
        let isRequired: Bool
        let summary: String

        init(_ name: String, _ kind: Kind, isRequired: Bool = true, _ summary: String) {
            self.name = name
            self.kind = kind
            self.isRequired = isRequired
            self.summary = summary
        }
    }

    let name: String
    let members: [Member]

    /// Those that have a name of their own in the description.
    static let all = [
        person, role, access, method, identity, factor, session, application, preferences, event, people, events, ended,
        invitation, invitations, signInLink, problem, fault,
    ]
}
