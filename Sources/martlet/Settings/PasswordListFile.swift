import Identity

/// An operator's own list of passwords that may not be set, read once at the start.
struct PasswordListFile: Sendable, Equatable {
    /// A million and a half of digests with their counts.
    static let mostBytes = 64 << 20

    let path: String
    let list: PasswordBlocklist
}

extension SettingFormat where Value == PasswordListFile {
    /// A line that cannot be used is told with its number.
    static let passwordList = Self.single(
        "the path of a file of passwords, one a line, or of SHA-1 digests of 40 hexadecimal digits", text: \.path
    ) { raw throws(SettingRefusals) in
        guard let text = SmallFile.read(raw.text, atMost: PasswordListFile.mostBytes) else {
            throw SettingRefusals(raw, because: "it cannot be read, or is larger than 64 MiB")
        }
        do throws(PasswordBlocklist.Fault) {
            return PasswordListFile(path: raw.text, list: try PasswordBlocklist(text))
        } catch {
            throw SettingRefusals(raw, because: error.description)
        }
    }
}
