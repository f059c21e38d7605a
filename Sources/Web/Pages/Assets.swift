import Cryptography
import Foundation

/// Style sheet, scripts and icon, each served under a fingerprint of its content.
package struct Assets: Sendable {
    struct Asset: Sendable {
        let bytes: [UInt8]
        let contentType: String
    }

    private let byPath: [String: Asset]
    private let pathByName: [String: String]

    static let names = ["martlet.css", "captcha.js", "enhance.js", "form-post.js", "passkeys.js", "favicon.svg"]

    init(files: [String: [UInt8]]) {
        var byPath: [String: Asset] = [:]
        var pathByName: [String: String] = [:]
        for (name, bytes) in files {
            let path = "/assets/" + Hex.encode(Array(SHA256.digest(bytes).prefix(6))) + "-" + name
            byPath[path] = Asset(bytes: bytes, contentType: Self.contentType(of: name))
            pathByName[name] = path
        }
        self.byPath = byPath
        self.pathByName = pathByName
    }

    func path(_ name: String) -> String { pathByName[name] ?? "/assets/" + name }
    func asset(at path: String) -> Asset? { byPath[path] }

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }
}
