import OAuth

/// What each scope lets a client do, in words for people.
struct ScopeTexts {
    private let writer: PageWriter

    init(_ writer: PageWriter) { self.writer = writer }

    func list(_ scopes: ScopeSet) -> [[String: String]] {
        scopes.names.map { ["name": $0, "text": text($0)] }
    }

    func text(_ scope: String) -> String {
        if let text = writer.settings.scopeTexts[scope] { return text }
        let key = "scope." + scope
        return writer.catalogue.has(key)
            ? writer.catalogue.text(key) : writer.catalogue.text("scope.other", ["scope": scope])
    }
}
