import Foundation
import OAuth
import Outbound
import Testing

@Suite(
    "Fetching: certificates are checked (SO9)",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/openssl")))
struct CertificateTests {
    private static let reason = "SSL peer certificate or SSH remote key was not OK"

    @Test("A certificate nobody vouches for, or for another name, is refused; one that is trusted is not")
    func certificate() async throws {
        let server = try TLSServer()
        defer { server.stop() }
        let strict = try CurlFetcher()
        await #expect(throws: FetchFault.notSecure(Self.reason)) {
            try await strict.fetch(server.request(host: "localhost"))
        }
        var limits = FetchLimits()
        limits.authorities = server.certificate
        let trusting = try CurlFetcher(limits: limits)
        #expect(try await trusting.fetch(server.request(host: "localhost")).status == 200)
        await #expect(throws: FetchFault.notSecure(Self.reason)) {
            try await trusting.fetch(server.request(host: "127.0.0.1"))
        }
    }
}

/// OpenSSL's own little server, with a certificate for `localhost` that nobody has signed.
private struct TLSServer {
    let certificate: String
    private let folder: String
    private let process: Process
    private let port: Int

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        certificate = folder + "/certificate.pem"
        let key = folder + "/key.pem"
        let probe = try LoopbackServer()
        port = Int(probe.port)
        probe.stop()
        let request = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
        ]
        try Self.openssl(request).waitUntilExit()
        process = try Self.openssl([
            "s_server", "-accept", "\(port)", "-cert", certificate, "-key", key, "-www",
            "-quiet",
        ])
        try waitUntilItListens()
    }

    private func waitUntilItListens() throws {
        for _ in 0..<3000 {
            guard process.isRunning else { break }
            if LoopbackServer.accepts(port) { return }
            usleep(10_000)
        }
        throw POSIXError(.ECONNREFUSED)
    }

    func request(host: String) -> OutboundRequest {
        OutboundRequest(method: "GET", url: "https://\(host):\(port)/")
    }

    func stop() {
        process.terminate()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func openssl(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
