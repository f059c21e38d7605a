/// Who to be, for a newcomer who wants to see what each kind of person comes to.
struct ChoicePage: Sendable {
    let provider: Provider
    let people: [Persona]

    /// The form goes back to the same address, query and all.
    var reply: Reply {
        let buttons = people.map { person in
            """
            <p><button name="person" value="\(Reply.escaped(person.id))">Continue as \(Reply.escaped(person.name ?? person.login))</button>
            \(Reply.escaped(Self.words(about: person)))</p>
            """
        }
        return .page(
            "A stand-in for \(provider.rawValue)",
            """
            <form method="post">
            \(buttons.joined(separator: "\n"))
            <p><button name="person" value="">Cancel</button></p>
            </form>
            """)
    }

    private static func words(about person: Persona) -> String {
        guard let email = person.email, !email.isEmpty else { return "Has no address." }
        return person.isVerified ? "Has the address \(email), verified." : "Has the address \(email), not verified."
    }
}
