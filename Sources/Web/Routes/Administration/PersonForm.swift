import Identity
import OAuth

/// What an administrator can do on a person's page; the raw value is the last part of the address.
enum PersonDeed: String, Sendable, CaseIterable {
    case recovery
    case disable
    case enable
    case roles
    case endSessions = "end-sessions"
    case resetFactors = "reset-factors"
    case delete
}

/// The forms of a person's page, and what came of the one that was sent.
struct PersonForm: Sendable {
    enum Problem: String, Sendable {
        case reason
        case roles
        case nobody
        case changedMeanwhile = "changed_meanwhile"
        case lastAdministrator = "last_administrator"
        case notPossible = "not_possible"

        var finding: Finding {
            switch self {
            case .reason, .roles: .adminFields
            case .nobody: .apiNobody
            case .changedMeanwhile: .apiStale
            case .lastAdministrator: .lastAdministrator
            case .notPossible: .adminNotPossible
            }
        }
    }

    var done: PersonDeed?
    var deed: PersonDeed?
    var reason = ""
    var add = ""
    var problem: Problem?

    /// Roles that stay ticked, and those that are typed; `nil` when one of them is none.
    static func roles(_ form: Parameters) -> [Role]? {
        let kept = form.pairs.filter { $0.name.hasPrefix("keep") }.map { pair -> Role in
            let halves = pair.value.split(separator: " ", maxSplits: 1).map(String.init)
            return Role(halves.first ?? "", context: halves.count == 2 ? halves[1] : "")
        }
        return usable(kept, and: form["add"] ?? "")
    }

    /// Roles as they are typed: names with spaces between them.
    static func roles(_ typed: String) -> [Role]? { usable([], and: typed) }

    private static func usable(_ kept: [Role], and typed: String) -> [Role]? {
        let given = typed.split { $0.isWhitespace || $0 == "," }.map { Role(String($0)) }
        let roles = kept + given.filter { !kept.contains($0) }
        let isUsable =
            roles.count <= APIRoles.most
            && roles.allSatisfy { RoleName.isValid($0.name) && ($0.context.isEmpty || RoleName.isValid($0.context)) }
        return isUsable ? roles : nil
    }

    func deeds(for account: Account, _ catalogue: Catalogue, takesPasswords: Bool) -> [[String: Any]] {
        let possible: [PersonDeed] =
            switch account.state {
            case .active: [.recovery, .resetFactors, .roles, .endSessions, .disable, .delete]
            case .disabled: [.enable, .resetFactors, .roles, .delete]
            // Whom an operator has deleted nobody but an operator lets in again.
            case .deleted: account.deletion?.actor == .person ? [.enable, .disable, .delete] : [.enable]
            }
        return possible.filter { $0 != .recovery || takesPasswords }.map { form(of: $0, for: account, catalogue) }
    }

    private func form(of deed: PersonDeed, for account: Account, _ catalogue: Catalogue) -> [String: Any] {
        let key = "admin.deed.\(deed.rawValue)"
        let isThis = deed == self.deed
        var form: [String: Any] = [
            "id": deed.rawValue, "action": "/admin/people/\(account.id)/\(deed.rawValue)", "open": isThis,
            "title": catalogue.text("\(key).title"), "sentence": catalogue.text("\(key).sentence"),
            "button": catalogue.text("\(key).button"), "reason": isThis ? reason : "", "takesRoles": deed == .roles,
        ]
        if deed == .roles {
            form["kept"] = account.roles.enumerated().map { number, role in
                [
                    "field": "keep\(number)", "text": PersonTexts.role(role),
                    "value": role.context.isEmpty ? role.name : "\(role.name) \(role.context)",
                ]
            }
            form["add"] = isThis ? add : ""
            if isThis, problem == .roles { form["addError"] = catalogue.text("admin.problem.roles") }
        }
        if isThis, problem == .reason { form["reasonError"] = catalogue.text("admin.problem.reason") }
        if catalogue.has("\(key).tick") {
            form["tick"] = catalogue.text("\(key).tick")
            form["tickName"] = deed == .endSessions ? "applications" : "quiet"
        }
        return form
    }

    func summary(_ problem: Problem, _ catalogue: Catalogue, _ reference: String) -> [String: Any] {
        let sentence = catalogue.text("admin.problem.\(problem.rawValue)")
        let field: String? =
            switch problem {
            case .reason: "reason-\(deed?.rawValue ?? "")"
            case .roles: "add"
            case .nobody, .changedMeanwhile, .lastAdministrator, .notPossible: nil
            }
        return [
            "summary": field == nil ? sentence : catalogue.text("error.summary.form"), "reference": reference,
            "fields": field.map { [["id": $0, "message": sentence]] } ?? [],
        ]
    }
}
