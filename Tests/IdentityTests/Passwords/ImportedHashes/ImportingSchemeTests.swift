import Cryptography
import Identity
import Testing

@Suite("PW5, PW10, D6: checking imported hashes")
struct ImportingSchemeTests {
    private let scheme = ImportingScheme(Argon2idParameters(memoryKiB: 64, passes: 1))

    @Test(
        "PW5: new hashes are Argon2id alone, and every imported one is to be made anew",
        arguments: StoredHashTests.stored)
    func rehash(stored: String) throws {
        let password = Array("correct horse battery staple".utf8)
        #expect(scheme.canRead(stored) && scheme.isValid(password, hash: stored) && scheme.needsRehash(stored))
        let new = try scheme.hash(password)
        #expect(new.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(scheme.isValid(password, hash: new) && !scheme.needsRehash(new) && !scheme.isOfTypedText(new))
    }

    @Test("PW5: an imported Argon2id hash of today's parameters is made anew too, for it is of the text as typed")
    func sameParameters() throws {
        let ours = try scheme.hash(Array("kettle orbit lantern".utf8))
        #expect(!scheme.needsRehash(ours))
        #expect(scheme.needsRehash("argon2:" + ours))
        #expect(scheme.isValid(Array("kettle orbit lantern".utf8), hash: "argon2:" + ours))
    }

    @Test(
        "D6: of an imported hash both spellings are tried, the normalised and the typed one",
        arguments: [
            // of the text as it was typed
            "pbkdf2-sha256:1000$c2Vhc2FsdDIwMjY$x_QEzU1Z19mkPm-8lT5AWp_0oumVHwdnQ-PJ-7rjoeY",
            // of its normalised spelling
            "pbkdf2-sha256:1000$c2Vhc2FsdDIwMjY$VYJ5ky3THvt97y8A0nxAiuJ_MqzSyDL6KNHrtkGYLPw",
        ])
    func spellings(stored: String) async throws {
        let hasher = try PasswordHasher(scheme: scheme, threads: 1)
        #expect(try await hasher.isValid("\u{FB01}nding \u{2167} old kettles", hash: stored))
        #expect(try await !hasher.isValid("\u{FB01}nding \u{2167} old kettle", hash: stored))
    }

    @Test("D6: of our own hashes only the normalised spelling is tried, of imported ones at most two")
    func bounded() async throws {
        let counting = CountingScheme()
        let hasher = try PasswordHasher(scheme: counting, threads: 1)
        _ = try await hasher.isValid("\u{FB01}nding \u{2167} old kettles", hash: "today:x")
        #expect(counting.comparisons.count == 1)
        _ = try await hasher.isValid("\u{FB01}nding \u{2167} old kettles", hash: "typed:x")
        #expect(counting.comparisons.count == 3)
        _ = try await hasher.isValid("plain kettles", hash: "typed:x")
        #expect(counting.comparisons.count == 4)
    }

    @Test("A password with NUL is not cut there by any scheme that took it whole")
    func nul() async throws {
        let stored = "pbkdf2-sha256:1000$c2Vhc2FsdDIwMjY$8UEoZQifSJn5KMhC3Ehy4tybDg5rxnpZn3e8jyGUSPk"
        let hasher = try PasswordHasher(scheme: scheme, threads: 1)
        #expect(try await hasher.isValid("correct\0horse battery", hash: stored))
        for other in ["correct", "correct\0", "correct\0horse"] {
            #expect(try await !hasher.isValid(other, hash: stored))
        }
    }

    @Test(
        "PW10: a scheme that is not known is an unusable password, and costs its reader the hash of nobody",
        arguments: [
            "phpass:$P$B123456789", "md5:9cc2ae8a1ba7a93da39b46fc1019c481", "plain:correct horse battery staple",
            "bcrypt:$2b$31$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
            "$argon2id$v=19$m=1048576,t=64,p=1$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "$argon2d$v=19$m=1024,t=3,p=1$c2Vhc2FsdDIwMjZzZWFzYQ$Xlru4I9M7SKjkt4PumsGLu1Hc7e1pCKk9PUBOxG8S6s",
        ])
    func unknown(stored: String) async throws {
        #expect(!scheme.canRead(stored))
        let hasher = try PasswordHasher(scheme: scheme, threads: 1)
        for password in ["correct horse battery staple", stored, ""] {
            #expect(try await !hasher.isValid(password, hash: stored))
        }
    }
}
