/// What the public listener proves itself with: files of PEM, as they were read.
package struct TLSIdentity: Sendable {
    /// The server's certificate, and behind it those that vouch for it.
    package let certificates: [UInt8]
    package let key: [UInt8]

    package init(certificates: [UInt8], key: [UInt8]) {
        self.certificates = certificates
        self.key = key
    }

    /// Why nothing can be proved with it.
    package enum Fault: Error, Equatable {
        /// This build has no TLS.
        case notBuilt
        case noCertificate
        case noKey
        /// Each may be right by itself.
        case notAPair
    }
}
