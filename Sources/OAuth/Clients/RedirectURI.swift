import Foundation
import JSON

/// Which addresses may be registered and when a presented one matches; RFC 6749 §3.1.2, RFC 8252 §7,
/// RFC 9700 §2.1. Comparison is of bytes; nothing is normalised, nothing is a pattern.
package enum RedirectURI {
    package enum Fault: String, Sendable, Error {
        case notAbsolute = "is not an absolute URI"
        case fragment = "has a fragment (#…), which redirect addresses may not have"
        case plainHTTP = "uses http; only https, or http on 127.0.0.1, [::1] or localhost, may be registered"
        case schemeNotAllowed = "uses a scheme that may not be registered"
        case dotlessScheme =
            "uses a private scheme without a dot; RFC 8252 §7.1 wants a reversed domain name, e.g. com.example.app"
        case userInfo = "holds user information (user@host)"
        case wildcard = "holds a wildcard; every address is registered exactly"
        case character = "holds a character that a URI may not hold"
    }

    /// Why this address may not be registered, or `nil`.
    package static func fault(registering uri: String) -> Fault? {
        guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#"\"<>^`{|}"#.utf8.contains($0) }) else {
            return .character
        }
        guard !uri.contains("#") else { return .fragment }
        guard !uri.contains("*") else { return .wildcard }
        guard let colon = uri.firstIndex(of: ":"), let scheme = Optional(uri[..<colon].lowercased()), isScheme(scheme)
        else {
            return .notAbsolute
        }
        guard scheme == "https" || scheme == "http" else { return faultOfPrivateScheme(scheme, in: uri) }
        guard let components = URLComponents(string: uri), let host = components.host, !host.isEmpty else {
            return .notAbsolute
        }
        guard components.user == nil, components.password == nil else { return .userInfo }
        return scheme == "https" || isLoopback(host) ? nil : .plainHTTP
    }

    /// Byte-equal to a registered one; only the port of a loopback *address* may differ (RFC 8252 §7.3, AZ1).
    package static func matches(_ presented: String, registered: String) -> Bool {
        if presented.isExactly(registered) { return true }
        guard let ours = LoopbackURI(registered), let theirs = LoopbackURI(presented) else { return false }
        return ours.host == theirs.host && ours.rest.isExactly(theirs.rest)
    }

    package static func isLoopback(_ host: String) -> Bool {
        ["127.0.0.1", "[::1]", "::1", "localhost"].contains(host)
    }

    private static func isScheme(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0)
        }
    }

    private static func faultOfPrivateScheme(_ scheme: String, in uri: String) -> Fault? {
        guard
            !["javascript", "data", "file", "blob", "vbscript", "about", "ftp", "ws", "wss", "mailto", "urn"].contains(
                scheme)
        else { return .schemeNotAllowed }
        guard scheme.contains(".") else { return .dotlessScheme }
        return uri.utf8.count > scheme.utf8.count + 1 ? nil : .notAbsolute
    }
}

/// `http://127.0.0.1[:port]/rest` or `http://[::1][:port]/rest`, taken apart by bytes alone so that no
/// URL parser's leniency (user information, other spellings of the address) can let something through.
private struct LoopbackURI {
    let host: String
    let rest: Substring

    init?(_ uri: String) {
        guard let host = ["http://127.0.0.1", "http://[::1]"].first(where: uri.hasPrefix) else { return nil }
        self.host = host
        let tail = uri.dropFirst(host.count)
        guard tail.hasPrefix(":") else {
            guard tail.isEmpty || tail.hasPrefix("/") || tail.hasPrefix("?") else { return nil }
            rest = tail
            return
        }
        let digits = tail.dropFirst().prefix { $0.isASCII && $0.isNumber }
        guard let port = UInt16(digits), port > 0 else { return nil }
        rest = tail.dropFirst(1 + digits.count)
        guard rest.isEmpty || rest.hasPrefix("/") || rest.hasPrefix("?") else { return nil }
    }
}
