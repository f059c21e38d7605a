import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite("Certificates of PostgreSQL (CR6)")
struct PostgreSQLTransportTests {
    @Test("CR6: the certificate must be from the authority that was named, and for the host that was asked for")
    func certificates() async throws {
        let server = try await Self.server()
        let port = server.port
        let authority = "sslrootcert=\(server.folder)/authority.pem"
        let stranger = try Self.otherAuthority()
        let good = [
            "localhost/postgres?sslmode=verify-full&\(authority)", "127.0.0.1/postgres?sslmode=verify-ca&\(authority)",
        ]
        for place in good {
            let database = try open(place, port)
            let isEncrypted = try await database.read {
                try $0.values("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            }
            #expect(isEncrypted.first == .integer(1))
            #expect([.text("TLSv1.2"), .text("TLSv1.3")].contains(isEncrypted.last))
            await database.close()
        }
        defer { try? FileManager.default.removeItem(atPath: stranger) }
        let bad = [
            "127.0.0.1/postgres?sslmode=verify-full&\(authority)",
            "localhost/postgres?sslmode=verify-full&sslrootcert=\(stranger)",
            "localhost/postgres?sslmode=verify-full",
            "localhost/postgres?sslmode=verify-full&sslrootcert=/nonexistent.pem",
            "localhost/postgres",
        ]
        for place in bad {
            let database = try open(place, port)
            let seen = await fault { try await database.ping() }
            #expect(seen.kind == "unavailable" && seen.text.contains("cannot be reached"), "\(place) \(seen)")
            await database.close()
        }
    }

    /// A port that was free may be somebody else's by the time the server is ready for it.
    private static func server() async throws -> PostgreSQLServer {
        for _ in 1...5 {
            if let server = try? await PostgreSQLServer.make(port: try freePort()) { return server }
        }
        return try await PostgreSQLServer.make(port: try freePort())
    }

    private func open(_ place: String, _ port: Int) throws -> PostgreSQLDatabase {
        let text = "postgres://postgres@" + place.replacing("/postgres", with: ":\(port)/postgres", maxReplacements: 1)
        return PostgreSQLDatabase(try PostgreSQLAddress(text, environment: [:]), connections: 2)
    }

    /// A certificate of somebody else.
    private static func otherAuthority() throws -> String {
        let path = NSTemporaryDirectory() + "martlet-authority-\(UUID().uuidString).pem"
        try Data(strangerPEM.utf8).write(to: URL(filePath: path))
        return path
    }

    private static let strangerPEM = """
        -----BEGIN CERTIFICATE-----
        MIIBfjCCASOgAwIBAgIUFFBPWgCuezrUaHDjp+yf55GVI6UwCgYIKoZIzj0EAwIw
        EzERMA8GA1UEAwwIc3RyYW5nZXIwIBcNMjYxMTIxMTUwMzA4WhgPMjEyNjEwMjgx
        NTAzMDhaMBMxETAPBgNVBAMMCHN0cmFuZ2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAEtFheuXygHeRDAt0GwYBsqvrtSk2H8pqgLt+m8KAnCf5RRwiVMr8U4xVh
        9rtdHn7NPUdk2FhmHrJ5m5qq98kSG6NTMFEwHQYDVR0OBBYEFAIvzxgAdfxWG2oy
        fFu4uXSbIpfHMB8GA1UdIwQYMBaAFAIvzxgAdfxWG2oyfFu4uXSbIpfHMA8GA1Ud
        EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAL2gWwAU1NQTJPuMAwYfc9wl
        vO9ciFIxeleC0or5zd25AiEA6b3zfQFx1tsfqFR+C5DenKz3pC1rKWpFfcEFQiQ5
        B98=
        -----END CERTIFICATE-----
        """
}
