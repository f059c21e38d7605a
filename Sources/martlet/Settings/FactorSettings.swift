import Identity
import OAuth

/// Second factors, as the operator decided about them.
struct FactorSettings: Sendable, Equatable {
    var isOn = true
    var methods = Factor.Kind.allCases
    /// Seconds.
    var remember = FactorPolicy().rememberedFor
    var attempts = Int(FactorTries().limit)
    /// Seconds.
    var lockout = FactorTries().lockout
    /// Seconds.
    var mailCodeLifetime = FactorPolicy().mailCodeLifetime
    var exemptRoles: [String] = []
    var exemptClients: [String] = []
    var exemptPaths: [String] = []
    var requiredRoles: [String] = []
    var requiredClients: [String] = []
    /// Seconds.
    var grace = FactorPolicy().grace
    /// Seconds.
    var recoveryWait = FactorPolicy().recoveryWait
    var levels = AuthenticationLevels.standard.rules
    var scopeLevels: [DemandedLevel] = []
    var roleLevels: [DemandedLevel] = []

    /// Stands for every role.
    static let everybody = "*"
}

/// A scope or a role, and the level that it demands.
struct DemandedLevel: Sendable, Equatable {
    let name: String
    let level: String
}

extension [DemandedLevel] {
    var byName: [String: String] { Dictionary(map { ($0.name, $0.level) }) { first, _ in first } }
}

extension Settings {
    var factorPolicy: FactorPolicy {
        let given = secondFactor
        var policy = FactorPolicy()
        policy.isOn = given.isOn
        policy.kinds = given.methods
        policy.rememberedFor = given.remember
        policy.tries = FactorTries(limit: Int64(given.attempts), lockout: given.lockout)
        policy.mailCodeLifetime = given.mailCodeLifetime
        policy.exemptRoles = given.exemptRoles
        policy.exemptClients = given.exemptClients
        policy.exemptPaths = given.exemptPaths
        policy.requiredRoles = given.requiredRoles
        policy.requiredClients = given.requiredClients
        policy.grace = given.grace
        policy.recoveryWait = given.recoveryWait
        policy.levels = AuthenticationLevels(given.levels)
        policy.roleLevels = given.roleLevels.byName
        return policy
    }

    /// What is demanded of the sign-ins of apps.
    var levelPolicy: LevelPolicy {
        LevelPolicy(
            levels: AuthenticationLevels(secondFactor.levels), scopeLevels: secondFactor.scopeLevels.byName,
            roleLevels: secondFactor.roleLevels.byName, exemptClients: Set(secondFactor.exemptClients))
    }

    /// What lets people in with less than they may think (B099, B104).
    var factorWarnings: [String] {
        let given = secondFactor
        let exempt = [
            ("roles", given.exemptRoles), ("clients", given.exemptClients), ("paths", given.exemptPaths),
        ]
        guard given.isOn else {
            return ["second factors are switched off (second_factor.enabled): people who have one sign in without it"]
        }
        return exempt.filter { !$0.1.isEmpty }.map { kind, names in
            "no second factor is asked for by second_factor.exempt_\(kind): \(names.joined(separator: ", "))"
        }
    }
}
