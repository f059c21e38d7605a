import Identity
import OAuth
import Outbound

/// What came of one attempt, step by step, for whoever tries settings out.
struct SMTPReport {
    let server: SMTPServer
    let dialogue: SMTPDialogue
    let fault: MailFault?

    var lines: [String] {
        var lines = steps.map { step, words in
            (dialogue.stage > step ? "ok        " : fault == nil ? "ok        " : "FAILED    ") + words
        }
        if fault == nil {
            lines.append("sent      the server has taken the mail; whether it arrives is for its log to say")
        }
        return lines
    }

    /// Those that were begun.
    private var steps: [(SMTPDialogue.Stage, String)] {
        let place = "\(server.host):\(server.port)"
        var steps: [(SMTPDialogue.Stage, String)] = [(.connecting, "connect to \(place)"), (.greeting, "greet")]
        switch server.encryption {
        case .startTLS: steps.append((.encrypting, "encrypt (STARTTLS)"))
        case .implicit: steps[0].1 += " with TLS"
        case .none: break
        }
        if let signIn = server.signIn { steps.append((.signingIn, "sign in as \(PlainText.escaped(signIn.user))")) }
        steps += [
            (.naming, "name the sender"), (.addressing, "name the recipient"),
            (.handingOver, "hand the mail over"), (.ending, "have it accepted"),
        ]
        return steps.filter { $0.0 <= dialogue.stage }
    }

    /// `nil` when there is nothing to be done.
    var advice: String? {
        guard let fault else { return nil }
        let said = fault.reply.map { " The server said: \(PlainText.escaped($0))" } ?? ""
        return "not sent: \(fault). \(repair(fault))\(said)"
    }

    private func repair(_ fault: MailFault) -> String {
        switch fault.cause {
        case .unreachable: "Check mail.smtp.host and mail.smtp.port, and whether a firewall lets them be reached."
        case .notSecure:
            "Check mail.smtp.tls (starttls is usual on port 587, implicit on 465), the name in mail.smtp.host, and "
                + "mail.smtp.ca if the certificate is from an authority of your own."
        case .notAdmitted:
            "Check mail.smtp.user and mail.smtp.password, that they may send from mail.from, and that the server passes "
                + "mail of this machine on to others."
        case .timedOut: "The server began and did not finish; look at its log, or give it longer with mail.timeout."
        case .unanswered: "The server has the whole mail and did not say whether it takes it; look at its log."
        case .deferred: "The server does not want it now; martlet serve would try again."
        case .refused: "The server will not take this mail; check the address."
        case .unwritable: "Check the templates and the folder."
        case .interrupted: "It was called off."
        }
    }
}
