import Foundation
import Identity
import OAuth

@testable import Identity
@testable import Outbound
@testable import Web

/// Addresses that this server follows or sends browsers to: pages of its own (WB9), what a provider's documents name
/// (IN11), and what is fetched (SO9).
struct PathsTarget: FuzzTarget {
    static let name = "paths"

    func check(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let path = ReturnPath(text) { check(path) }
        for admitsLoopback in [true, false] {
            if let address = EndpointAddress(text, admitsLoopback: admitsLoopback) { check(address, admitsLoopback) }
        }
        if let address = try? FetchAddress(text) { check(address) }
    }

    /// Whoever resolves it stays on this server, at a page that is none of those that begin anew.
    private func check(_ path: ReturnPath) {
        demand(path.text.utf8.count <= 1024 && ReturnPath(path.text) == path, "a path that is written is read again")
        let base = URL(string: "https://id.example/sign-in")
        guard let url = URL(string: path.text, relativeTo: base)?.absoluteURL else {
            return demand(false, "a path can be read")
        }
        demand(url.scheme == "https" && url.host() == "id.example" && url.user() == nil, "a path leads nowhere else")
        let plain = path.text.removingPercentEncoding ?? ""
        demand(path.text.utf8.first == UInt8(ascii: "/") && !path.text.hasPrefix("//"), "a path is one of ours")
        demand(!plain.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "no control character")
        let alone = path.text.prefix { $0 != "?" }
        let segments = alone.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let isPlain = segments.allSatisfy { $0 != "." && $0 != ".." && !$0.contains { "%\\;".contains($0) } }
        demand(isPlain, "there is one way to read a path")
        demand(
            (try? FormDecoding.pairs(Array("next=\(path.escaped)".utf8)))?.first?.value == path.text,
            "it is escaped whole")
    }

    private func check(_ address: EndpointAddress, _ admitsLoopback: Bool) {
        demand(address.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "an address is printable ASCII")
        demand(address.isLoopback == address.text.hasPrefix("http://"), "without TLS only on this machine")
        demand(admitsLoopback || !address.isLoopback, "not on this machine unless that is admitted")
        let more = address.adding([("state", "a b&c")])
        demand(more.hasPrefix(address.text) && more.hasSuffix("state=a%20b%26c"), "parameters are added behind")
        guard address.isLoopback, let fetched = try? FetchAddress(address.text) else { return }
        demand(fetched.scheme == "http", "what is checked is what is fetched")
    }

    private func check(_ address: FetchAddress) {
        demand(["http", "https"].contains(address.scheme), "only the web is fetched")
        let authority = address.text.dropFirst(address.scheme.count + 3).prefix { !"/?#".contains($0) }
        demand(!authority.contains("@"), "no user in an address")
    }
}
