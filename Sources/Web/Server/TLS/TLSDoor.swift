import HummingbirdCore

/// What new connections to the public listener are encrypted with. It can be changed while people are
/// served; connections that are open keep what they began with.
package protocol TLSDoor: Sendable {
    /// All of it or nothing: with a fault, what was in use stays in use.
    func change(to identity: TLSIdentity) throws(TLSIdentity.Fault)

    /// When the certificate ends, in seconds since 1970.
    var expiry: Int64 { get }

    func encrypted(_ channel: some ServerChildChannel) -> any ServerChildChannel
}

extension TLSIdentity {
    /// Whether this build has TLS: it is in it with the package trait `TLS`.
    package static var isUsable: Bool {
        #if TLS
            true
        #else
            false
        #endif
    }

    package func door() throws(Fault) -> any TLSDoor {
        #if TLS
            try NIOSSLDoor(self)
        #else
            throw .notBuilt
        #endif
    }
}
