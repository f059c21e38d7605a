/// What one password costs to hash, RFC 9106 §3.1. Parallelism is 1: a server has other logins for its other cores.
package struct Argon2idParameters: Sendable, Equatable {
    package let memoryKiB: Int
    package let passes: Int

    /// 19 MiB and 2 passes, the least that PW5 allows.
    package static let standard = Argon2idParameters()

    package init(memoryKiB: Int = 19_456, passes: Int = 2) {
        self.memoryKiB = memoryKiB
        self.passes = passes
    }

    /// Reads the parameters of a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
    package init?(ofHash hash: String) {
        guard hash.utf8.count <= 512, hash.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let fields = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].isEmpty, fields[1] == "argon2id", fields[2] == "v=19" else { return nil }
        let settings = fields[3].split(separator: ",", omittingEmptySubsequences: false)
        guard settings.count == 3, let memory = Self.value("m=", settings[0]),
            let passes = Self.value("t=", settings[1]),
            Self.value("p=", settings[2]) != nil
        else { return nil }
        self.init(memoryKiB: memory, passes: passes)
    }

    private static func value(_ name: String, _ setting: Substring) -> Int? {
        guard setting.hasPrefix(name), let value = Int(setting.dropFirst(name.count)), value > 0 else { return nil }
        return value
    }
}
