import OAuth

/// A scope that an administrator defines, and the sentence by which people are asked to allow it.
struct ScopeSentence: Sendable, Equatable {
    let name: String
    let sentence: String

    /// Scopes with a meaning of their own, which no setting may give another.
    static let reserved: Set<String> = [
        "openid", "offline_access", "profile", "email", "address", "phone", "roles",
        "martlet.people.read", "martlet.people.write", "martlet.audit.read", "martlet.administrators.write",
    ]
}

extension SettingFormat where Value == [ScopeSentence] {
    /// In the file one line for each; in a variable `name=sentence; name=sentence`.
    static let scopes = Self(
        expected: "names with a sentence each, such as projects=See your projects",
        text: { $0.isEmpty ? "none" : $0.map { "\($0.name)=\($0.sentence)" }.joined(separator: "; ") }
    ) { raw throws(SettingRefusals) in
        var scopes: [ScopeSentence] = []
        var refusals: [SettingRefusals.Refusal] = []
        for (name, sentence) in try raw.pairs() {
            if let reason = fault(name: name.text, sentence: sentence.text, beside: scopes) {
                refusals.append(.init(seen: name, reason: reason))
            }
            scopes.append(ScopeSentence(name: name.text, sentence: sentence.text))
        }
        guard refusals.isEmpty else { throw SettingRefusals(all: refusals) }
        return scopes
    }

    private static func fault(name: String, sentence: String, beside others: [ScopeSentence]) -> String? {
        guard let parsed = try? ScopeSet(parsing: name), parsed.names == [name] else {
            return "a scope is printable ASCII without spaces, quotes and backslashes"
        }
        guard !ScopeSentence.reserved.contains(name) else { return "this scope has a fixed meaning" }
        guard !others.contains(where: { $0.name == name }) else { return "this scope stands there twice" }
        guard (1...200).contains(sentence.count), sentence == PlainText.escaped(sentence) else {
            return "its sentence must be one line of at most 200 characters"
        }
        return nil
    }
}

extension RawSetting {
    func pairs() throws(SettingRefusals) -> [(name: RawText, value: RawText)] {
        switch self {
        case .pairs(let pairs, _): return pairs
        case .list: throw SettingRefusals()
        case .text(let raw):
            var pairs: [(name: RawText, value: RawText)] = []
            for part in raw.text.split(separator: ";") where !part.allSatisfy(\.isWhitespace) {
                let halves = part.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix(while: \.isWhitespace) }
                guard halves.count == 2 else { throw SettingRefusals(raw) }
                let trimmed = halves.map { RawText(text: Self.trimmed($0), origin: raw.origin) }
                pairs.append((trimmed[0], trimmed[1]))
            }
            return pairs
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
