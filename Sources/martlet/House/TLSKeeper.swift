import Logging
import Metrics
import OAuth
import Web

/// Keeps the certificate of the public listener up to date: it is read at the start, and again at SIGHUP.
struct TLSKeeper: Sendable {
    let files: TLSFiles
    let door: any TLSDoor
    let logger: Logger

    /// `nil` when a proxy has TLS.
    static func open(_ settings: Settings.TLSSettings, logger: Logger) throws(CommandRefusal) -> TLSKeeper? {
        guard let files = TLSFiles(settings) else { return nil }
        return TLSKeeper(files: files, door: try files.open(), logger: logger)
    }

    /// A pair that cannot be used is told in the log, and the one in use stays.
    func renew(_ metrics: any MetricsFactory) {
        do throws(CommandRefusal) {
            try files.renew(door)
            logger.notice("certificate read again", metadata: ["file": "\(files.certificate)"])
        } catch {
            logger.error(
                "the certificate cannot be renewed; the one in use stays", metadata: ["fault": "\(error)"])
        }
        tell(metrics)
    }

    /// When it ends: as a figure, and in the log when that is past.
    func tell(_ metrics: any MetricsFactory) {
        let expiry = door.expiry
        Meter(label: "martlet_tls_certificate_end_time_seconds", factory: metrics).set(expiry)
        guard expiry <= SystemClock().now.seconds else { return }
        logger.error(
            "the certificate has ended and clients will refuse it; renew it and send SIGHUP",
            metadata: ["file": "\(files.certificate)", "ended": "\(TLSFiles.day(expiry))"])
    }
}
