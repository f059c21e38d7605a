import Foundation
import OAuth

/// Addresses that answers are sent to: a line with one to register, then the one that a request names (AZ1, AZ2).
struct RedirectURITarget: FuzzTarget {
    static let name = "redirect-uri"

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        let (registered, presented) = (pieces.textLine(), pieces.remainingText())
        let isRegistrable = RedirectURI.fault(registering: registered) == nil
        if isRegistrable { check(registered) }
        demand(RedirectURI.matches(registered, registered: registered), "an address is itself")
        guard isRegistrable, RedirectURI.matches(presented, registered: registered) else { return }
        guard Array(presented.utf8) != Array(registered.utf8) else { return }
        checkLoopback(presented, registered)
    }

    /// In the eyes of another reader than the one that let it in.
    private func check(_ uri: String) {
        demand(uri.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#"\"<>#*"#.utf8.contains($0) }, "printable ASCII")
        let scheme = uri.prefix { $0 != ":" }.lowercased()
        demand(!["javascript", "data", "file", "vbscript", "blob"].contains(scheme), "no address of a script")
        guard scheme == "https" || scheme == "http" else {
            return demand(scheme.contains("."), "a private scheme is a domain name")
        }
        let rest = uri.utf8.dropFirst(scheme.utf8.count + 1)
        demand(rest.starts(with: "//".utf8), "a web address has a host")
        let authority = String(decoding: rest.dropFirst(2).prefix { !"/?".utf8.contains($0) }, as: UTF8.self)
        demand(!authority.isEmpty && !authority.contains("@"), "a host and no user")
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        demand(scheme == "https" || RedirectURI.isLoopback(String(host)), "http stays on this machine")
    }

    /// RFC 8252 §7.3: the port alone differs.
    private func checkLoopback(_ presented: String, _ registered: String) {
        guard let theirs = URLComponents(string: presented), let ours = URLComponents(string: registered) else {
            return demand(false, "what matches can be read")
        }
        demand(["127.0.0.1", "[::1]", "::1"].contains(theirs.host), "only on a loopback address")
        demand(theirs.host == ours.host && theirs.scheme == ours.scheme, "on the same one")
        demand(theirs.percentEncodedPath == ours.percentEncodedPath, "with the same path")
        demand(theirs.percentEncodedQuery == ours.percentEncodedQuery && theirs.fragment == nil, "and query")
        demand(theirs.user == nil && (1...65_535).contains(theirs.port ?? 80), "with a port that is one")
    }
}
