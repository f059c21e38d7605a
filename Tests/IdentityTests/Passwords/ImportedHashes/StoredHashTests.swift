import Cryptography
import Identity
import TestSupport
import Testing

@Suite("Hashes of other systems as they are stored")
struct StoredHashTests {
    static let stored = [
        "pbkdf2-sha256:1000$c2Vhc2FsdDIwMjY$9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc",
        "pbkdf2-sha1:1000$c2Vhc2FsdDIwMjY$CiFdHt0od0HOQUBDNchoqglF4w0",
        "scrypt:16,8,1$c2Vhc2FsdDIwMjY$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmeaU5E7Is7CHQFzQH18d-r8mDVUpmDL_PYP8KFoo4ly1Q",
        "bcrypt:$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
        "bcrypt-sha256:$2b$04$abcdefghijklmnopqrstuuaBT8mpw5tGdD3eO40znWcQP/dT9hEVK",
        "argon2:$argon2id$v=19$m=1024,t=2,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
    ]

    @Test("What is read back is written as it was, and opens", arguments: stored)
    func roundTrip(text: String) throws {
        let hash = try ImportedHash(stored: text)
        #expect(hash.stored == text)
        #expect(hash.isMade(from: Array("correct horse battery staple".utf8)))
    }

    @Test("PW10: the blank of a hash costs the same and is nobody's: its own blank is itself", arguments: stored)
    func blanks(text: String) throws {
        let blank = try ImportedHash(stored: try #require(try ImportedHash(stored: text).blank))
        #expect(blank.blank == blank.stored)
        #expect(blank.stored.prefix { $0 != "$" } == text.prefix { $0 != "$" })
        #expect(!blank.isMade(from: Array("correct horse battery staple".utf8)))
        #expect(blank.stored != text)
    }

    @Test("An empty password opens nothing, not even a hash that was made of it")
    func empty() throws {
        for text in [
            "pbkdf2_sha256$1000$seasalt2026$APJVUoYfqsde8SfmxsOKqRDWhgTHHMdAIYpa1Mco8o4=",
            "bcrypt$$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq",
        ] {
            #expect(try !DjangoHash.read(text).slowedCheaply().isMade(from: []))
        }
    }

    @Test(
        "Costs are capped at reading as well, whoever wrote them into the database",
        arguments: [
            "pbkdf2-sha256:4000001$c2Vhc2FsdDIwMjY$9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc",
            "pbkdf2-sha512:2000001$c2Vhc2FsdDIwMjY$9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc",
            "pbkdf2-sha1:2000001$c2Vhc2FsdDIwMjY$9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc",
            "scrypt:131072,8,3$c2Vhc2FsdDIwMjY$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmc",
            "scrypt:4194304,1,1$c2Vhc2FsdDIwMjY$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmc",
            "firebase-scrypt:262144,9$c2Vhc2FsdDIwMjY$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmc",
            "bcrypt:$2b$15$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
            "argon2:$argon2id$v=19$m=524288,t=1,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "argon2:$argon2id$v=19$m=262144,t=5,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
        ])
    func ceilings(text: String) {
        let fault = #expect(throws: HashFault.self) { try ImportedHash(stored: text) }
        guard case .unusable = fault else { return #expect(Bool(false), "\(String(describing: fault))") }
        #expect(!ImportingScheme().canRead(text))
    }

    @Test("The ceilings let through what the systems set by themselves, and what stands right at them")
    func underTheCeilings() throws {
        let key = "9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc"
        let permitted = [
            "pbkdf2-sha256:1500000$c2Vh$\(key)", "pbkdf2-sha256:4000000$c2Vh$\(key)",
            "pbkdf2-sha512:2000000$c2Vh$\(key)",
            "scrypt:16384,8,5$c2Vh$\(key)", "scrypt:262144,8,1$c2Vh$\(key)", "firebase-scrypt:16384,8$c2Vh$\(key)",
            "bcrypt:$2b$14$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
            "argon2:$argon2id$v=19$m=102400,t=2,p=8$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "argon2:$argon2id$v=19$m=262144,t=4,p=4$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
        ]
        for text in permitted {
            #expect(try ImportedHash(stored: text).stored == text)
        }
    }

    @Test(
        "What no scheme reads is no hash",
        arguments: [
            "", ":", "::", "!", "pbkdf2-sha256", "pbkdf2-sha256:", "pbkdf2-md5:1000$c2Vh$9SfX",
            "PBKDF2-SHA256:1000$c2Vh$9SfX",
            "pbkdf2-sha256:1000$$9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc",
            "pbkdf2-sha256:1000$c2Vh$9SfXyPsuA2CvmGyQ",
            "pbkdf2-sha256:1000$c2V=$9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc",
            "scrypt:16,8$c2Vh$9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc", "scrypt:16,8,1,1$c2Vh$9SfX", "scrypt:,,$$",
            "firebase-scrypt:16,8,1$c2Vh$9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc", "unknown:blob", "bcrypt:",
            "argon2:",
            "digest:sha1,prefix,utf8$cGVwcGVy$",
            "digest:md4,prefix,utf8$cGVwcGVy$$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA",
            "digest:sha1,none,utf8$cGVwcGVy$$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA",
            "digest:sha1,prefix,utf8$$$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA",
            "digest:sha1,prefix,utf8$cGVwcGVy$$argon2id$v=19$m=999999999,t=1,p=1$c29tZXNhbHQ$AAAA",
            "$argon2id$v=19$m=1024,t=2,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "bcrypt:$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6C\0", "bcrypt:\u{E9}",
            "pbkdf2-sha256:1000$c2Vh$" + String(repeating: "A", count: 100_000),
        ])
    func foreign(text: String) {
        #expect(throws: HashFault.self) { try ImportedHash(stored: text) }
        #expect(!ImportingScheme().isOfTypedText(text))
    }

    @Test("IN10: no mutation of a stored or an imported hash traps")
    func mutations() {
        var dice = Dice(seed: 17)
        for text in Self.stored + DjangoHashTests.vectors {
            for _ in 0..<2_000 {
                let mutated = String(decoding: dice.mutated(Array(text.utf8)), as: UTF8.self)
                _ = try? DjangoHash.read(mutated)
                _ = try? Auth0Hash.read(bcrypt: mutated)
                _ = try? Auth0Hash.read(custom: ["algorithm": "ldap", "hash": ["value": .string(mutated)]])
                _ = try? Auth0Hash.read(custom: ["algorithm": "pbkdf2", "hash": ["value": .string(mutated)]])
                guard let hash = try? ImportedHash(stored: mutated) else { continue }
                #expect((try? ImportedHash(stored: hash.stored)) == hash)
            }
        }
    }
}

extension CarriedPassword {
    /// As it would be stored, with the least of Argon2id where one is needed.
    func slowedCheaply() throws -> ImportedHash {
        switch self {
        case .none, .own: throw HashFault.malformed("there is no imported password")
        case .imported(let hash): hash
        case .fast(let fast): try fast.slowed(Argon2idParameters(memoryKiB: 64, passes: 1))
        }
    }
}
