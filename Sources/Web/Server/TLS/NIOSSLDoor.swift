#if TLS
    import HummingbirdCore
    import Logging
    import NIOCore
    import NIOSSL
    import Synchronization

    /// TLS 1.2 or 1.3 (CR6), by SwiftNIO and its own BoringSSL.
    final class NIOSSLDoor: TLSDoor {
        private struct Lock {
            let context: NIOSSLContext
            let expiry: Int64
        }

        private let lock: Mutex<Lock>

        init(_ identity: TLSIdentity) throws(TLSIdentity.Fault) {
            lock = try Mutex(Self.make(identity))
        }

        func change(to identity: TLSIdentity) throws(TLSIdentity.Fault) {
            let new = try Self.make(identity)
            lock.withLock { $0 = new }
        }

        var expiry: Int64 { lock.withLock { $0.expiry } }

        func encrypted(_ channel: some ServerChildChannel) -> any ServerChildChannel {
            EncryptedChannel(inner: channel, door: self)
        }

        fileprivate var context: NIOSSLContext { lock.withLock { $0.context } }

        private static func make(_ identity: TLSIdentity) throws(TLSIdentity.Fault) -> Lock {
            guard let chain = try? NIOSSLCertificate.fromPEMBytes(identity.certificates), let own = chain.first else {
                throw .noCertificate
            }
            // Without an answer of its own, BoringSSL would ask for the password of an encrypted key at the terminal.
            let password: NIOSSLPassphraseCallback<[UInt8]> = { _ in throw TLSIdentity.Fault.noKey }
            guard let key = try? NIOSSLPrivateKey(bytes: identity.key, format: .pem, passphraseCallback: password)
            else { throw .noKey }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.cipherSuiteValues = suites
            configuration.applicationProtocols = ["http/1.1"]
            // As long as other replies have to be read, see ConnectionEnding.
            configuration.shutdownTimeout = .seconds(1)
            guard let context = try? NIOSSLContext(configuration: configuration) else { throw .notAPair }
            return Lock(context: context, expiry: Int64(own.notValidAfter))
        }

        /// For TLS 1.2: forward secrecy and authenticated encryption, nothing else. TLS 1.3 has nothing else.
        private static let suites: [NIOTLSCipher] = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
    }

    /// A connection whose bytes are decrypted before anything else sees them. The handshake counts as part of
    /// the first head: who is too slow with it is cut off by the same clock (IN5).
    private struct EncryptedChannel<Inner: ServerChildChannel>: ServerChildChannel {
        let inner: Inner
        let door: NIOSSLDoor

        func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Inner.Value> {
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: door.context))
            }.flatMap { inner.setup(channel: channel, logger: logger) }
        }

        func handle(value: Inner.Value, logger: Logger) async {
            await inner.handle(value: value, logger: logger)
        }
    }
#endif
