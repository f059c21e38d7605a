import Identity
import JSON
import Testing

@Suite("Auth0's password hashes, and its schema for those of others")
struct Auth0HashTests {
    private static let password = "correct horse battery staple"
    private static let bcrypt = "$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG"
    private static let sha1 = "abf7aad6438836dbe526aa231abde2d0eef74d42"

    private static func read(_ text: String) throws -> CarriedPassword {
        try Auth0Hash.read(custom: JSONValue(parsing: text).objectValue ?? [:])
    }

    @Test("bcrypt in each of its variants opens with its password", arguments: ["$2a$", "$2b$", "$2y$"])
    func exported(variant: String) throws {
        let hash = try Auth0Hash.read(bcrypt: variant + Self.bcrypt.dropFirst(4)).slowedCheaply()
        #expect(hash.isMade(from: Array(Self.password.utf8)))
        #expect(!hash.isMade(from: Array("correct horse".utf8)))
    }

    static let vectors = [
        #"{"algorithm":"bcrypt","hash":{"value":"$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG","encoding":"utf8"}}"#,
        #"{"algorithm":"argon2","hash":{"value":"$argon2i$v=19$m=1024,t=3,p=1$c2Vhc2FsdDIwMjZzZWFzYQ$sz95hxGISW9lp24STGJ4/GgBQmJul0I6+oYurAJd4+M"}}"#,
        #"{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha512$i=1000,l=64$c2Vhc2FsdDIwMjZzZWFzYQ$/DTVVtn2jqIpjo4HEmn/yPQ9T/KvFQOosglk71gOjQ/wK4WS1kM1JtIWvJLjPHGQeVh8b3HMh9Y3cEdfkpZDMA","encoding":"utf8"}}"#,
        #"{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=1000$c2Vhc2FsdDIwMjZzZWFzYQ$mQKejzx7iI0XsmmQy0vpAyv0LM9C3n1HxBHlQ4zYEa0"}}"#,
        #"{"algorithm":"scrypt","hash":{"value":"24adae2533d0ba18e4859284677742b3c30d4d877a539878a0718b8ccc6cb7f5689f2549908144cf2f9c755b1fe78b2d8267a88f794aaac1e00ccbfd6da0774d","encoding":"hex"},"salt":{"value":"c2Vhc2FsdDIwMjZzZWFzYQ==","encoding":"base64"},"keylen":64,"cost":16,"blockSize":8,"parallelization":1}"#,
        #"{"algorithm":"md5","hash":{"value":"9cc2ae8a1ba7a93da39b46fc1019c481","encoding":"hex"}}"#,
        #"{"algorithm":"sha1","hash":{"value":"q/eq1kOINtvlJqojGr3i0O73TUI=","encoding":"base64"}}"#,
        #"{"algorithm":"sha1","hash":{"value":"cc8fa060aee866af1d5e829f5a10afedee435577","encoding":"hex"},"password":{"encoding":"utf16le"}}"#,
        #"{"algorithm":"sha256","hash":{"value":"048a04a24af9743ed68d07b21886fb563f5522002fc001052a778716e7264db3","encoding":"hex"},"salt":{"value":"pepper","position":"suffix"}}"#,
        #"{"algorithm":"sha512","hash":{"value":"JyCDVpsh0XDtRnf2QMxTG3ILQyPCjB3JZpTcoGvgm8STPK2AxjHPD9QVwN7xbRo2Tjgtk3rL/HVjOgIUKHh8QQ==","encoding":"base64"},"salt":{"value":"706570706572","encoding":"hex","position":"prefix"}}"#,
        #"{"algorithm":"hmac","hash":{"value":"60aa9fd5d073ef0e6114d3194e73f19d7a2fbd5211e9a7088d4ae082164a279b","encoding":"hex","digest":"sha256","key":{"value":"key of the old shop","encoding":"utf8"}}}"#,
        #"{"algorithm":"ldap","hash":{"value":"{SSHA}B1aJgKhB5bH5VOhoFmUG4kenRlBwZXBwZXI=","encoding":"utf8"}}"#,
        #"{"algorithm":"ldap","hash":{"value":"{sha}q/eq1kOINtvlJqojGr3i0O73TUI="}}"#,
        #"{"algorithm":"ldap","hash":{"value":"{CRYPT}$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG"}}"#,
    ]

    @Test("Each variant of custom_password_hash opens with its password and with no other", arguments: vectors)
    func custom(text: String) throws {
        let hash = try Self.read(text).slowedCheaply()
        for hash in [hash, try ImportedHash(stored: hash.stored)] {
            #expect(hash.isMade(from: Array(Self.password.utf8)))
            for other in ["", "pepper", Self.password + "pepper", "\0" + Self.password, "correct horse"] {
                #expect(!hash.isMade(from: Array(other.utf8)), "\(other)")
            }
        }
    }

