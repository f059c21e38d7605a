import OAuth

/// One thing that is wrong with the settings: where it stands, what was seen, what is expected.
struct SettingsFault: Error, Equatable, CustomStringConvertible {
    let place: String
    let sentence: String
    /// Line and column, by which faults of a file are sorted.
    private let mark: [Int]

    init(_ origin: SettingOrigin, _ sentence: String) {
        place = origin.description
        self.sentence = sentence
        mark = if case .file(_, let line, let column) = origin { [line, column] } else { [] }
    }

    init(place: String, _ sentence: String) {
        self.place = place
        self.sentence = sentence
        mark = []
    }

    /// Those of the file from its top to its end, then the rest as they came.
    static func sorted(_ faults: [Self]) -> [Self] {
        let inFile = faults.filter { !$0.mark.isEmpty }.sorted { $0.mark.lexicographicallyPrecedes($1.mark) }
        return inFile + faults.filter(\.mark.isEmpty)
    }

    /// A name that is no setting's, with the likely right one. Refused rather than ignored (CF7): a
    /// misspelt limit would otherwise leave the default in force without a word.
    static func unknown(
        _ name: String, at origin: SettingOrigin, among known: [String], otherwise advice: String? = nil
    ) -> Self {
        let guess = Spelling.nearest(to: name, among: known).map { "did you mean \($0)?" }
        return Self(origin, "there is no setting \(Seen.quoted(name))" + ((guess ?? advice).map { "; \($0)" } ?? ""))
    }

    var description: String { "\(place): \(sentence)" }
}

/// Every fault there is, told at once: nobody should have to start a server five times to find five slips.
struct SettingsFaults: Error, Equatable, CustomStringConvertible {
    let faults: [SettingsFault]

    var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// Why a format does not take a value. The setting adds its name and what it expects.
struct SettingRefusals: Error {
    struct Refusal {
        let seen: RawText?
        let reason: String?
    }

    let refusals: [Refusal]

    init(_ seen: RawText? = nil, because reason: String? = nil) {
        refusals = [Refusal(seen: seen, reason: reason)]
    }

    init(all refusals: [Refusal]) {
        self.refusals = refusals
    }
}

/// Values as they may be repeated to a person: short, on one line, without a password inside an address.
enum Seen {
    static func quoted(_ text: String) -> String {
        "“\(shortened(PlainText.escaped(withoutUserInfo(text))))”"
    }

    private static func shortened(_ text: String) -> String {
        text.count > 80 ? text.prefix(77) + "…" : text
    }

    /// `postgres://name:password@host` shows as `postgres://…@host`.
    private static func withoutUserInfo(_ text: String) -> String {
        guard let scheme = text.range(of: "://"), let at = text.lastIndex(of: "@"), scheme.upperBound <= at else {
            return text
        }
        return text[..<scheme.upperBound] + "…" + text[at...]
    }
}
