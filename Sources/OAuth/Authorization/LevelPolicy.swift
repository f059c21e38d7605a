import JSON

/// What is demanded of sign-ins here, whatever a request says, and who is served with less.
package struct LevelPolicy: Sendable, Equatable {
    package let levels: AuthenticationLevels
    /// Levels that scopes demand, by the scope's name.
    package let scopeLevels: [String: String]
    /// Levels that roles demand, by the role's name.
    package let roleLevels: [String: String]
    /// Clients that are answered although the second factor is missing, as long as nothing more is demanded.
    package let exemptClients: Set<String>

    package init(
        levels: AuthenticationLevels = .standard, scopeLevels: [String: String] = [:],
        roleLevels: [String: String] = [:], exemptClients: Set<String> = []
    ) {
        self.levels = levels
        self.scopeLevels = scopeLevels
        self.roleLevels = roleLevels
        self.exemptClients = exemptClients
    }

    /// What these scopes demand, each level once.
    func demanded(by scopes: ScopeSet) -> [String] {
        var demanded: [String] = []
        for level in scopes.names.compactMap({ scopeLevels[$0] }) where !demanded.contains(where: level.isExactly) {
            demanded.append(level)
        }
        return demanded
    }

    /// Whether a grant that was given at one level serves scopes and roles that demand others by now. A level that is not
    /// known any more serves nothing that is demanded. `default_acr_values` stand in for what a request leaves out, and
    /// demand nothing of what was answered.
    func serves(_ grant: Grant, of subject: Subject) -> Bool {
        let roles = subject.roles.compactMap { roleLevels[$0] }
        return (demanded(by: grant.scopes) + roles).allSatisfy { levels.covers(grant.authentication.level, $0) }
    }
}

/// The levels of which a request must reach some: any one of those that are named, and every one of those that scopes and
/// roles demand (AZ20).
package struct DemandedLevels: Sendable {
    /// In the client's order of preference.
    let named: [String]
    let each: [String]

    package init(named: [String] = [], each: [String]) {
        self.named = named
        self.each = each
    }

    /// - Parameter named: by the request, or by its client where it names none.
    init(_ named: [String], of scopes: ScopeSet, _ standing: FactorStanding, under policy: LevelPolicy) {
        self.init(named: named, each: policy.demanded(by: scopes) + standing.demanded)
    }

    var areNone: Bool { named.isEmpty && each.isEmpty }

    package func areMet(by reached: [String]) -> Bool {
        (named.isEmpty || named.contains { level in reached.contains(where: level.isExactly) })
            && each.allSatisfy { level in reached.contains(where: level.isExactly) }
    }

    /// The level that is told of a sign-in by which they are met: the first that is named and reached, unless a scope or
    /// a role demands more, for then the token would not serve; otherwise the highest.
    func told(of authentication: Authentication, _ levels: AuthenticationLevels) -> Authentication {
        let wanted = named.first { level in
            authentication.reached.contains(where: level.isExactly) && each.allSatisfy { levels.covers(level, $0) }
        }
        return wanted.map { authentication.told(at: $0) } ?? authentication
    }

    /// As an operator reads them.
    var words: String {
        ([named.joined(separator: " or ")] + each).filter { !$0.isEmpty }.joined(separator: ", and ")
    }
}
