import Foundation

/// An origin as browsers write it in the `Origin` header, RFC 6454 §6.2: anything else would never match, and
/// silently open nothing.
enum WebOrigin {
    static func isExact(_ text: String) -> Bool {
        guard RedirectURI.fault(registering: text) == nil, !text.hasSuffix("/") else { return false }
        return nearest(to: text) == text
    }

    /// The origin of an address, in the exact spelling; `nil` when it has none that may be registered.
    static func nearest(to text: String) -> String? {
        guard let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
            let host = components.host?.lowercased(), !host.isEmpty, !host.contains("*"),
            scheme == "https" || (scheme == "http" && RedirectURI.isLoopback(host))
        else { return nil }
        let origin = "\(scheme)://\(host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host)"
        guard let port = components.port, port != (scheme == "https" ? 443 : 80) else { return origin }
        return (1...65_535).contains(port) ? "\(origin):\(port)" : nil
    }
}
