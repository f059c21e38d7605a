import Cryptography
import Testing

@Suite("Hashes of other systems: RFC 8018, RFC 7914, bcrypt, AES-CTR, RFC 2104")
struct LegacyHashTests {
    @Test(
        "PBKDF2 computes the vectors of RFC 6070 and RFC 7914 §11",
        arguments: [
            ("password", "salt", 1, LegacyDigest.sha1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
            ("password", "salt", 4096, .sha1, "4b007901b765489abead49d926f721d065a429c1"),
            (
                "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, .sha1,
                "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"
            ),
            ("pass\0word", "sa\0lt", 4096, .sha1, "56fa6aa75548099dcc37d7f03425e0c3"),
            (
                "passwd", "salt", 1, .sha256,
                "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                    + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
            ),
        ])
    func pbkdf2(password: String, salt: String, rounds: Int, digest: LegacyDigest, key: String) throws {
        let made = try PBKDF2.derive(
            from: Array(password.utf8), salt: Array(salt.utf8), iterations: rounds, digest: digest,
            byteCount: key.utf8.count / 2)
        #expect(Hex.encode(made) == key)
    }

    @Test(
        "scrypt computes the vectors of RFC 7914 §12",
        arguments: [
            (
                "", "", Scrypt.Parameters(cost: 16, blockSize: 1, lanes: 1),
                "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                    + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
            ),
            (
                "pleaseletmein", "SodiumChloride", Scrypt.Parameters(cost: 16384, blockSize: 8, lanes: 1),
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                    + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
            ),
        ])
    func scrypt(password: String, salt: String, parameters: Scrypt.Parameters, key: String) throws {
        let made = try Scrypt.derive(
            from: Array(password.utf8), salt: Array(salt.utf8), parameters, byteCount: 64)
        #expect(Hex.encode(made) == key)
    }

    @Test("AES-256 in counter mode counts up from zero (blocks of GCM's test case 13)")
    func counterMode() throws {
        let key = [UInt8](repeating: 0, count: 32)
        let expected = "dc95c078a2408989ad48a21492842087530f8afbc74536b9a963b4f1c4cb738b"
        #expect(try Hex.encode(AES256CTR.stream(key: key, byteCount: 32)) == expected)
        #expect(try Hex.encode(AES256CTR.stream(key: key, byteCount: 17)) == expected.prefix(34))
    }

    @Test("Digests and HMAC compute the vectors of RFC 1321, FIPS 180-4 and RFC 4231")
    func digests() throws {
        let abc = Array("abc".utf8)
        #expect(try Hex.encode(LegacyDigest.md5.digest(abc)) == "900150983cd24fb0d6963f7d28e17f72")
        #expect(try Hex.encode(LegacyDigest.sha1.digest(abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(try LegacyDigest.sha256.digest(abc) == SHA256.digest(abc))
        #expect(try LegacyDigest.sha512.digest(abc) == SHA512.digest(abc))
        #expect(try Hex.encode(LegacyDigest.md5.digest([])) == "d41d8cd98f00b204e9800998ecf8427e")
        let authenticated = try LegacyDigest.sha256.authenticate(
            Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(
            Hex.encode(authenticated) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        for digest in LegacyDigest.allCases {
            #expect(try digest.digest(abc).count == digest.byteCount)
            #expect(try digest.authenticate([], key: []).count == digest.byteCount)
        }
    }

    @Test(
        "bcrypt computes the vectors of its reference, in each of its variants",
        arguments: [
            ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            ("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
            ("", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
        ])
    func bcrypt(password: String, hash: String) {
        #expect(Bcrypt.isValid(Array(password.utf8), hash: hash))
        #expect(!Bcrypt.isValid(Array((password + "x").utf8), hash: hash))
    }

    @Test("bcrypt takes 72 bytes of a password and never looked at more, however long it is")
    func bcryptLength() {
        let hash = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i"
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 72)
        #expect(Bcrypt.isValid(long, hash: hash))
        #expect(Bcrypt.isValid(long + [UInt8](repeating: 1, count: 18_000), hash: hash))
        #expect(!Bcrypt.isValid(Array(long.dropLast()), hash: hash))
    }

    @Test("A password with NUL fits no bcrypt hash: not even that of what stands before it")
    func bcryptNUL() {
        let hash = "$2b$04$abcdefghijklmnopqrstuu2Vo3TWutZSHUfluiaHt5gekKPzGepHC"
        #expect(Bcrypt.isValid(Array("correct".utf8), hash: hash))
        for other in ["correct\0", "correct\0horse", "\0correct"] {
            #expect(!Bcrypt.isValid(Array(other.utf8), hash: hash))
        }
    }

    @Test(
        "What is no bcrypt hash fits nothing",
        arguments: [
            "", "$2b$", "*0", "$2b$04$abcdefghijklmnopqrstuu",
            "$6$saltsalt$0123456789012345678901234567890123456789012345678",
            "$2b$99$abcdefghijklmnopqrstuu2Vo3TWutZSHUfluiaHt5gekKPzGepHC",
            "$2b$04$abcdefghijklmnopqrstuu2Vo3TWutZSHUfluiaHt5gekKPzGep\0\0",
            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "************************************************************",
        ])
    func foreignToBcrypt(hash: String) {
        for password in ["", "correct", "x"] {
            #expect(!Bcrypt.isValid(Array(password.utf8), hash: hash))
        }
    }

    @Test("Parameters out of range are an error, not a trap")
    func impossibleParameters() {
        for (rounds, count) in [(0, 32), (-1, 32), (Int.max, 32), (1, 0), (1, -1), (1, 1 << 40)] {
            #expect(throws: CryptographyError.self) {
                try PBKDF2.derive(from: [1], salt: [2], iterations: rounds, digest: .sha1, byteCount: count)
            }
        }
        let impossible = [
            (0, 8, 1), (1, 8, 1), (3, 8, 1), (-16, 8, 1), (16, 0, 1), (16, 8, 0), (16, -8, -1),
            (1 << 62, 8, 1), (16, 1 << 60, 1), (16, 8, 1 << 60), (1 << 30, 1 << 20, 1 << 10),
        ]
        for (cost, blockSize, lanes) in impossible {
            let parameters = Scrypt.Parameters(cost: cost, blockSize: blockSize, lanes: lanes)
            #expect(throws: CryptographyError.self) {
                try Scrypt.derive(from: [1], salt: [2], parameters, byteCount: 64)
            }
        }
        for (key, count) in [(0, 32), (16, 32), (33, 32), (32, 0), (32, -1), (32, 1 << 40)] {
            #expect(throws: CryptographyError.self) {
                try AES256CTR.stream(key: Array(repeating: 0, count: key), byteCount: count)
            }
        }
    }

    @Test("Argon2 of both types is compared, with any number of lanes; what is neither fits nothing")
    func argon2() {
        let id = "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"
        let i = "$argon2i$v=19$m=1024,t=3,p=1$c2Vhc2FsdDIwMjZzZWFzYQ$sz95hxGISW9lp24STGJ4/GgBQmJul0I6+oYurAJd4+M"
        let password = Array("password".utf8)
        #expect(Argon2.isValid(password, phc: id, kind: .id))
        #expect(Argon2.isValid(Array("correct horse battery staple".utf8), phc: i, kind: .i))
        #expect(!Argon2.isValid(password + [0], phc: id, kind: .id))
        #expect(!Argon2.isValid(password, phc: id, kind: .i))
        #expect(!Argon2.isValid(Array("correct horse battery staple".utf8), phc: i, kind: .id))
        for damaged in ["", "$", id + "\0", String(id.dropLast(5)), id + String(repeating: "A", count: 600)] {
            #expect(!Argon2.isValid(password, phc: damaged, kind: .id))
        }
    }
}
