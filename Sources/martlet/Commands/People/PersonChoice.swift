import ArgumentParser
import Identity
import OAuth

/// The person that a command is about.
struct PersonChoice: ParsableArguments {
    @Argument(help: "The person's address, or the id (sub). An id that begins with - goes after --.")
    var person: String

    /// Told what is near when there is nobody of that name: most often it is a slip.
    func find(in administration: Administration) async throws -> Account {
        if let address = EmailAddress(person) {
            if let account = try await administration.account(address) { return account }
            throw try await Self.nobody(address, in: administration)
        }
        if let account = try await administration.account(person) { return account }
        throw CommandRefusal("nobody has the address or id \(Seen.quoted(person)); see martlet user list")
    }

    private static func nobody(_ address: EmailAddress, in administration: Administration) async throws
        -> CommandRefusal
    {
        var query = PersonQuery()
        query.limit = PersonQuery.most
        query.text = String(address.canonical.prefix(2))
        let near = try await administration.people(query).map(\.email.canonical)
        guard let nearest = Spelling.nearest(to: address.canonical, among: near) else {
            return CommandRefusal("nobody has the address \(Seen.quoted(address.typed)); see martlet user list")
        }
        return CommandRefusal("nobody has the address \(Seen.quoted(address.typed)); did you mean \(nearest)?")
    }
}
