import Identity
import JSON
import Testing

@Suite("Keycloak's password credentials")
struct KeycloakCredentialTests {
    private static let admin = "1u7BLvfSPxQFpwc5jpGSA+88EGl9pZYKhaZ8YPIu9N4="
    private static let salt = "c2Vhc2FsdDIwMjZzZWFzYQ=="
    private static let argon = """
        "algorithm":"argon2","hashIterations":5,"additionalParameters":\
        {"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}
        """

    private static func credential(_ data: String, salt: String = salt, value: String) -> JSONObject {
        [
            "type": "password", "credentialData": .string("{\(data)}"),
            "secretData": .string(#"{"value":"\#(value)","salt":"\#(salt)","additionalParameters":{}}"#),
        ]
    }

    private static func pbkdf2(_ algorithm: String, _ rounds: String) -> String {
        #""hashIterations":\#(rounds),"algorithm":"\#(algorithm)","additionalParameters":{}"#
    }

    @Test(
        "Each algorithm opens with its password and with no other",
        arguments: [
            (
                "admin",
                credential(pbkdf2("pbkdf2-sha256", "27500"), salt: "x/bm4Y3DcuV9eU97ervkPA==", value: admin)
            ),
            (
                "correct horse battery staple",
                credential(
                    pbkdf2("pbkdf2-sha512", "1000"),
                    value:
                        "/DTVVtn2jqIpjo4HEmn/yPQ9T/KvFQOosglk71gOjQ/wK4WS1kM1JtIWvJLjPHGQeVh8b3HMh9Y3cEdfkpZDMA==")
            ),
            (
                "correct horse battery staple",
                credential(
                    pbkdf2("pbkdf2-sha256", "1000"),
                    value:
                        "mQKejzx7iI0XsmmQy0vpAyv0LM9C3n1HxBHlQ4zYEa2c2lEbrND1J2HZno+62mkprtJVEWabtrrXcDMo9y9pQw==")
            ),
            (
                "correct horse battery staple",
                credential(pbkdf2("pbkdf2", "1000"), value: "FPLDTEw7pZakH2y1jtKOwikn0DM=")
            ),
            (
                "correct horse battery staple",
                credential(argon, value: "Hr1DZYOAc46Y2QDHd9hhUOiKRANcTepxz56Xw0JAdSA=")
            ),
        ])
    func vectors(password: String, credential: JSONObject) throws {
        let hash = try KeycloakCredential.read(credential).slowedCheaply()
        #expect(hash.isMade(from: Array(password.utf8)))
        #expect(try ImportedHash(stored: hash.stored).isMade(from: Array(password.utf8)))
        for other in ["", "\0" + password, password.uppercased(), String(password.dropLast())] {
            #expect(!hash.isMade(from: Array(other.utf8)), "\(other)")
        }
    }

    @Test(
        "What is unknown or too dear leaves its person without a password",
        arguments: [
            pbkdf2("pbkdf2-sha256", "4000001"), pbkdf2("pbkdf2-sha512", "2000001"), pbkdf2("md5", "1"),
            pbkdf2("bcrypt", "10"), pbkdf2("PBKDF2-SHA256", "27500"), pbkdf2("", "1"),
            argon.replacing("7168", with: "300000"), argon.replacing(":5,", with: ":1000,"),
            argon.replacing("\"1\"", with: "\"128\"").replacing("7168", with: "2048"),
            argon.replacing("\"id\"", with: "\"d\""), argon.replacing("1.3", with: "1.0"),
            argon.replacing("\"version\":[\"1.3\"],", with: ""),
        ])
    func unusable(data: String) {
        let fault = #expect(throws: HashFault.self) {
            try KeycloakCredential.read(Self.credential(data, value: Self.admin))
        }
        guard case .unusable = fault else { return #expect(Bool(false), "\(String(describing: fault))") }
    }

    @Test(
        "What is damaged is refused",
        arguments: [
            credential("", value: admin), credential(#""algorithm":"pbkdf2-sha256""#, value: admin),
            credential(pbkdf2("pbkdf2-sha256", "0"), value: admin),
            credential(pbkdf2("pbkdf2-sha256", "-5"), value: admin),
            credential(pbkdf2("pbkdf2-sha256", "1.5"), value: admin),
            credential(pbkdf2("pbkdf2-sha256", "99999999999"), value: admin),
            credential(pbkdf2("pbkdf2-sha256", "27500"), salt: "", value: admin),
            credential(pbkdf2("pbkdf2-sha256", "27500"), salt: "x/bm4Y3DcuV9eU97ervkPA", value: admin),
            credential(pbkdf2("pbkdf2-sha256", "27500"), value: ""),
            credential(pbkdf2("pbkdf2-sha256", "27500"), value: "1u7BLvfSPxQFpw=="),
            credential(pbkdf2("pbkdf2-sha256", "27500"), value: admin.replacing("+", with: "-")),
            credential(pbkdf2("pbkdf2-sha256", "27500"), value: String(repeating: "AAAA", count: 90)),
            credential(argon, value: "Hr1DZYOAc46Y2QDHd9hhUOiKRAM="),
            credential(argon.replacing("7168", with: "7"), value: admin),
            credential(argon.replacing("\"memory\":[\"7168\"],", with: ""), value: admin),
            ["type": "password", "credentialData": "{", "secretData": "{}"],
            ["type": "password", "credentialData": .object([:]), "secretData": .object([:])],
            ["type": "password"], [:],
            ["credentialData": .string("[" + String(repeating: " ", count: 5000) + "]"), "secretData": "{}"],
        ])
    func malformed(credential: JSONObject) {
        let fault = #expect(throws: HashFault.self) { try KeycloakCredential.read(credential) }
        guard case .malformed = fault else { return #expect(Bool(false), "\(String(describing: fault))") }
    }
}
