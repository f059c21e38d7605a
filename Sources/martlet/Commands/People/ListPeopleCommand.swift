import ArgumentParser
import Identity
import OAuth

/// `martlet user list`.
struct ListPeopleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List people in the order of their addresses, 100 at a time.")

    @Option(name: .long, help: "The beginning of an address, or a part of a name or username; case is no matter.")
    var query: String?

    @Option(name: .long, help: "Only those who have the role.")
    var role: String?

    @Option(name: .long, help: "Only those who are active, disabled, deleted, or unverified.")
    var state: PersonQuery.State?

    @Option(name: .long, help: "Begin after this address.")
    var after: String?

    @Option(name: .long, help: "At most so many, 1 to 100000.")
    var limit = 100

    @Flag(name: .long, help: "One JSON object a line, with the names of the administration API.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 100000") }
        if let after, EmailAddress(after) == nil {
            throw ValidationError("\(Seen.quoted(after)) is no e-mail address; --after takes one")
        }
        guard (query?.utf8.count ?? 0) <= 254 else { throw ValidationError("--query is too long") }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let (people, isMore) = try await PeopleDesk.with(settings) { try await find(in: $0) }
        if json {
            for person in people { try Answer.tell(PersonOutput.line(PersonDocument.account(person))) }
        } else if people.isEmpty {
            Terminal.tell("Nobody matches.")
        } else {
            try Answer.tell(PersonTable.text(people, Terminal.standardOutput))
        }
        if isMore, let last = people.last { Terminal.tell("There are more: --after \(last.email.canonical)") }
    }

    /// Page by page; one more than is wanted tells that there are others.
    private func find(in administration: Administration) async throws -> ([Account], isMore: Bool) {
        var people: [Account] = []
        var page = PersonQuery()
        (page.text, page.role, page.state) = (query, role, state)
        page.after = after.flatMap { EmailAddress($0)?.canonical }
        while people.count <= limit {
            page.limit = min(PersonQuery.most, limit - people.count + 1)
            let found = try await administration.people(page)
            people += found
            guard found.count == page.limit else { break }
            page.after = found.last?.email.canonical
        }
        return (Array(people.prefix(limit)), people.count > limit)
    }
}

extension PersonQuery.State: ExpressibleByArgument {}
