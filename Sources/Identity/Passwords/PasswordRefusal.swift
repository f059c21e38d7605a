import OAuth

/// Why a password did not open a door. People are told the answer and no more: `wrong` is one answer for an unknown
/// address, a malformed one, a wrong password, a disabled account and one without a password (PW10). Which it was
/// is told to the operator, under the reference on the page.
package struct PasswordRefusal: Sendable {
    package enum Answer: Sendable, Equatable {
        case wrong
        /// Times in seconds.
        case throttled(retryAfter: Int64)
        case busy(retryAfter: Int64)
    }

    package let answer: Answer
    package let finding: Finding
    /// The account concerned, where there is one.
    package let subject: String?

    package init(_ answer: Answer, _ finding: Finding, subject: String? = nil) {
        self.answer = answer
        self.finding = finding
        self.subject = subject
    }
}

extension PasswordRefusal: Equatable {
    /// Two refusals are the same when the person is told the same.
    package static func == (left: Self, right: Self) -> Bool { left.answer == right.answer }
}

/// What an operator reads of an attempt. The address as typed is never part of it, not even masked, unless it is an
/// account's: people type passwords there (CF3), and some of those pass for addresses.
extension Finding {
    static func credentials(_ account: Account?) -> Finding {
        guard let account else {
            return Finding(
                .credentials, seen: "an address that nobody has (not kept: it may be a password)",
                expected: "the address and password of an account",
                repair: """
                    Ask the person which address they typed, and look for it with martlet user list; martlet user \
                    add makes an account.
                    """)
        }
        let who = "\(account.email.masked), \(account.id)"
        if account.status == .disabled {
            return Finding(
                .credentials, seen: .known("a disabled account (\(who))"), expected: "an active account",
                repair: "Whoever disabled it knows why; a person cannot sign in until the account is active again.")
        }
        return account.passwordHash == nil
            ? Finding(
                .credentials, seen: .known("an account without a password (\(who))"), expected: "an account with one",
                repair: "The person signs in another way, or gets a password first.")
            : Finding(
                .credentials, seen: .known("a wrong password (not shown) for \(who)"),
                expected: "the account's password",
                repair: """
                    The person tries again: caps lock, keyboard language and an old entry in the password manager \
                    are the usual reasons.
                    """)
    }

    static func lane(_ name: String, retryAfter: Int64) -> Finding {
        let repair: ShownText =
            switch name {
            case "password-network":
                "Many people behind one address: if that is your own proxy, name it in trusted_proxies, so that people are told apart."
            case "password-account":
                "Somebody guesses at this account from many networks. Its owner still gets in from a browser they have used before."
            default: "Wait; nothing is locked. Many wrong attempts came from the same place or browser."
            }
        return Finding(
            .throttle, seen: .known("too many attempts, by the limit \(name)"),
            expected: .known("fewer; again in \(retryAfter) seconds"), repair: repair)
    }

    package static let hashingBusy = Finding(
        .server, seen: "more passwords to check at a time than there is room for", expected: "room in the line",
        repair: """
            It passes by itself. If it comes back: more cores, passwords.hash_threads or passwords.hash_queue; or \
            somebody floods the sign-in page, see the throttling events in the log.
            """)

    static let changedMeanwhile = Finding(
        .credentials, seen: "an account that changed while the password was being checked",
        expected: "the same account and password as a moment ago", repair: "The person tries again.")
}

extension EmailAddress {
    /// Enough to recognise an address that one knows: `a…@example.org`.
    package var masked: String {
        let halves = canonical.split(separator: "@")
        return "\(halves.first?.prefix(1) ?? "")…@\(halves.last ?? "")"
    }
}
