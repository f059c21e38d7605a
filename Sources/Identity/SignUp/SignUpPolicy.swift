/// Who may make an account without being asked by an operator.
package struct SignUpPolicy: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Nobody.
        case off
        /// Everybody with a mailbox.
        case open
        /// Everybody with a mailbox in one of the domains.
        case domains
        /// Only whom an operator invites.
        case invitation
    }

    package enum UsernameRule: String, Sendable, CaseIterable {
        case off, optional
    }

    package let mode: Mode
    /// In lower case; a domain does not stand for those below it.
    package let domains: [String]
    package let usernames: UsernameRule

    package init(mode: Mode = .off, domains: [String] = [], usernames: UsernameRule = .off) {
        self.mode = mode
        self.domains = domains
        self.usernames = usernames
    }

    /// Whether a stranger is shown the form. By invitation nobody comes this way.
    package var isOffered: Bool { mode == .open || mode == .domains }

    /// Asked when somebody begins, and again when they come back from their mailbox: a setting may have changed.
    package func admits(_ address: EmailAddress) -> Bool {
        switch mode {
        case .off, .invitation: false
        case .open: true
        case .domains: domains.contains { $0.isExactly(address.domain) }
        }
    }
}

extension EmailAddress {
    /// What follows the `@`, in lower case.
    package var domain: String {
        canonical.split(separator: "@").last.map(String.init) ?? ""
    }
}
