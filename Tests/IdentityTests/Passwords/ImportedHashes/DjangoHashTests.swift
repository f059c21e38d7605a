import Cryptography
import Identity
import Testing

@Suite("Django's password hashes")
struct DjangoHashTests {
    private static let password = "correct horse battery staple"

    static let vectors = [
        "pbkdf2_sha256$1000$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
        "pbkdf2_sha1$1000$seasalt2026$CiFdHt0od0HOQUBDNchoqglF4w0=",
        "argon2$argon2id$v=19$m=1024,t=2,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
        "argon2$argon2i$v=19$m=1024,t=3,p=1$c2Vhc2FsdDIwMjZzZWFzYQ$sz95hxGISW9lp24STGJ4/GgBQmJul0I6+oYurAJd4+M",
        "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuaBT8mpw5tGdD3eO40znWcQP/dT9hEVK",
        "bcrypt$$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
        "scrypt$16$seasalt2026$8$1$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmeaU5E7Is7CHQFzQH18d+r8mDVUpmDL/PYP8KFoo4ly1Q==",
        "md5$pepper$f8ee72288939630ba446602314f3ce40",
        "sha1$pepper$e2c3cf2d6535167057d9d2741e581d96ec21b580",
    ]

    @Test(
        "Each form opens with its password and with no other, also when read back as it is stored", arguments: vectors)
    func opens(text: String) throws {
        let hash = try DjangoHash.read(text).slowedCheaply()
        for hash in [hash, try ImportedHash(stored: hash.stored)] {
            #expect(hash.isMade(from: Array(Self.password.utf8)))
            for other in ["", "correct horse battery stapl", "Correct horse battery staple", "\0" + Self.password] {
                #expect(!hash.isMade(from: Array(other.utf8)), "\(other)")
            }
        }
    }

    @Test("No fast digest is stored: of sha1 and salt, an Argon2id hash is")
    func fastDigests() throws {
        let digest = "e2c3cf2d6535167057d9d2741e581d96ec21b580"
        guard case .fast(let fast) = try DjangoHash.read("sha1$pepper$\(digest)") else {
            throw HashFault.malformed("not a fast one")
        }
        let stored = try fast.slowed().stored
        #expect(stored.hasPrefix("digest:sha1,prefix,utf8$cGVwcGVy$$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(!stored.contains(digest))
        let bytes = try #require(Hex.decode(digest))
        #expect(!stored.contains(Base64URL.encode(bytes)))
    }

    @Test("bcrypt_sha256 knows no NUL and no 72nd byte; bcrypt itself ends there")
    func oddPasswords() throws {
        let digested = "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuvbAhoiD6FYsihBYgrN4QZy2HJqacUnu"
        #expect(try DjangoHash.read(digested).slowedCheaply().isMade(from: Array("correct\0horse battery".utf8)))
        #expect(try !DjangoHash.read(digested).slowedCheaply().isMade(from: Array("correct".utf8)))
        let cut = "bcrypt$$2b$04$abcdefghijklmnopqrstuu2Vo3TWutZSHUfluiaHt5gekKPzGepHC"
        #expect(try DjangoHash.read(cut).slowedCheaply().isMade(from: Array("correct".utf8)))
        #expect(try !DjangoHash.read(cut).slowedCheaply().isMade(from: Array("correct\0horse battery".utf8)))
    }

    @Test("A password that was taken away, or never set, is none", arguments: ["", "!", "!k3jTg5Lz", "!$$$\0"])
    func none(text: String) throws {
        #expect(try DjangoHash.read(text) == .none)
    }

