import Identity
import Testing

@Suite("D2, PW1-PW3: what a password must be to be set")
struct PasswordRuleTests {
    private let rule = PasswordRule(service: ["Martlet", "login.hollow-oak.example"])

    @Test("PW1: 14 characters are too few, 15 are enough, and 64 and more are welcome")
    func lengths() {
        #expect(rule.problem(with: "vexing grumble") == .tooShort(minimum: 15))
        #expect(rule.problem(with: "vexing grumbles") == nil)
        #expect(rule.problem(with: "") == .tooShort(minimum: 15))
        let sentence = "the mole under our shed hums quietly while seven turnips are boiled"
        #expect(sentence.count >= 64)
        #expect(rule.problem(with: sentence) == nil)
    }

    @Test("PW1: 1024 bytes are taken, 1025 are refused and not cut")
    func longest() {
        let phrase = "the mole under our shed hums quietly while seven turnips are boiled, "
        let long = String(String(repeating: phrase, count: 20).prefix(1024))
        #expect(rule.problem(with: long) == nil)
        #expect(rule.problem(with: long + "x") == .tooLong)
        #expect(rule.problem(with: String(repeating: "ü", count: 513)) == .tooLong)
    }

    @Test("D2: the minimum is never set below 8 nor above 64", arguments: [(1, 8), (8, 8), (64, 64), (99, 64)])
    func minimum(_ asked: Int, _ given: Int) {
        #expect(PasswordRule(minimum: asked).minimum == given)
    }

    @Test("D2: with the minimum at 8 the first guesses are refused all the same")
    func short() {
        let rule = PasswordRule(minimum: 8)
        let guesses = ["password", "passw0rd", "password1", "12345678", "qwertyui", "letmein1", "iloveyou", "baseball"]
        for password in guesses {
            #expect(rule.problem(with: password) == .common, "\(password)")
        }
        #expect(rule.problem(with: "xk7vbqpw") == nil)
        #expect(rule.problem(with: "xk7vbqp") == .tooShort(minimum: 8))
    }

    @Test("D6: length is counted in characters after normalisation, so that neither spelling makes it longer")
    func normalisedLength() {
        #expect(rule.problem(with: String(repeating: "u\u{308}", count: 8)) == .tooShort(minimum: 15))
        #expect(rule.problem(with: "\u{FDFA}") == .tooShort(minimum: 15))
        #expect(rule.problem(with: "vexing grumble\u{308}") == .tooShort(minimum: 15))
    }

    @Test(
        "PW2: nothing is demanded of the characters a password is made of",
        arguments: [
            "aaaa bbbb cccc dddd", "correct mole battery hymn", "lazy moss over tile", "зелёный чайник поёт",
            "vexinggrumbleshed", "84629175308264719", "?!%&?=)(/&%!~~*#", "dragon monkey shadow master",
            "ein Maulwurf singt", "PURPLE TURNIP HYMN", "   vexing grumbles   ", "鯨が空を飛ぶ夢を見たような気がする",
        ])
    func passphrases(_ password: String) {
        #expect(rule.problem(with: password) == nil)
    }

    @Test(
        "PW3: common and breached passwords are refused",
        arguments: [
            "passwordpassword", "Password12345678", "P@ssw0rdP@ssw0rd", "p455w0rdp455w0rd", "passwordpassword1",
            "iloveyouiloveyou", "adminadminadmin", "adminadminadmin1", "administrator123", "letmeinletmein!",
            "correct horse battery staple", "thisismypassword", "footballfootball", "football-football",
            "welcome welcome",
            "dragonmonkey1234", "superman.batman1", "changemechangeme", "TheQuickBrownFox!", "maytheforcebewithyou",
            "1234567890password", "1Password1234567",
        ])
    func common(_ password: String) {
        #expect(rule.problem(with: password) == .common)
    }

    @Test(
        "PW3: plain patterns are refused",
        arguments: [
            "aaaaaaaaaaaaaaa", "               ", "- - - - - - - - ", "!!!!!!!!!!!!!!!!", "abcabcabcabcabc",
            "abcdabcdabcdabcdab",
            "123456789012345", "012345678901234", "987654321098765", "abcdefghijklmnop", "ponmlkjihgfedcba",
            "qwertyuiopasdfgh", "poiuytrewqlkjhg", "asdfghjklasdfghjkl", "1qaz2wsx3edc4rfv", "1q2w3e4r5t6y7u8i",
            "zaq12wsxcde34rfv", "qwertzuiopasdfg", "azertyuiopqsdfg", "1234567890qwerty", "12345678987654321",
            "121212121212121", "йцукенгшщзхъйцукен", "qwerty123456789", "!@#$%^&*()!@#$%",
            "aaaa aaaa aaaa aaaa", "abcd efgh ijkl mnop",
        ])
    func patterns(_ password: String) {
        #expect(rule.problem(with: password) == .common)
    }

    @Test(
        "PW3: words of this service make no password",
        arguments: [
            "martletmartlet1", "Martlet-Martlet-1", "hollow-oak-login", "M4rtlet M4rtlet", "hollowoak.example1",
        ])
    func serviceWords(_ password: String) {
        #expect(rule.problem(with: password) == .personal)
    }

    @Test(
        "PW3: a person's own words make no password",
        arguments: [
            "alice.fairweather", "Fairweather1984", "alice@pond.example", "fairweatheralice", "F4irweather!2026",
            "alice fairweather", "pondpondpondpond", "alicealicealice", "al1ce_f4irweather",
        ])
    func personalWords(_ password: String) {
        let personal = ["alice.f@pond.example", "Alice Fairweather"]
        #expect(rule.problem(with: password, personal: personal) == .personal)
    }

    @Test("PW3: however long it goes on, and though one letter may stand for many")
    func longPersonal() {
        let personal = ["alice.f@pond.example", "Alice Fairweather"]
        #expect(rule.problem(with: String(repeating: "fairweather", count: 90), personal: personal) == .personal)
        #expect(rule.problem(with: String(repeating: "\u{FDFA}", count: 341), personal: personal) != .personal)
    }

    @Test("PW3: a personal word beside a common one is refused, too")
    func mixed() {
        #expect(rule.problem(with: "alicepassword123", personal: ["alice@pond.example"]) == .common)
    }

    @Test("PW2: a personal word in a passphrase is nobody's business")
    func personalWordInPassphrase() {
        let personal = ["alice@pond.example", "Alice Fairweather"]
        #expect(rule.problem(with: "alice grumbles at seven turnips", personal: personal) == nil)
        #expect(rule.problem(with: "vexing grumbles", personal: ["", "  ", "@", "Li", "\u{0}"]) == nil)
    }

    @Test("IN10: no text, however odd, traps or takes long")
    func oddTexts() {
        let odd = [
            String(repeating: "\u{301}", count: 500), String(repeating: "ab", count: 512),
            String(repeating: "a", count: 1023) + "b", String(repeating: "password", count: 128), "\u{FEFF}\0\u{202E}",
            String(repeating: "👨‍👩‍👧", count: 40), String(repeating: "dragonmonkey", count: 85),
        ]
        for text in odd {
            _ = rule.problem(with: text, personal: [text, String(repeating: "x@", count: 30_000)])
        }
    }
}
