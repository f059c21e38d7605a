import OAuth

/// Hands mail over to whatever delivers it.
package protocol Mailer: Sendable {
    /// Returns once the mail has been taken: from then on it is the other side's to deliver. A fault that is not final
    /// may be followed by another attempt with the very same mail.
    func send(_ mail: OutgoingMail) async throws(MailFault)
}

/// A mail as it goes out.
package struct OutgoingMail: Sendable, Equatable {
    /// Of the letter: the same at every attempt.
    package let id: String
    package let from: EmailAddress
    package let to: EmailAddress
    /// When it was caused.
    package let createdAt: Instant
    /// RFC 5322, with lines ended by CRLF.
    package let message: [UInt8]

    package init(id: String, from: EmailAddress, to: EmailAddress, createdAt: Instant, message: [UInt8]) {
        self.id = id
        self.from = from
        self.to = to
        self.createdAt = createdAt
        self.message = message
    }
}

/// Why a mail was not taken. Its description may be logged: it holds no address and nothing the other side said.
package struct MailFault: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Cause: String, Sendable, CaseIterable {
        /// Nobody answers, or not in the language of mail.
        case unreachable
        /// The certificate or the protocol is not acceptable, or encryption is not offered.
        case notSecure = "not_secure"
        /// The server does not let us sign in, or send from this address, or by way of it.
        case notAdmitted = "not_admitted"
        /// It began, and did not end in time.
        case timedOut = "timed_out"
        /// The whole mail is with the server, which did not say in time whether it takes it: it may have.
        case unanswered
        /// The server does not take this mail now, 4yz (RFC 5321 §4.2.1).
        case deferred
        /// The server will not take this mail, 5yz, for what is in it or whom it is for.
        case refused
        /// It cannot be written: a template or a folder is broken.
        case unwritable
        /// Given up because the server here is stopping.
        case interrupted
    }

    package let cause: Cause
    /// The server's three figures.
    package let code: Int?
    /// What was being done, in our own words.
    package let detail: String
    /// What the other side said. For whoever tries the settings out, and never for the log: servers repeat addresses.
    package let reply: String?

    package init(_ cause: Cause, code: Int? = nil, detail: String = "", reply: String? = nil) {
        self.cause = cause
        self.code = code
        self.detail = detail
        self.reply = reply
    }

    /// No further attempt would end otherwise.
    package var isFinal: Bool { cause == .refused }

    /// It would have hit any other mail as well.
    package var isOutage: Bool {
        switch cause {
        case .unreachable, .notSecure, .notAdmitted, .unwritable: true
        case .timedOut, .unanswered, .deferred, .refused, .interrupted: false
        }
    }

    package var description: String {
        [cause.rawValue, code.map(String.init), detail.isEmpty ? nil : detail].compactMap { $0 }.joined(separator: ", ")
    }
}
