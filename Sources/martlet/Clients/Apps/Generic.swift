extension AppRecipe {
    static let generic = AppRecipe(name: "generic", title: "any other app", isLocal: true) { facts in
        var lines = [("client_id", facts.id)]
        if let secret = facts.secret { lines.append(("client_secret", secret)) }
        lines.append(("issuer", facts.issuer))
        lines.append(("discovery", "\(facts.issuer)/.well-known/openid-configuration"))
        if !facts.scope.isEmpty { lines.append(("scope", facts.scope)) }
        return lines.map { "\($0.0.padding(to: 13))  \($0.1)" }.joined(separator: "\n")
    }
}
