import Foundation
import Web

/// Certificate and key of the public listener, where the settings say that they are.
struct TLSFiles: Sendable {
    let certificate: String
    let key: String

    /// `nil` when a proxy has them. The rules have seen to it that both are given or none.
    init?(_ settings: Settings.TLSSettings) {
        guard let certificate = settings.certificate, let key = settings.key else { return nil }
        self.certificate = certificate
        self.key = key
    }

    func open() throws(CommandRefusal) -> any TLSDoor {
        let identity = try read()
        do throws(TLSIdentity.Fault) {
            return try identity.door()
        } catch {
            throw refusal(error)
        }
    }

    /// What is in the files now, for new connections. Refused, it changes nothing.
    func renew(_ door: any TLSDoor) throws(CommandRefusal) {
        let identity = try read()
        do throws(TLSIdentity.Fault) {
            try door.change(to: identity)
        } catch {
            throw refusal(error)
        }
    }

    /// The day on which the certificate ends, as people and logs read it.
    static func day(_ expiry: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(expiry)).formatted(.iso8601.year().month().day())
    }

    private func read() throws(CommandRefusal) -> TLSIdentity {
        guard let chain = SmallFile.read(certificate) else {
            throw CommandRefusal(
                "the certificate \(certificate) is not there or cannot be read; see the setting tls.certificate")
        }
        do throws(KeyFile.Fault) {
            return TLSIdentity(certificates: chain, key: Array(try KeyFile.read(key).utf8))
        } catch {
            throw CommandRefusal("the key \(key) \(error.sentence); see the setting tls.key")
        }
    }

    private func refusal(_ fault: TLSIdentity.Fault) -> CommandRefusal {
        switch fault {
        case .notBuilt: CommandRefusal(Settings.TLSSettings.notBuilt)
        case .noCertificate:
            CommandRefusal(
                "the certificate \(certificate) holds no certificate in PEM; put the server's own first, then those that vouch for it"
            )
        case .noKey:
            CommandRefusal("the key \(key) holds no private key in PEM, or an encrypted one; put it there unencrypted")
        case .notAPair:
            CommandRefusal("the key \(key) does not belong to the certificate \(certificate); renew both together")
        }
    }
}
