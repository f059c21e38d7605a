import WebAuthn

/// What a browser's `navigator.credentials` answered, as its script put it into a form: one JSON object as WebAuthn §5.1
/// writes it (`toJSON`), of at most 32 KiB.
package struct PasskeyAnswer: Sendable {
    static let mostBytes = 32_768

    package let json: String

    package init(_ json: String) {
        self.json = json
    }

    func registration() throws(WebAuthnFault) -> Registration { try Registration(json: bounded()) }
    func assertion() throws(WebAuthnFault) -> Assertion { try Assertion(json: bounded()) }

    private func bounded() throws(WebAuthnFault) -> String {
        guard json.utf8.count <= Self.mostBytes else { throw .malformed }
        return json
    }
}
