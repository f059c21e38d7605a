import Outbound

extension Settings {
    /// Where mail goes, in a line for `martlet check`.
    var mailSummary: String {
        let from = mailSender.map { "from \($0)" } ?? ""
        switch mailDriver {
        case .smtp:
            guard let server = smtpServer else { return from }
            let protection =
                switch server.encryption {
                case .startTLS: "STARTTLS"
                case .implicit: "TLS"
                case .none: "no encryption"
                }
            let person = server.signIn.map { ", signed in as \($0.user)" } ?? ""
            return "\(from), by \(server.host):\(server.port) with \(protection)\(person)"
        case .file: return "\(from), into files in \(mail.folder)"
        case .console: return "\(from), to the console"
        case nil: return mailWarning ?? from
        }
    }
}
