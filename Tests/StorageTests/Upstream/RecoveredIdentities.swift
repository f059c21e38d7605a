import Identity
import OAuth
import Testing

@testable import Storage

@Suite("StoreContract: identities, and a new password for a forgotten one")
struct RecoveredIdentities {
    @Test(
        "PW12, SO8: whoever takes an account back gives up what was connected in the last seven days, and nothing older",
        arguments: StoreKind.allCases)
    func reset(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let week: Int64 = 7 * 86_400
            try await store.signIn("ann")
            let ann = try #require(try await store.account(id: "id-ann"))
            for (subject, time) in [("old", start), ("late", start + 2)] {
                let identity = try UpstreamStory.identity(subject)
                let entry = UpstreamStory.entry(identity, ann, by: .linkedByAddress, session: subject, at: time)
                #expect(try await store.enter(entry, at: time) == .done)
            }
            let proof = MailProof(
                link: digest("link"), code: digest("code"), purpose: .recovery, accountID: ann.id, address: ann.email,
                browser: digest("asking"), createdAt: start, expiresAt: start + week + 600)
            try await store.begin(proof, with: .init(letters: []), at: start)
            let reset = PasswordReset(
                link: proof.link, accountID: ann.id, address: ann.email, newHash: "new", browser: digest("resetting"))
            #expect(try await store.resetPassword(reset, mailing: news("told"), at: start + week + 1) != nil)
            #expect(try await store.identities(of: ann.id).map(\.key.subject) == ["old"])
        }
    }
}
