import Cryptography
import TestSupport
import Testing

@Suite("Passwords: RFC 9106, D6")
struct PasswordTests {
    /// The least that computes: the tests ask about rules, not about cost.
    private let cheap = Argon2idParameters(memoryKiB: 64, passes: 1)
    private let password = Array("correct horse battery".utf8)

    @Test("PW5 The standard parameters are 19 MiB and 2 passes, and stand in the hash with a salt of 16 bytes")
    func standardParameters() throws {
        let hash = try Argon2id.hash(password, parameters: .standard)
        let fields = hash.split(separator: "$")
        #expect(fields.prefix(3) == ["argon2id", "v=19", "m=19456,t=2,p=1"])
        #expect(fields.count == 5)
        #expect(fields.dropFirst(3).first?.utf8.count == 22)
        #expect(Argon2id.isValid(password, hash: hash))
        #expect(!Argon2id.needsRehash(hash, parameters: .standard))
    }

    @Test("PW5 Two hashes of one password differ: the salt is random")
    func salted() throws {
        #expect(try Argon2id.hash(password, parameters: cheap) != Argon2id.hash(password, parameters: cheap))
    }

    @Test(
        "The reference implementation's hashes verify, more lanes than one included",
        arguments: [
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        ]
    )
    func referenceHashes(hash: String) {
        #expect(Argon2id.isValid(Array("password".utf8), hash: hash))
        #expect(!Argon2id.isValid(Array("Password".utf8), hash: hash))
        #expect(Argon2id.needsRehash(hash, parameters: .standard))
    }

    @Test("PW1 Every byte counts, the 73rd and the 1024th too")
    func longPasswords() throws {
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 1_024)
        let hash = try Argon2id.hash(long, parameters: cheap)
        #expect(Argon2id.isValid(long, hash: hash))
        for place in [0, 71, 72, 1_023] {
            var other = long
            other[place] = UInt8(ascii: "b")
            #expect(!Argon2id.isValid(other, hash: hash))
        }
        #expect(!Argon2id.isValid(Array(long.dropLast()), hash: hash))
    }

    @Test("An empty password and one with NUL are hashed like any other")
    func oddPasswords() throws {
        let empty = try Argon2id.hash([], parameters: cheap)
        #expect(Argon2id.isValid([], hash: empty))
        #expect(!Argon2id.isValid([0], hash: empty))
        let hash = try Argon2id.hash([1, 0, 2], parameters: cheap)
        #expect(!Argon2id.isValid([1, 0, 3], hash: hash))
    }

    @Test(
        "A hash that is damaged, of another kind, or absurdly dear fits no password",
        arguments: [
            "", "$", "$$$$$", "plaintext",
            "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
            "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4=",
            "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=4000000000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=99999999999999999999,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=-1,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4\u{0}",
            "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        ]
    )
    func foreignHashes(hash: String) {
        #expect(!Argon2id.isValid(Array("password".utf8), hash: hash))
        #expect(Argon2id.needsRehash(hash, parameters: .standard))
    }

    @Test("PW5 Other parameters than today's ask for a new hash", arguments: [(64, 2), (128, 1), (19_456, 2)])
    func rehash(memory: Int, passes: Int) throws {
        let hash = try Argon2id.hash(password, parameters: cheap)
        #expect(!Argon2id.needsRehash(hash, parameters: cheap))
        #expect(Argon2id.needsRehash(hash, parameters: Argon2idParameters(memoryKiB: memory, passes: passes)))
    }

    @Test(
        "Parameters out of range are an error, not a trap",
        arguments: [(0, 1), (-1, 1), (64, 0), (Int.max, 2), (64, Int.min)])
    func impossibleParameters(memory: Int, passes: Int) {
        let parameters = Argon2idParameters(memoryKiB: memory, passes: passes)
        #expect(throws: CryptographyError.self) { try Argon2id.hash(password, parameters: parameters) }
    }

    @Test("IN10 Mutated hashes never trap")
    func mutations() throws {
        var dice = Dice(seed: 9)
        let hash = Array(try Argon2id.hash(password, parameters: Argon2idParameters(memoryKiB: 8, passes: 1)).utf8)
        for _ in 0..<5_000 {
            let text = String(decoding: dice.mutated(hash), as: UTF8.self)
            guard let parameters = Argon2idParameters(ofHash: text), parameters.memoryKiB < 100, parameters.passes < 9
            else { continue }
            _ = Argon2id.isValid(password, hash: text)
        }
    }

    @Test(
        "D6 Spellings that look alike become one",
        arguments: [
            ("\u{FB01}sh", "fish"), ("\u{212B}", "\u{C5}"), ("\u{FF30}\u{FF41}\u{FF53}\u{FF53}", "Pass"),
            ("\u{2460}", "1"), ("e\u{301}", "\u{E9}"), ("\u{212A}", "K"), ("plain ASCII 123 ~", "plain ASCII 123 ~"),
            ("", ""),
        ]
    )
    func normalisation(text: String, expected: String) {
        #expect(PasswordNormalisation.nfkc(text) == Array(expected.utf8))
    }

    @Test("D6 Case and white space stay as they are")
    func untouched() {
        #expect(PasswordNormalisation.nfkc(" Ab  c ") == Array(" Ab  c ".utf8))
    }

    @Test("IN10 Normalising any text never traps")
    func anyText() {
        var dice = Dice(seed: 10)
        for _ in 0..<3_000 {
            let text = String(decoding: dice.bytes(40), as: UTF8.self)
            let once = PasswordNormalisation.nfkc(text)
            #expect(PasswordNormalisation.nfkc(String(decoding: once, as: UTF8.self)) == once)
        }
    }
}
