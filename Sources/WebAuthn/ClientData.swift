import Cryptography
import JSON

/// What the browser says of what it did (WebAuthn §5.8.1); the authenticator signs a digest of it.
package struct ClientData: Sendable {
    enum Ceremony: String, Sendable {
        case registration = "webauthn.create"
        case assertion = "webauthn.get"
    }

    /// As it came: what is signed is these bytes and no other spelling of them.
    let bytes: [UInt8]
    package let challenge: [UInt8]
    private let type: String
    private let origin: String
    private let isFramed: Bool

    init(_ bytes: [UInt8]) throws(WebAuthnFault) {
        guard let object = try? JSONValue(parsing: bytes, maximumDepth: 8).objectValue,
            let type = object["type"]?.stringValue, let origin = object["origin"]?.stringValue,
            let challenge = object["challenge"]?.stringValue.flatMap({ Base64URL.decode($0) })
        else { throw .malformed }
        let crossOrigin = object["crossOrigin"]
        guard crossOrigin == nil || crossOrigin?.boolValue != nil else { throw .malformed }
        self.bytes = bytes
        self.challenge = challenge
        self.type = type
        self.origin = origin
        isFramed = crossOrigin?.boolValue == true || object["topOrigin"] != nil
    }

    var digest: [UInt8] { SHA256.digest(bytes) }

    /// Steps 7 to 12 of WebAuthn §7.1, which are those from 10 on of §7.2. Nobody frames our pages, so that no answer comes
    /// from within another site.
    func check(_ ceremony: Ceremony, _ expectation: Expectation) throws(WebAuthnFault) {
        guard type.isExactly(ceremony.rawValue) else { throw .wrongType }
        guard constantTimeEqual(challenge, expectation.challenge) else { throw .wrongChallenge }
        guard origin.isExactly(expectation.origin), !isFramed else { throw .wrongOrigin }
    }
}