    @Test(
        "What cannot be compared with safely leaves its person without a password",
        arguments: [
            // unsalted
            "9cc2ae8a1ba7a93da39b46fc1019c481", "abf7aad6438836dbe526aa231abde2d0eef74d42",
            "md5$$9cc2ae8a1ba7a93da39b46fc1019c481", "sha1$$abf7aad6438836dbe526aa231abde2d0eef74d42",
            "unsalted_md5$9cc2ae8a1ba7a93da39b46fc1019c481", "unsalted_sha1$$abf7aad6438836dbe526aa231abde2d0eef74d42",
            // unknown
            "crypt$$ab1234567890", "phpass$$P$B123456789", "plain", "pbkdf2_sha512$1000$seasalt2026$AAAA", "$", "$$$$",
            "argon2$argon2d$v=19$m=1024,t=3,p=1$c2Vhc2FsdDIwMjZzZWFzYQ$Xlru4I9M7SKjkt4PumsGLu1Hc7e1pCKk9PUBOxG8S6s",
            "argon2$argon2id$v=16$m=1024,t=2,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "bcrypt$$2x$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
            // too dear
            "pbkdf2_sha256$4000001$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$999999999$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "argon2$argon2id$v=19$m=262145,t=1,p=1$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "argon2$argon2id$v=19$m=1024,t=1025,p=1$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "argon2$argon2id$v=19$m=1024,t=2,p=65$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "bcrypt$$2b$15$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
            "bcrypt_sha256$$2b$31$abcdefghijklmnopqrstuuaBT8mpw5tGdD3eO40znWcQP/dT9hEVK",
            "scrypt$262144$seasalt2026$8$2$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmeaU5E7Is7CHQFzQH18d+r8mDVUpmDL/PYP8KFoo4ly1Q==",
            "scrypt$536870912$seasalt2026$999999999$999999999$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmeaU5E7Is7CHQFzQH18d+r8mDVUpmDL/PYP8KFoo4ly1Q==",
        ])
    func unusable(text: String) throws {
        let fault = #expect(throws: HashFault.self) { try DjangoHash.read(text) }
        guard case .unusable(let reason) = fault else { return #expect(Bool(false), "\(String(describing: fault))") }
        #expect(!reason.isEmpty)
    }

    @Test(
        "What is damaged is told from what is merely unknown",
        arguments: [
            "pbkdf2_sha256", "pbkdf2_sha256$", "pbkdf2_sha256$1000$seasalt2026",
            "pbkdf2_sha256$1000$seasalt2026$9SfXyPsuA2CvmGyQ", "pbkdf2_sha256$1000$seasalt2026$",
            "pbkdf2_sha256$1000$$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$1000$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc",
            "pbkdf2_sha256$1000$seasalt2026$9SfXyPsuA2CvmGyQ-ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$1000$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSd=",
            "pbkdf2_sha256$1000$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=$",
            "pbkdf2_sha256$0$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$-1000$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$+1000$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$1e3$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$99999999999999999999$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$\u{0661}000$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha1$1000$seasalt2026$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$1000$\(String(repeating: "s", count: 257))$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "pbkdf2_sha256$1000$\(String(repeating: "s", count: 100_000))$9SfXyPsuA2CvmGyQ+ktSDNzbjSdXEwglcS5LQLVRQSc=",
            "argon2$argon2id$v=19$m=1024,t=2,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$",
            "argon2$argon2id$v=19$m=1024,t=2,p=2$$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "argon2$argon2id$v=19$m=1024,t=2,p=2$c2VhcwA$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "argon2$argon2id$v=19$t=2,m=1024,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "argon2$argon2id$v=19$m=15,t=2,p=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "argon2$argon2id$v=19$m=1024,t=2$c2Vhc2FsdDIwMjZzZWFzYWx0MjAyNg$7hG9U7+wFH6XxAcuFS+gaCuAT07inJzUGFIbBH7b56c",
            "argon2$argon2id$v=19$m=1024,t=2,p=2", "argon2",
            "bcrypt$$2b$04$abcdefghijklmnopqrstuu", "bcrypt$",
            "bcrypt$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
            "bcrypt$$2b$03$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
            "bcrypt$$2b$4x$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
            "bcrypt$$2b$04$abcdefghijklmnopqrst\0u7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
            "bcrypt$$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CGG",
            "scrypt$15$seasalt2026$8$1$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmeaU5E7Is7CHQFzQH18d+r8mDVUpmDL/PYP8KFoo4ly1Q==",
            "scrypt$1$seasalt2026$8$1$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmeaU5E7Is7CHQFzQH18d+r8mDVUpmDL/PYP8KFoo4ly1Q==",
            "scrypt$16$seasalt2026$8$1$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCU=",
            "scrypt$16$seasalt2026$0$1$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmeaU5E7Is7CHQFzQH18d+r8mDVUpmDL/PYP8KFoo4ly1Q==",
            "scrypt$16$$8$1$87uoSSMyuvHvuPnOwy0Hyv0DvCmAyL3ViHa7lCUkjmeaU5E7Is7CHQFzQH18d+r8mDVUpmDL/PYP8KFoo4ly1Q==",
            "md5$pepper$f8ee72288939630ba446602314f3ce4", "md5$pepper$", "sha1$pepper$f8ee72288939630ba446602314f3ce40",
            "sha1$pepper$zzc3cf2d6535167057d9d2741e581d96ec21b580",
        ])
    func malformed(text: String) throws {
        let fault = #expect(throws: HashFault.self) { try DjangoHash.read(text) }
        guard case .malformed(let reason) = fault else { return #expect(Bool(false), "\(String(describing: fault))") }
        #expect(!reason.isEmpty)
    }
}
