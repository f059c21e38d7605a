extension SettingsCatalogue {
    static let mail: [Setting] = [
        Setting(
            "mail.driver", \.mail.driver, .choice,
            otherwise: "smtp with mail.smtp.host, else file on localhost and no mail elsewhere",
            "What happens to mail: sent by smtp, written to a file each, or to the console."),
        Setting(
            "mail.from", \.mail.from, .mailbox, otherwise: "noreply@ the issuer's host, by page.name",
            "Who mail is from."),
        Setting("mail.smtp.host", \.mail.server.host, .server, "The server that takes mail."),
        Setting(
            "mail.smtp.port", \.mail.server.port, .whole(1...65_535), otherwise: "587; 465 with implicit, 25 with none",
            "Its port."),
        Setting(
            "mail.smtp.tls", \.mail.server.encryption, .choice,
            "starttls, implicit (from the first byte) or none (this machine only)."),
        Setting("mail.smtp.user", \.mail.server.user, .credential, "Who to sign in as there."),
        Setting(
            "mail.smtp.password", \.mail.server.password, .serverPassword, isSecret: true,
            "The password to sign in with there."),
        Setting(
            "mail.smtp.ca", \.mail.server.authorities, .path, otherwise: "the system's",
            "PEM certificates of the authorities that may vouch for it."),
        Setting("mail.timeout", \.mail.timeout, .span(5...120), "How long handing one mail over may take."),
        Setting(
            "places.database", \.placesDatabase, .path,
            "A file in MaxMind's format that tells places of addresses; read again at SIGHUP."),
        Setting("mail.folder", \.mail.folder, .path, "Where files of mail go."),
    ]
}
