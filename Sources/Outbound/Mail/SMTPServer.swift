import Identity

/// The server that takes our mail, and how it is spoken to.
package struct SMTPServer: Sendable, Equatable {
    package enum Encryption: String, Sendable, CaseIterable {
        /// Asked for with STARTTLS before anything else is said, and nothing is sent when it is not to be had
        /// (RFC 3207, B036).
        case startTLS = "starttls"
        /// From the first byte (RFC 8314 §3).
        case implicit
        /// To this machine alone.
        case none
    }

    package struct SignIn: Sendable, Equatable {
        package let user: String
        package let password: Password

        package init(user: String, password: Password) {
            self.user = user
            self.password = password
        }
    }

    /// Printing one, by `print`, interpolation or a debugger, shows that there is one and nothing else.
    package struct Password: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
        let text: String

        package init(_ text: String) {
            self.text = text
        }

        package var description: String { "[redacted]" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }

    package let host: String
    package let port: Int
    package let encryption: Encryption
    package let signIn: SignIn?
    /// PEM certificates of authorities to trust instead of the system's.
    package let authorities: String?
    /// Seconds until a whole mail is handed over.
    package let timeout: Int64
    /// Seconds that the server then has to say whether it takes it. Whoever leaves sooner, and comes again, leaves one more copy
    /// each time: RFC 5321 §4.5.3.2.6 wants ten minutes.
    package var patience: Int64 = 600
    /// Who we say we are: the issuer's host.
    package let greeting: String

    package init(
        host: String, port: Int, encryption: Encryption, signIn: SignIn? = nil, authorities: String? = nil,
        timeout: Int64 = 30, greeting: String
    ) {
        self.host = host
        self.port = port
        self.encryption = encryption
        self.signIn = signIn
        self.authorities = authorities
        self.timeout = timeout
        self.greeting = greeting
    }

    var scheme: String { encryption == .implicit ? "smtps" : "smtp" }

    /// libcurl takes the name to greet with from the path.
    var url: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(host):\(port)/\(greeting)"
    }
}
