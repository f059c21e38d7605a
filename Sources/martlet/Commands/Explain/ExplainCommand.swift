import ArgumentParser
import OAuth
import Storage

/// `martlet explain`: why a request was refused.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why somebody was refused: each check, what it saw, what helps.",
        discussion: """
            Error pages and refused sign-ins show a short reference; answers to apps have it in error_description \
            and in the header X-Request-Id. Give it here, on the server's machine or any other with the same \
            settings. Without a reference, the latest refusals are listed.

            Reasons are kept for as long as the setting explain.keep says, 7 days by default. Passwords, codes, \
            tokens and other secrets are never among them.
            """)

    @Argument(help: "The reference; capitals, spaces and dashes do not matter.")
    var reference: [String] = []

    @Option(name: .long, help: "List so many of the latest refusals, 1 to 1000.")
    var last: Int?

    @Flag(name: .long, help: "Print JSON, for programs.")
    var json = false

    func validate() throws {
        guard reference.isEmpty || last == nil else { throw ValidationError("Give a reference or --last, not both.") }
        guard (1...1000).contains(last ?? 1) else { throw ValidationError("--last is a number from 1 to 1000.") }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        guard !reference.isEmpty else {
            let latest = try await read(settings) { try await $0.explanations(latest: last ?? 10, at: $1) }
            return try Answer.tell(ExplanationList(latest).text(json: json, Terminal.standardOutput))
        }
        let typed = reference.joined()
        guard let reference = Self.reference(typed) else {
            throw CommandRefusal("\(Seen.quoted(typed)) is no reference; it has ten of the characters 0-9 and a-f")
        }
        let found = try await read(settings) { try await $0.explanation(reference, at: $1) }
        guard let found else { throw CommandRefusal(Self.unknown(reference, settings)) }
        try Answer.tell(ExplanationText(found).text(json: json, Terminal.standardOutput))
    }

    /// As it may be read out over a telephone.
    static func reference(_ typed: String) -> String? {
        let letters = typed.lowercased().filter { !$0.isWhitespace && $0 != "-" }
        return letters.utf8.count == 10 && letters.allSatisfy { $0.isASCII && $0.isHexDigit } ? letters : nil
    }

    private static func unknown(_ reference: String, _ settings: Settings) -> String {
        guard settings.explain.keep > 0 else {
            return "nothing is known of \(reference): the setting explain.keep is 0, so no reasons are kept"
        }
        return "nothing is known of \(reference): reasons are kept for \(SpanText.text(settings.explain.keep)) "
            + "(explain.keep), in the database of the server that showed it; this one was asked of the database "
            + "that the settings here name"
    }

    /// Looking makes no database, and changes none.
    private func read<Result: Sendable>(
        _ settings: Settings, _ question: (Store, Instant) async throws -> Result
    ) async throws -> Result {
        try await Cellar(settings).with { try await question($0, SystemClock().now) }
    }
}
