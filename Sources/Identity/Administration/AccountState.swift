import Cryptography
import Foundation
import JSON

/// How an account stands, in one word.
package enum AccountState: String, Sendable, CaseIterable {
    case active
    case disabled
    /// On its way out.
    case deleted
}

extension Account {
    package var state: AccountState {
        guard deletion == nil else { return .deleted }
        return switch status {
        case .active: .active
        case .disabled: .disabled
        }
    }

    /// Whether its person gets in: now, or by coming back from a deletion of their own.
    var isWithinReach: Bool { status == .active || deletion?.actor == .person }

    package var isAdministrator: Bool { status == .active && roles.contains(.administrator) }

    /// Changes whenever something changes that an operator sees; opaque (RFC 9110 §8.8.3).
    package var version: String {
        Hex.encode(Array(SHA256.digest(JSONValue.object(PersonDocument.account(self)).bytes()).prefix(12)))
    }
}
