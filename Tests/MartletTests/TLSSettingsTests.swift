import Testing

@testable import martlet

@Suite("Settings of TLS on the public listener (CR6, CF7)")
struct TLSSettingsTests {
    static let secure = ["MARTLET_ISSUER": "https://id.example.com"]

    @Test("A build without TLS refuses either setting, and says how to get a build that has it")
    func withoutTLS() throws {
        for names in [["certificate"], ["key"], ["certificate", "key"]] {
            let faults = try faults(Self.secure, names, hasTLS: false)
            #expect(faults.contains { $0.contains("swift build -c release --traits TLS") }, "\(names)")
        }
        #expect(try faults(Self.secure, [], hasTLS: false).isEmpty)
    }

    @Test("Certificate and key are given both or neither, and with an issuer of https alone")
    func together() throws {
        #expect(try faults(Self.secure, ["certificate", "key"], hasTLS: true).isEmpty)
        #expect(
            try faults(Self.secure, ["certificate"], hasTLS: true)
                == ["MARTLET_TLS_CERTIFICATE: tls.certificate is given without tls.key; give both"])
        #expect(
            try faults(Self.secure, ["key"], hasTLS: true)
                == ["MARTLET_TLS_KEY: tls.key is given without tls.certificate; give both"])
        #expect(
            try faults(["MARTLET_ISSUER": "http://localhost:8080"], ["certificate", "key"], hasTLS: true)
                == ["MARTLET_ISSUER: with tls.certificate the issuer must begin with https://"])
    }

    @Test("With TLS nothing stands in front: the issuer names the port, unless one is given")
    func port() throws {
        var settings = try SettingsDesk.read(["MARTLET_ISSUER": "https://id.example.com:8443"])
        #expect(settings.publicPlace.port == 8080)
        settings.tls = .init(certificate: "a.pem", key: "a.key")
        #expect(settings.publicPlace.port == 8443)
        settings.listen.port = 9443
        #expect(settings.publicPlace.port == 9443)
    }

    @Test("A pair of files is looked for only where both are named, and a missing one is told by its name")
    func files() throws {
        #expect(TLSFiles(.init()) == nil && TLSFiles(.init(certificate: "a.pem")) == nil)
        let scratch = try Scratch()
        let certificate = try scratch.write("hello", to: "a.pem")
        let missing = try #require(TLSFiles(.init(certificate: scratch.path + "/b.pem", key: "a.key")))
        #expect(
            throws: CommandRefusal(
                "the certificate \(scratch.path)/b.pem is not there or cannot be read; see the setting tls.certificate")
        ) {
            try missing.open()
        }
        let keyless = try #require(TLSFiles(.init(certificate: certificate, key: scratch.path + "/b.key")))
        #expect(throws: CommandRefusal("the key \(scratch.path)/b.key is not there; see the setting tls.key")) {
            try keyless.open()
        }
    }

    /// What the rules say of variables for these settings, in a build with TLS or without.
    private func faults(_ variables: [String: String], _ names: [String], hasTLS: Bool) throws -> [String] {
        var settings = try SettingsDesk.read(variables)
        var origins: [String: SettingOrigin] = ["issuer": .environment("MARTLET_ISSUER")]
        for name in names { origins["tls.\(name)"] = .environment("MARTLET_TLS_\(name.uppercased())") }
        settings.tls.certificate = names.contains("certificate") ? "a.pem" : nil
        settings.tls.key = names.contains("key") ? "a.key" : nil
        return SettingsRules(settings: settings, origins: origins, hasTLS: hasTLS).faults.map(\.description)
    }
}
