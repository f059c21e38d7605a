import Identity
import Logging
import Metrics
import OAuth
import Synchronization

/// What is told of mail: figures, lines of the log, and an event for each that never arrives. Letters stand there by kind
/// and account, never by address or content (CF3).
final class MailRecord: Sendable {
    /// Why a letter was taken out of the outbox unsent.
    enum Reason: String, Sendable {
        case refused
        case expired
        case unreadable
        /// It may have arrived.
        case unanswered
    }

    private let logger: Logger
    private let audit: any AuditLog
    private let metrics: any MetricsFactory
    /// What keeps all mail from going out, as far as the log was told.
    private let outage = Mutex<MailFault.Cause?>(nil)

    init(logger: Logger, audit: any AuditLog, metrics: any MetricsFactory) {
        self.logger = logger
        self.audit = audit
        self.metrics = metrics
    }

    /// Whether nothing goes out: then one mail at a time is enough to find out when that is over.
    var isOutage: Bool { outage.withLock { $0 != nil } }

    func sent(_ letter: SealedLetter) {
        Counter(label: "martlet_mail_sent_total", factory: metrics).increment()
        logger.debug("mail sent", metadata: Self.metadata(letter))
        let wasOutage = outage.withLock { outage in
            defer { outage = nil }
            return outage != nil
        }
        if wasOutage { logger.notice("mail is sent again") }
    }

    /// An outage is told when it begins and when its cause changes: a night without a mail server is no log without end.
    func failed(_ letter: SealedLetter, _ fault: MailFault) {
        Counter(label: "martlet_mail_failures_total", dimensions: [("class", fault.cause.rawValue)], factory: metrics)
            .increment()
        guard fault.isOutage else {
            return logger.log(
                level: fault.cause == .unanswered ? .warning : .info, "mail not taken",
                metadata: Self.metadata(letter).merging(["fault": "\(fault)"]) { $1 })
        }
        let isNews = outage.withLock { outage in
            defer { outage = fault.cause }
            return outage != fault.cause
        }
        guard isNews else { return }
        logger.error("no mail is sent; what waits is kept and tried again", metadata: ["fault": "\(fault)"])
    }

    func dropped(_ letter: SealedLetter, because reason: Reason, _ fault: MailFault? = nil) {
        guard !letter.isBlank else { return }
        drop(letter.kind.rawValue, letter.accountID, reason, fault, id: letter.id)
    }

    func expired(_ letter: ExpiredLetter) {
        guard !letter.isBlank else { return }
        drop(letter.kind, letter.accountID, .expired, nil, id: nil)
    }

    private func drop(_ kind: String, _ account: String?, _ reason: Reason, _ fault: MailFault?, id: String?) {
        Counter(label: "martlet_mail_dropped_total", dimensions: [("reason", reason.rawValue)], factory: metrics)
            .increment()
        var details = ["mail": kind, "reason": reason.rawValue]
        details["fault"] = fault?.cause.rawValue
        details["status"] = fault?.code.map(String.init)
        audit.record(AuditEvent(.mailNotSent, by: .server, subject: account, details: details))
    }

    private static func metadata(_ letter: SealedLetter) -> Logger.Metadata {
        ["mail": "\(letter.kind.rawValue)", "letter_id": "\(letter.id)"]
    }
}
