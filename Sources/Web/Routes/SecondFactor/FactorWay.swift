import Identity

/// A way to prove a second factor, each with a page of its own.
enum FactorWay: String, Sendable, CaseIterable {
    // In the order in which they are offered: what no false page can pass on comes first.
    case passkey
    case app
    case mail
    case backupCode = "backup-code"

    var path: String { SecondFactorPath.prove + "/" + rawValue }

    /// The last part of its keys in the catalogue.
    var words: String { self == .backupCode ? "backup_code" : rawValue }

    /// `nil` for a passkey, which nobody types.
    var code: SecondFactor.CodeKind? {
        switch self {
        case .passkey: nil
        case .app: .totp
        case .mail: .mailCode
        case .backupCode: .backupCode
        }
    }

    func isAmong(_ choices: SecondFactor.Choices) -> Bool {
        switch self {
        case .passkey: choices.hasPasskey
        case .app: choices.hasTOTP
        case .mail: choices.hasMailCode
        case .backupCode: choices.codesLeft > 0
        }
    }

    /// Those that there are, the best first.
    static func all(_ choices: SecondFactor.Choices) -> [FactorWay] { allCases.filter { $0.isAmong(choices) } }
}
