import Identity
import OAuth

/// What operators do to accounts, through the verb that they have for it, without letters and records. `false` when there
/// is nobody of this id, or the verb refuses.
extension AccountStore where Self: AdministrationStore {
    package func setRoles(_ roles: [Role], of id: String, at now: Instant) async throws -> Bool {
        try await make(.setRoles(roles), of: id, at: now)
    }

    /// `.active` is an enabling, `.disabled` a shutting out.
    package func setStatus(_ status: Account.Status, of id: String, at now: Instant) async throws -> Bool {
        switch status {
        case .active: try await make(.enable, of: id, at: now)
        case .disabled: try await make(.disable, of: id, at: now)
        }
    }

    private func make(_ change: AdministrativeChange, of id: String, at now: Instant) async throws -> Bool {
        guard let seen = try await account(id: id) else { return false }
        if case .changed = try await self.change(change, of: seen, mailing: [], at: now) { return true }
        return false
    }
}
