import Identity

/// The part of an address behind the `@`, in lower case.
struct MailDomain: Sendable, Equatable {
    let name: String

    /// `nil` unless an address can end in it; `@example.org` is read as it is meant.
    init?(_ text: String) {
        let bare = text.hasPrefix("@") ? String(text.dropFirst()) : text
        guard let address = EmailAddress("a@\(bare)"), address.typed.utf8.count == bare.utf8.count + 2 else {
            return nil
        }
        name = address.domain
    }
}

extension SettingFormat where Value == [MailDomain] {
    static let mailDomains = SettingFormat<MailDomain>.single("a domain such as example.org", text: \.name) {
        raw throws(SettingRefusals) in
        guard let domain = MailDomain(raw.text) else { throw SettingRefusals(raw) }
        return domain
    }.list("domains such as example.org")
}
