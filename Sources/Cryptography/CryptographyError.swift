import COpenSSL

/// A cryptographic operation that could not be done, and why.
///
/// Its text may be shown to an operator and logged: it never holds key material or plaintext.
package struct CryptographyError: Error, Sendable, Equatable, CustomStringConvertible {
    package let operation: String
    package let detail: String

    package init(operation: String, detail: String) {
        self.operation = operation
        self.detail = detail
    }

    package var description: String { "\(operation): \(detail)" }

    /// The newest reason OpenSSL has queued on this thread.
    ///
    /// The queue is emptied: libcurl and libpq share it, and would take our leftovers for failures of their own.
    static func openSSL(_ operation: String) -> CryptographyError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else {
            return CryptographyError(operation: operation, detail: "refused by OpenSSL")
        }
        return CryptographyError(operation: operation, detail: String(cString: reason))
    }
}