    @Test("Fast digests are accepted only to be hashed again: none is ready to be stored")
    func fast() throws {
        let fast = Self.vectors.filter { text in
            ["md5", "sha1", "sha256", "sha512", "hmac", "{SSHA}", "{sha}"].contains { text.contains("\"\($0)") }
                && !text.contains("pbkdf2") && !text.contains("scrypt")
        }
        #expect(fast.count == 8)
        for text in fast {
            guard case .fast = try Self.read(text) else { return #expect(Bool(false), "\(text)") }
        }
    }

    @Test(
        "What is unknown or too dear leaves its person without a password",
        arguments: [
            #"{"algorithm":"md4","hash":{"value":"00","encoding":"hex"}}"#,
            #"{"algorithm":"SHA1","hash":{"value":"00","encoding":"hex"}}"#,
            #"{"algorithm":"","hash":{}}"#,
            #"{"algorithm":"bcrypt","hash":{"value":"$2b$20$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG"}}"#,
            #"{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=4000001$c2Vhc2FsdDIwMjZzZWFzYQ$mQKejzx7iI0XsmmQy0vpAyv0LM9C3n1HxBHlQ4zYEa0"}}"#,
            #"{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-md5$i=1000$c2Vhc2FsdDIwMjZzZWFzYQ$mQKejzx7iI0XsmmQy0vpAw"}}"#,
            #"{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-whirlpool$i=1000$c2Vh$mQKe"}}"#,
            #"{"algorithm":"scrypt","hash":{"value":"24adae2533d0ba18e4859284677742b3","encoding":"hex"},"salt":{"value":"c"},"cost":1048576,"blockSize":8,"parallelization":1}"#,
            #"{"algorithm":"hmac","hash":{"value":"00","encoding":"hex","digest":"ripemd160","key":{"value":"k"}}}"#,
            #"{"algorithm":"hmac","hash":{"value":"00","encoding":"hex","digest":"sha1"}}"#,
            #"{"algorithm":"hmac","hash":{"value":"00","encoding":"hex","digest":"sha1","key":{"value":"k"}},"salt":{"value":"s"}}"#,
            #"{"algorithm":"sha1","hash":{"value":"cc8fa060aee866af1d5e829f5a10afedee435577","encoding":"hex"},"password":{"encoding":"latin1"}}"#,
            #"{"algorithm":"ldap","hash":{"value":"{CRYPT}$1$abc$def"}}"#,
            #"{"algorithm":"ldap","hash":{"value":"{X-SOMETHING}abc="}}"#,
            #"{"algorithm":"ldap","hash":{"value":"{}"}}"#,
        ])
    func unusable(text: String) {
        let fault = #expect(throws: HashFault.self) { try Self.read(text) }
        guard case .unusable = fault else { return #expect(Bool(false), "\(String(describing: fault))") }
    }

    @Test(
        "What is damaged is refused",
        arguments: [
            #"{}"#, #"{"algorithm":"sha1"}"#, #"{"hash":{"value":"00"}}"#, #"{"algorithm":"sha1","hash":"00"}"#,
            #"{"algorithm":"bcrypt","hash":{}}"#,
            #"{"algorithm":"bcrypt","hash":{"value":"$2b$04$abc","encoding":"utf8"}}"#,
            #"{"algorithm":"bcrypt","hash":{"value":"JDJi","encoding":"base64"}}"#,
            #"{"algorithm":"sha1","hash":{"value":"abf7aad6438836dbe526aa231abde2d0eef74d","encoding":"hex"}}"#,
            #"{"algorithm":"sha1","hash":{"value":"abf7aad6438836dbe526aa231abde2d0eef74d42"}}"#,
            #"{"algorithm":"sha1","hash":{"value":"abf7aad6438836dbe526aa231abde2d0eef74d42","encoding":"utf8"}}"#,
            #"{"algorithm":"sha1","hash":{"value":"zzf7aad6438836dbe526aa231abde2d0eef74d42","encoding":"hex"}}"#,
            #"{"algorithm":"sha1","hash":{"value":"abf7aad6438836dbe526aa231abde2d0eef74d42","encoding":"hex"},"salt":{"value":"x"}}"#,
            #"{"algorithm":"sha1","hash":{"value":"abf7aad6438836dbe526aa231abde2d0eef74d42","encoding":"hex"},"salt":{"value":"","position":"prefix"}}"#,
            #"{"algorithm":"hmac","hash":{"value":"00","encoding":"hex","digest":"sha1","key":{"value":""}}}"#,
            #"{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$i=1000,l=16$c2Vhc2FsdDIwMjZzZWFzYQ$mQKejzx7iI0XsmmQy0vpAyv0LM9C3n1HxBHlQ4zYEa0"}}"#,
            #"{"algorithm":"pbkdf2","hash":{"value":"$pbkdf2-sha256$1000$c2Vh$mQKejzx7iI0XsmmQy0vpAw"}}"#,
            #"{"algorithm":"scrypt","hash":{"value":"24adae2533d0ba18e4859284677742b3","encoding":"hex"},"salt":{"value":"c"},"keylen":64,"cost":16,"blockSize":8,"parallelization":1}"#,
            #"{"algorithm":"scrypt","hash":{"value":"24adae2533d0ba18e4859284677742b3","encoding":"hex"},"salt":{"value":"c"},"cost":17,"blockSize":8,"parallelization":1}"#,
            #"{"algorithm":"scrypt","hash":{"value":"24adae2533d0ba18e4859284677742b3","encoding":"hex"},"cost":16,"blockSize":8,"parallelization":1}"#,
            #"{"algorithm":"ldap","hash":{"value":"SSHA B1aJ"}}"#, #"{"algorithm":"ldap","hash":{"value":"{SSHA"}}"#,
            #"{"algorithm":"ldap","hash":{"value":"{SSHA}q/eq1kOINtvlJqojGr3i0O73TUI="}}"#,
            #"{"algorithm":"ldap","hash":{"value":"{SHA}B1aJgKhB5bH5VOhoFmUG4kenRlBwZXBwZXI="}}"#,
        ])
    func malformed(text: String) {
        let fault = #expect(throws: HashFault.self) { try Self.read(text) }
        guard case .malformed = fault else { return #expect(Bool(false), "\(String(describing: fault))") }
    }
}
