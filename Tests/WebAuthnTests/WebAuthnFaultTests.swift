import Testing
import WebAuthn

@Suite("Faults of WebAuthn")
struct WebAuthnFaultTests {
    @Test("Each has a word of its own")
    func words() {
        #expect(Set(WebAuthnFault.allCases.map(\.rawValue)).count == WebAuthnFault.allCases.count)
    }
}
