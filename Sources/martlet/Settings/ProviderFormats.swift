import Foundation

extension SettingFormat where Value == String {
    /// RFC 6749 §2.2, without spaces, which nobody gives out and many copy along.
    static let clientID = Self.single("the client id that the provider shows", text: { $0 }) {
        raw throws(SettingRefusals) in
        guard (1...255).contains(raw.text.utf8.count), raw.text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SettingRefusals(raw)
        }
        return raw.text
    }

    /// What the paths of its endpoints are put behind.
    static let baseURL = Self.single("an https address without a slash at the end", text: { $0 }) {
        raw throws(SettingRefusals) in
        guard !raw.text.hasSuffix("/") else { throw SettingRefusals(raw, because: "without the slash at the end") }
        try ProviderAddress.check(raw)
        return raw.text
    }

    /// Compared byte by byte with what it says of itself, so a slash at its end stays.
    static let providerIssuer = Self.single("the https address by which the provider calls itself", text: { $0 }) {
        raw throws(SettingRefusals) in
        try ProviderAddress.check(raw)
        return raw.text
    }

    /// A part of an address at Microsoft.
    static let organisation = Self.single("a domain, the id of a tenant, common, or *", text: { $0 }) {
        raw throws(SettingRefusals) in
        guard raw.text.wholeMatch(of: /\*|[A-Za-z0-9][A-Za-z0-9.-]{0,252}/) != nil else { throw SettingRefusals(raw) }
        return raw.text
    }

    /// As Apple shows them.
    static let tenSigns = Self.single("ten capital letters and digits", text: { $0 }) { raw throws(SettingRefusals) in
        guard raw.text.wholeMatch(of: /[A-Z0-9]{10}/) != nil else { throw SettingRefusals(raw) }
        return raw.text
    }
}

extension SettingFormat where Value == SecretText {
    /// What it has to be follows from the kind of the provider (`ProviderRules`).
    static let providerSecret = Self.single("the secret that the provider shows", text: { _ in "given" }) {
        raw throws(SettingRefusals) in
        guard (1...16_384).contains(raw.text.utf8.count),
            raw.text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x0A || $0 == 0x0D })
        else { throw SettingRefusals(raw) }
        return SecretText(text: raw.text)
    }
}

extension SettingFormat where Value == [String] {
    /// RFC 6749 §3.3; each once.
    static let providerScopes: SettingFormat<[String]> = {
        let expected = "a list of scopes, such as [openid, email]"
        let list = SettingFormat<String>.single(expected, text: { $0 }) { raw throws(SettingRefusals) in
            guard (1...200).contains(raw.text.utf8.count),
                raw.text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
            else { throw SettingRefusals(raw) }
            return raw.text
        }.list(expected)
        return SettingFormat<[String]>(expected: list.expected, text: list.text) { raw throws(SettingRefusals) in
            let scopes = try list.parse(raw)
            guard !scopes.isEmpty else { throw SettingRefusals(because: "at least one is needed") }
            if let twice = scopes.first(where: { scope in scopes.count { $0 == scope } > 1 }) {
                throw SettingRefusals(because: "\(twice) stands there twice")
            }
            return scopes
        }
    }()
}

/// Where a provider is: https, or http on this very machine, for a stand-in.
private enum ProviderAddress {
    static func check(_ raw: RawText) throws(SettingRefusals) {
        guard raw.text.utf8.count <= 1024, let parts = URLComponents(string: raw.text),
            raw.text.wholeMatch(of: /https?:\/\/(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?(\/[A-Za-z0-9._~%\/-]*)?/)
                != nil, let host = parts.host, !host.isEmpty,
            parts.port.map({ (1...65_535).contains($0) }) ?? true
        else { throw SettingRefusals(raw, because: "this is no https address without query and fragment") }
        guard parts.scheme == "https" || ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host) else {
            throw SettingRefusals(raw, because: "http is for this machine only: give https")
        }
    }
}
