extension SettingsRules {
    /// Mail that could not be sent, or would be sent in the clear (B036).
    var mailFaults: [SettingsFault] {
        let server = settings.mail.server
        return [
            settings.mail.driver == .smtp && server.host == nil
                ? fault("mail.driver", nil, "mail.driver is smtp without mail.smtp.host; give the server's name") : nil,
            server.host != nil && server.encryption == .none && !settings.isMailServerHere
                ? fault(
                    "mail.smtp.tls", "mail.smtp.host",
                    "mail.smtp.tls is none, which is for this machine only; use starttls or implicit") : nil,
            (server.user == nil) != (server.password == nil)
                ? fault(
                    server.user == nil ? "mail.smtp.password" : "mail.smtp.user", nil,
                    "mail.smtp.user and mail.smtp.password belong together; give both or neither") : nil,
        ].compactMap { $0 }
    }
}
