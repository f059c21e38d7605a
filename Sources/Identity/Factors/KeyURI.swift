import Cryptography
import OAuth

/// `otpauth://totp/…`, by which an authenticator app takes a seed over from a QR code: the "Key URI Format" of Google
/// Authenticator, which all of them read.
enum KeyURI {
    /// The label's colon stands for itself, so that none may be in what it parts; an app would show half of the name.
    static func text(seed: [UInt8], service: String, email: EmailAddress) -> String {
        let issuer = FormEncoding.escape(service.filter { $0 != ":" })
        let parameters = FormEncoding.encode([
            ("secret", Base32.encode(seed)), ("issuer", service.filter { $0 != ":" }), ("algorithm", "SHA1"),
            ("digits", String(TOTP.digits)), ("period", String(TOTP.period)),
        ])
        return "otpauth://totp/\(issuer):\(FormEncoding.escape(email.typed))?\(parameters)"
    }
}
