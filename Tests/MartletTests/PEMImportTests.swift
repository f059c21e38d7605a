import Cryptography
import Foundation
import Testing

@testable import martlet

@Suite("Keys made elsewhere are taken over, or refused all at once")
struct PEMImportTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private var imports: PEMImport { PEMImport(folder: scratch.path, algorithms: SignatureAlgorithm.allCases) }

    @Test("The algorithm follows from the kind of key, and for RSA from the name")
    func algorithms() throws {
        try scratch.write(PrivateKey.generate(.rsa).pem(), to: "a.pem")
        try scratch.write(PrivateKey.generate(.rsa).pem(), to: "b.PS256.pem")
        try scratch.write(PrivateKey.generate(.p256).pem(), to: "c.pem")
        try scratch.write(PrivateKey.generate(.ed25519).pem(), to: "d.pem")
        try scratch.write("not a key", to: "notes.txt", mode: 0o644)
        #expect(try imports.read().map(\.key.algorithm) == [.rs256, .ps256, .es256, .edDSA])
    }

    @Test("A folder that is not there holds no keys")
    func noFolder() throws {
        #expect(try PEMImport(folder: scratch.path + "/none", algorithms: []).read().isEmpty)
    }

    @Test("Every file that cannot be used is told, and none of what stands in it")
    func faults() throws {
        let pem = try PrivateKey.generate(.p256).pem()
        try scratch.write("hunter2", to: "a.pem")
        try scratch.write(pem, to: "b.pem", mode: 0o644)
        try scratch.write(pem.replacing("PRIVATE KEY", with: "PUBLIC KEY"), to: "c.pem")
        try scratch.write(String(pem.prefix(80)), to: "d.pem")
        let refusal = try #require(throws: CommandRefusal.self) { try imports.read() }
        #expect(refusal.sentences.count == 4)
        #expect(
            refusal.sentences[0].contains("a.pem cannot be taken over")
                && refusal.sentences[0].contains("this is not PEM"))
        #expect(refusal.sentences[1].contains("can be read by everybody"))
        #expect(refusal.sentences[2].contains("the private key is needed"))
        #expect(!refusal.description.contains("hunter2") && !refusal.description.contains("MIG"))
    }

    @Test("One key in two files is refused by both names: it would be one key, for one algorithm")
    func twice() throws {
        let rsa = try PrivateKey.generate(.rsa).pem()
        try scratch.write(rsa, to: "a.pem")
        try scratch.write(rsa, to: "b.ps256.pem")
        let refusal = try #require(throws: CommandRefusal.self) { try imports.read() }
        #expect(refusal.sentences.count == 1 && refusal.description.contains("a.pem and "))
        #expect(refusal.description.contains("b.ps256.pem are one and the same"))
    }

    @Test("A key for an algorithm that is off is refused")
    func off() throws {
        try scratch.write(PrivateKey.generate(.p256).pem(), to: "a.pem")
        let refusal = try #require(throws: CommandRefusal.self) {
            try PEMImport(folder: scratch.path, algorithms: [.rs256]).read()
        }
        #expect(refusal.description.contains("ES256, which signing.algorithms leaves out"))
    }
}
