import Identity

/// Whom links to sign in with let in.
extension SQLConnection {
    func passes(_ gate: MagicLinkEntry.Gate, _ id: String) throws -> Bool {
        switch gate {
        case .people(.anybody): true
        case .people(.optIn): try preferences(of: id).magicLinks
        case .people(.roles(let names)): try holds(anyOf: names, id)
        case .nobodyAdministering: try !holds(anyOf: [Role.administrator.name], context: Role.administrator.context, id)
        }
    }

    /// - Parameter context: `nil` for whichever.
    private func holds(anyOf names: [String], context: String? = nil, _ id: String) throws -> Bool {
        try rows("SELECT role, context FROM account_roles WHERE account_id = $1", [.text(id)]).contains { row in
            guard try names.contains(row.text(0)) else { return false }
            guard let context else { return true }
            return try row.text(1) == context
        }
    }
}
