import JSON
import OAuth

/// A person's tie to a provider, as another system writes it down.
struct ForeignTie {
    private static let longest = 255

    /// In the other system's words.
    let provider: String?
    let uid: JSONValue?
    var label: String?

    /// `nil` for what cannot be carried over.
    var identity: ArrivingIdentity? {
        guard let id = provider.flatMap(ForeignProvider.id), let subject else { return nil }
        // social-auth-app-django writes Google's addresses down instead of its subjects, unless it is told otherwise.
        guard id == UpstreamProvider.Kind.google.rawValue, subject.contains("@") else {
            return .known(UpstreamIdentity.Key(provider: id, subject: subject), label: Self.line(label))
        }
        return EmailAddress(subject).map {
            .expected(ExpectedIdentity(provider: id, canonicalEmail: $0.canonical))
        }
    }

    private var subject: String? {
        Self.line(uid?.stringValue ?? uid?.integerValue.map { "\($0)" })
    }

    static func line(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text.count <= longest, VisibleText.isOneLine(text) else { return nil }
        return text
    }
}

extension ArrivalDraft {
    mutating func ties(_ ties: [ForeignTie]) {
        for tie in ties {
            if let identity = tie.identity { self.identity(identity) }
        }
    }
}

extension LeftBehind {
    mutating func add(_ ties: [ForeignTie]) {
        for tie in ties where tie.identity == nil { add("sign-ins with \(tie.provider ?? "another provider")") }
    }
}
