import Identity
import OAuth

extension SettingsRules {
    /// Second factors that would not be asked for where they are meant to be, or would shut somebody out.
    var factorFaults: [SettingsFault] {
        levelFaults + demandFaults + exemptionFaults + methodFaults
    }

    /// Whoever reaches a level reaches those below it, and whoever is signed in the lowest.
    private var levelFaults: [SettingsFault] {
        let levels = settings.secondFactor.levels
        guard let lowest = levels.first else { return [] }
        let lowestFault =
            lowest.classes != 1 || lowest.isPhishingResistant
            ? fault(
                "second_factor.levels", nil,
                "second_factor.levels begins with \(Seen.quoted(lowest.name)), which is told of everybody who is signed in; "
                    + "its number must be 1, without phishing_resistant") : nil
        let falls = zip(levels, levels.dropFirst()).filter { lower, upper in
            upper.classes < lower.classes || (lower.isPhishingResistant && !upper.isPhishingResistant)
                || (upper.classes == lower.classes && upper.isPhishingResistant == lower.isPhishingResistant)
        }
        return [lowestFault].compactMap { $0 }
            + falls.map { lower, upper in
                fault(
                    "second_factor.levels", nil,
                    "in second_factor.levels \(Seen.quoted(upper.name)) comes after \(Seen.quoted(lower.name)) and demands no "
                        + "more; put them in rising order")
            }
    }

    /// A level that there is not would be reached by nobody.
    private var demandFaults: [SettingsFault] {
        let given = settings.secondFactor
        let known = given.levels.map(\.name)
        let scopes = settings.knownScopes
        let unknownLevels = [("scope_levels", given.scopeLevels), ("role_levels", given.roleLevels)].flatMap {
            key, all in
            all.filter { !known.contains($0.level) }.map { demand in
                let guess = Spelling.nearest(to: demand.level, among: known).map { "; did you mean \($0)?" } ?? ""
                return fault(
                    "second_factor.\(key)", "second_factor.levels",
                    "second_factor.\(key) gives \(demand.name) the level \(Seen.quoted(demand.level)), which "
                        + "second_factor.levels does not have" + guess)
            }
        }
        let unknownScopes = given.scopeLevels.filter { !scopes.contains($0.name) }.map { demand in
            let guess = Spelling.nearest(to: demand.name, among: scopes.names).map { "; did you mean \($0)?" } ?? ""
            return fault(
                "second_factor.scope_levels", "scopes",
                "second_factor.scope_levels names the scope \(Seen.quoted(demand.name)), which this server does not know"
                    + guess)
        }
        return unknownLevels + unknownScopes
    }

    /// Exempt and required at once is a slip in one of the two; and some pages are never exempt (B104-B106).
    private var exemptionFaults: [SettingsFault] {
        let given = settings.secondFactor
        let requiresAll = given.requiredRoles.contains(FactorSettings.everybody)
        let roles = given.exemptRoles.filter { given.requiredRoles.contains($0) }.map { role in
            fault(
                "second_factor.exempt_roles", "second_factor.required_roles",
                "the role \(role) is in second_factor.exempt_roles and in second_factor.required_roles; take it from one"
            )
        }
        let everybody =
            requiresAll && !given.exemptRoles.isEmpty
            ? [
                fault(
                    "second_factor.exempt_roles", "second_factor.required_roles",
                    "second_factor.required_roles is * for everybody, but second_factor.exempt_roles names some; name the "
                        + "roles that must, or exempt none")
            ] : []
        let clients = given.exemptClients.filter(given.requiredClients.contains).map { client in
            fault(
                "second_factor.exempt_clients", "second_factor.required_clients",
                "the client \(client) is in second_factor.exempt_clients and in second_factor.required_clients; take it "
                    + "from one")
        }
        let paths = given.exemptPaths.compactMap { path in
            Self.neverExempt.first { Self.covers($0, path) || Self.covers(path, $0) }.map { kept in
                fault(
                    "second_factor.exempt_paths", nil,
                    "second_factor.exempt_paths holds \(Seen.quoted(path)), but \(kept) and what is below it always asks; "
                        + "take it away")
            }
        }
        return roles + everybody + clients + paths
    }

    private var methodFaults: [SettingsFault] {
        let given = settings.secondFactor
        let demanded = Set((given.scopeLevels + given.roleLevels).map(\.level))
        let resistant = given.levels.filter { $0.isPhishingResistant && demanded.contains($0.name) }
        let isUnmailable = given.methods.contains(.mailCode) && settings.mailDriver == nil
        return [
            // By default all are on, and where there is no mail that one is just of no use.
            isUnmailable && origins["second_factor.methods"] != nil
                ? fault(
                    "second_factor.methods", nil,
                    "second_factor.methods holds mail_code, but no mail is sent; give mail.smtp.host, or take it away")
                : nil,
            !resistant.isEmpty && !given.methods.contains(.passkey)
                ? fault(
                    "second_factor.methods", "second_factor.scope_levels",
                    "second_factor.methods leaves out passkey, without which nobody reaches "
                        + resistant.map(\.name).joined(separator: ", ")) : nil,
        ].compactMap { $0 }
    }

    /// Administration, the protocol, and whatever protects an account or hands it out.
    private static let neverExempt = [
        "/admin", "/api", "/authorize", "/consent", "/second-factor", "/setup", "/account/security", "/account/factors",
        "/account/password", "/account/address", "/account/confirm", "/account/delete", "/account/export",
        "/account/sessions", "/account/browsers", "/account/preferences", "/account/applications",
    ]

    private static func covers(_ path: String, _ other: String) -> Bool {
        path == other || other.hasPrefix(path + "/")
    }
}
