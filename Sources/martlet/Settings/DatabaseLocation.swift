/// Which database holds everything that lasts.
enum DatabaseLocation: Sendable, Equatable {
    case sqlite(path: String)

    var path: String {
        switch self {
        case .sqlite(let path): path
        }
    }
}

extension SettingFormat where Value == DatabaseLocation {
    /// The path of a SQLite file.
    static let databasePath = Self.single("the path of a SQLite file, such as data/martlet.db", text: \.path) {
        raw throws(SettingRefusals) in
        guard !raw.text.isEmpty, !raw.text.contains("://"), !raw.text.hasPrefix("sqlite:"), !raw.text.utf8.contains(0)
        else {
            throw SettingRefusals(raw, because: "an address of a database goes into database_url")
        }
        return .sqlite(path: raw.text)
    }

    /// `sqlite:PATH`; the other engine is named, for people will try it.
    static let databaseURL = Self.single("sqlite: followed by a path", text: { "sqlite:\($0.path)" }) {
        raw throws(SettingRefusals) in
        guard !raw.text.hasPrefix("postgres:"), !raw.text.hasPrefix("postgresql:") else {
            throw SettingRefusals(
                raw, because: "PostgreSQL comes in a later version; this one keeps everything in a SQLite file")
        }
        let path = raw.text.dropFirst("sqlite:".count)
        guard raw.text.hasPrefix("sqlite:"), !path.isEmpty, !path.hasPrefix("//"), !path.utf8.contains(0) else {
            throw SettingRefusals(raw)
        }
        return .sqlite(path: String(path))
    }
}
