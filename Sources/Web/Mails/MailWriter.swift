import Identity
import OAuth

/// A mail in words: what people read.
package struct WrittenMail: Sendable, Equatable {
    package let subject: String
    package let text: String
    package let html: String
}

/// Puts letters into words, with the templates `mail` and `mail.text` and the sentences `mail.<kind>.…`.
///
/// Whatever a letter leads to begins with the configured issuer (ML5, B002): no request, header or person has a say in
/// it. Codes and links stand in the body alone, never in a subject, which is shown on locked screens (B078).
package struct MailWriter: Sendable {
    private let pages: Pages
    private let settings: WebSettings
    private let places: any PlaceDirectory

    package init(pages: Pages, settings: WebSettings, places: any PlaceDirectory = NoPlaces()) {
        self.pages = pages
        self.settings = settings
        self.places = places
    }

    /// Why a letter cannot be put into words.
    package enum Fault: Error, Equatable {
        /// It leads somewhere that is no path of this server.
        case path
    }

    package func write(_ letter: Letter) throws -> WrittenMail {
        let words = LetterWords(letter, catalogue: pages.catalogue, settings: settings, places: places)
        let context = try context(letter, words)
        return WrittenMail(
            subject: words.sentence("subject"),
            text: Self.tidy(String(decoding: try pages.render("mail.text", context), as: UTF8.self)),
            html: String(decoding: try pages.render("mail", context), as: UTF8.self))
    }

    private func context(_ letter: Letter, _ words: LetterWords) throws -> [String: Any] {
        var context: [String: Any] = [
            "lang": "en", "dir": "ltr", "issuerName": settings.serviceName, "subject": words.sentence("subject"),
            "heading": words.sentence("heading"), "sentence": words.sentence("sentence"),
            "codeSentence": words.general("code"), "orAddress": words.general("or_address"),
            "footer": words.general("footer"), "helpLabel": words.general("help"),
            "facts": words.facts.map { ["label": $0.label, "value": $0.value] }, "hasFacts": !words.facts.isEmpty,
        ]
        context["greeting"] = words.greeting
        context["advice"] = words.optional("advice")
        context["code"] = letter.code
        context["helpURL"] = settings.helpURL
        let action = try letter.path.map { try link($0, words.sentence("action")) }
        let second = try letter.secondPath.flatMap { path in
            try isServed(path) ? link(path, words.sentence("second_action")) : nil
        }
        context["action"] = action
        // What is done if this was not you is the one action of a mail that has no other.
        context[action == nil ? "onlyAction" : "second"] = second
        return context
    }

    /// Where passwords are off nobody is sent to a new one (B134).
    private func isServed(_ path: String) -> Bool {
        settings.takesPasswords || path.prefix { $0 != "?" } != RecoveryRoutes.path
    }

    private func link(_ path: String, _ label: String) throws -> [String: Any] {
        guard path.hasPrefix("/"), !path.hasPrefix("//"),
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#"\"<>"#.utf8.contains($0) })
        else { throw Fault.path }
        return ["address": settings.issuer + path, "label": label]
    }

    /// Sections that are not there leave empty lines behind; at most one parts two paragraphs.
    private static func tidy(_ text: String) -> String {
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let isEmpty = line.allSatisfy { $0 == " " }
            if !isEmpty || lines.last?.isEmpty == false { lines.append(isEmpty ? "" : line) }
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }
}
