import Cryptography
import Identity
import OAuth
import Outbound
import Web

/// The rooms of mail.
struct MailRooms: Sendable {
    let record: MailRecord
    /// `nil` where there is no way to send mail.
    let room: MailRoom?
    /// Where mail goes to files on one's own machine.
    let desk: MailDesk?

    init(_ base: Groundwork, pages: Pages, web: WebSettings) throws {
        let settings = base.settings
        record = MailRecord(logger: base.logger, audit: base.audit, metrics: base.metrics)
        desk =
            settings.hasMailDesk
            ? MailDesk(pages: pages, folder: MailFolder(settings.mail.folder), name: settings.serviceName) : nil
        guard let mailer = base.mailer, let from = settings.mailSender else {
            room = nil
            return
        }
        room = MailRoom(
            outbox: base.store, postbox: try Postbox(masterKey: base.masterKey, random: base.random),
            correspondence: Correspondence(
                writer: MailWriter(pages: pages, settings: web, places: base.places), from: from), mailer: mailer,
            lease: MailRoom.lease(timeout: settings.mail.timeout), clock: base.clock, record: record)
    }
}

extension Settings {
    /// What mail is handed to; `nil` where there is nothing.
    func mailer() -> (any Mailer)? {
        switch mailDriver {
        case .smtp: smtpServer.map(SMTPMailer.init)
        case .file: FileMailer(folder: mail.folder)
        case .console: ConsoleMailer()
        case nil: nil
        }
    }
}

extension MailDesk {
    init(pages: Pages, folder: MailFolder, name: String) {
        let find = { @Sendable (name: String) in folder.mail(name).map { Entry(name: name, $0) } }
        self.init(pages: pages, serviceName: name, list: { folder.names().compactMap(find) }, find: find)
    }
}

extension MailDesk.Entry {
    init(name: String, _ mail: KeptMail) {
        self.init(
            name: name, to: mail.to, from: mail.from, subject: mail.subject, date: mail.date, text: mail.text,
            html: mail.html)
    }
}

extension Postbox {
    /// Whoever seals mail and whoever sends it have the same key.
    init(masterKey: SealingKey, random: any RandomSource) throws {
        try self.init(key: masterKey.derivedKey(label: "outbox"), random: random)
    }
}
