import Foundation

/// The address everybody knows this server by: `iss` in every token, and the front of every endpoint.
///
/// Only settings make one, never a request (JW9). https, or http on this very machine for trying things
/// out (CF7). Host and port only: a path would put discovery documents in two places (RFC 8414 §3.1
/// against OpenID Connect Discovery §4), and clients guess wrong.
struct Issuer: Sendable, Equatable, CustomStringConvertible {
    /// As it stands in tokens: no trailing slash.
    let text: String
    let host: String
    let port: Int?

    static let localhost = Issuer(text: "http://localhost:8080", host: "localhost", port: 8080)

    private init(text: String, host: String, port: Int?) {
        self.text = text
        self.host = host
        self.port = port
    }

    var isSecure: Bool { text.hasPrefix("https:") }
    var isLoopback: Bool { Self.isLoopback(host) }
    /// The port that is meant when none is written.
    var usedPort: Int { port ?? (isSecure ? 443 : 80) }
    var description: String { text }

    /// Reads an issuer; a refusal says which of the rules it breaks.
    static func parse(_ raw: RawText) throws(SettingRefusals) -> Issuer {
        guard raw.text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parts = URLComponents(string: raw.text),
            let host = parts.host, !host.isEmpty
        else { throw SettingRefusals(raw, because: "this is no address") }
        let fault: String? =
            if parts.user != nil || parts.password != nil {
                "it may not hold user information"
            } else if parts.query != nil || parts.fragment != nil {
                "it may not hold a query or a fragment"
            } else if parts.path == "/" {
                "without the slash at the end"
            } else if !parts.path.isEmpty {
                "it may not hold a path"
            } else if parts.scheme == "http" && !isLoopback(host) {
                "http is for localhost only: give https, and let a proxy hold the certificate"
            } else if parts.scheme != "https" && parts.scheme != "http" {
                "it must begin with https://"
            } else {
                nil
            }
        if let fault { throw SettingRefusals(raw, because: fault) }
        let port = parts.port.map { ":\($0)" } ?? ""
        let canonical = "\(parts.scheme ?? "")://\(host.lowercased())\(port)"
        guard canonical == raw.text, parts.port.map({ (1...65_535).contains($0) }) ?? true else {
            throw SettingRefusals(raw, because: "write it as \(canonical)")
        }
        guard parts.port != (parts.scheme == "https" ? 443 : 80) else {
            throw SettingRefusals(raw, because: "leave the usual port out")
        }
        return Issuer(text: raw.text, host: host, port: parts.port)
    }

    private static func isLoopback(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
    }
}

extension SettingFormat where Value == Issuer {
    static let issuer = Self.single("an address such as https://id.example.com", text: \.text) {
        raw throws(SettingRefusals) in
        try Issuer.parse(raw)
    }
}
