import JSON

/// The levels of authentication (`acr`) that this server knows, in rising order, each a rule over what was proven.
package struct AuthenticationLevels: Sendable, Equatable {
    package struct Rule: Sendable, Equatable {
        /// The value of `acr`.
        package let name: String
        /// How many different kinds of thing must be proven.
        package let classes: Int
        /// Whether one of the proofs must be bound to this server's own address, so that no false page can pass it on.
        package let isPhishingResistant: Bool

        package init(_ name: String, classes: Int, isPhishingResistant: Bool = false) {
            self.name = name
            self.classes = classes
            self.isPhishingResistant = isPhishingResistant
        }
    }

    package static let standard = AuthenticationLevels([
        Rule(AuthenticationLevel.single, classes: 1),
        Rule(AuthenticationLevel.double, classes: 2),
        Rule(AuthenticationLevel.resistant, classes: 2, isPhishingResistant: true),
    ])

    package let rules: [Rule]

    package init(_ rules: [Rule]) {
        self.rules = rules
    }

    package var names: [String] { rules.map(\.name) }

    /// The lowest: what everybody has who is signed in at all, and who came by others' word too.
    package var lowest: String { rules.first?.name ?? AuthenticationLevel.single }

    /// Whether whoever reaches one level reaches the other too; of unknown ones only the level itself.
    package func covers(_ level: String, _ demanded: String) -> Bool {
        if level.isExactly(demanded) { return true }
        guard let height = names.firstIndex(where: level.isExactly),
            let least = names.firstIndex(where: demanded.isExactly)
        else { return false }
        return height >= least
    }

    /// The levels that these proofs reach, in rising order; never none.
    package func reached(by proofs: [Proof]) -> [String] {
        let (count, isResistant) = (proofs.classes.count, proofs.contains(where: \.isPhishingResistant))
        let met = rules.filter { $0.classes <= count && (isResistant || !$0.isPhishingResistant) }.map(\.name)
        return met.isEmpty ? [lowest] : met
    }
}

/// How the levels are called unless the operator says otherwise.
package enum AuthenticationLevel {
    /// One proof: a password, a mailbox, an upstream account.
    package static let single = "urn:martlet:acr:1"
    /// Two proofs of different kinds.
    package static let double = "urn:martlet:acr:2"
    /// The same, one of them a passkey.
    package static let resistant = "urn:martlet:acr:3"
}
