import Foundation

/// What `FileMailer` has put into its folder.
package struct MailFolder: Sendable {
    private let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// The newest first.
    package func names(_ limit: Int = 100) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return Array(files.filter(Self.isName).sorted(by: >).prefix(limit))
    }

    /// `nil` when there is no such mail.
    package func mail(_ name: String) -> KeptMail? {
        guard Self.isName(name), let data = FileManager.default.contents(atPath: "\(path)/\(name)") else { return nil }
        return KeptMail(Array(data))
    }

    /// Of the form that is given here, which leads out of no folder.
    private static func isName(_ name: String) -> Bool {
        name.hasSuffix(".eml") && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
