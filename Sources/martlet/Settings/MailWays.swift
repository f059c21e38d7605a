import Identity
import Outbound

extension Settings {
    /// `nil`: there is no way to send mail. Files on one's own machine are for trying things out.
    var mailDriver: MailDriver? {
        mail.driver ?? (mail.server.host != nil ? .smtp : issuer.isLoopback ? .file : nil)
    }

    /// Who mail is from, unless it is said.
    var mailSender: Mailbox? {
        if let from = mail.from { return from }
        let address = EmailAddress("noreply@\(issuer.host)") ?? EmailAddress("noreply@localhost")
        return address.map { Mailbox(name: serviceName, address: $0) }
    }

    /// Whether mail is for looking at here, by nobody but who sits at this machine.
    var hasMailDesk: Bool {
        mailDriver == .file && issuer.isLoopback && Self.isHere(management.host)
    }

    private static func isHere(_ host: String) -> Bool { ["localhost", "127.0.0.1", "::1"].contains(host) }

    /// What has the look of an operator who forgot something.
    var mailWarning: String? {
        guard mailDriver == nil else { return nil }
        return "no mail is sent: mail.smtp.host is not set, so nobody can confirm an address or recover an account"
    }

    /// Whether what is said to the server stays on this machine.
    var isMailServerHere: Bool { Self.isHere(mail.server.host ?? "") }

    /// `nil` when there is no server.
    var smtpServer: SMTPServer? {
        guard let host = mail.server.host else { return nil }
        let usual =
            switch mail.server.encryption {
            case .startTLS: 587
            case .implicit: 465
            case .none: 25
            }
        var signIn: SMTPServer.SignIn?
        if let user = mail.server.user, let password = mail.server.password {
            signIn = SMTPServer.SignIn(user: user, password: password)
        }
        return SMTPServer(
            host: host, port: mail.server.port ?? usual, encryption: mail.server.encryption, signIn: signIn,
            authorities: mail.server.authorities, timeout: mail.timeout,
            greeting: EmailAddress("a@\(issuer.host)") == nil ? "localhost" : issuer.host)
    }
}
