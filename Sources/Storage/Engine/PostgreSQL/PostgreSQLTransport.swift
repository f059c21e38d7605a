import CPostgreSQL
import Foundation

/// How a connection is protected on its way (CR6): what leaves the machine goes over TLS to a server whose
/// certificate has been checked. A socket or loopback address leaves nothing and may go plain.
struct PostgreSQLTransport {
    private let parameters: [String: String]

    init(_ parameters: [String: String]) { self.parameters = parameters }

    /// The parameters with what is always so, or why they cannot be used.
    func secured() throws(PostgreSQLAddress.Fault) -> [String: String] {
        var secured = parameters
        secured["sslmode"] = try mode()
        // Kerberos' encryption would go before TLS and be checked by nobody here.
        secured["gssencmode"] = "disable"
        secured["ssl_min_protocol_version"] = "TLSv1.2"
        if secured["sslmode"] == "verify-full", secured["sslrootcert"] == nil {
            secured["sslrootcert"] = Self.authorities
        }
        return secured
    }

    /// Every host there is may be connected to, so all must be on this machine.
    private var isLocal: Bool {
        (parameters["host"] ?? "").split(separator: ",", omittingEmptySubsequences: false).allSatisfy(Self.isLocal)
    }

    private func mode() throws(PostgreSQLAddress.Fault) -> String {
        guard let given = parameters["sslmode"] else { return isLocal ? "disable" : "verify-full" }
        guard ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"].contains(given) else {
            throw PostgreSQLAddress.Fault(description: "its sslmode is none; give verify-full")
        }
        guard !isLocal, given != "verify-full" else { return given }
        guard given == "verify-ca" else {
            throw PostgreSQLAddress.Fault(
                description: """
                    sslmode=\(given) would let anybody between here and the server read and change everything; leave it \
                    out, which means sslmode=verify-full, and give sslrootcert=FILE when the server's certificate is \
                    from an authority of your own
                    """)
        }
        guard parameters["sslrootcert"] != nil else {
            throw PostgreSQLAddress.Fault(
                description: """
                    sslmode=verify-ca without sslrootcert=FILE would trust every certificate of every authority; give \
                    the file of your own authority
                    """)
        }
        return given
    }

    private static func isLocal(_ host: Substring) -> Bool {
        host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
            || isLoopback(String(host))
    }

    private static func isLoopback(_ host: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, host, &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
    }

    /// Where the authorities stand that the system trusts: libpq knows since version 16, before that by their file.
    private static var authorities: String {
        guard PQlibVersion() < 160_000 else { return "system" }
        let usual = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]
        return usual.first { FileManager.default.isReadableFile(atPath: $0) } ?? usual[0]
    }
}
