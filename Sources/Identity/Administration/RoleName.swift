/// What a role may be called: one word that fits into a claim, a log line and a settings file.
package enum RoleName {
    package static let longest = 64

    package static func isValid(_ name: String) -> Bool {
        (1...longest).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == 0x2D || $0 == 0x5F
            }
    }
}
