/// Where a value stands, so that whoever wrote it can be sent back there.
enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
    case environment(String)
    /// Line and column count from 1.
    case file(path: String, line: Int, column: Int)
    /// A file named by a variable or key that ends in `_FILE`.
    case secretFile(path: String, namedBy: String)

    var description: String {
        switch self {
        case .environment(let variable): variable
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .secretFile(let path, let name): "\(path) (named by \(name))"
        }
    }
}

/// A piece of text as somebody wrote it, and where.
struct RawText: Sendable, Equatable {
    let text: String
    let origin: SettingOrigin
}

/// A value before its setting has read it. A variable is always text; a file may hold lists and pairs.
enum RawSetting: Sendable {
    case text(RawText)
    case list([RawText], SettingOrigin)
    case pairs([(name: RawText, value: RawText)], SettingOrigin)

    var origin: SettingOrigin {
        switch self {
        case .text(let raw): raw.origin
        case .list(_, let origin), .pairs(_, let origin): origin
        }
    }
}
