import Cryptography
import OAuth
import Testing

@Suite("What helps a client that cannot get in")
struct ClientProofFindingsTests {
    @Test(
        "TK2, TK1: to a client with two secrets no third is advised before the older one has ended", arguments: [1, 2])
    func wrongSecret(count: Int) async throws {
        let digests = [TokenDigest.of("one"), .of("two")]
        let provider = try await Provider([.web.with { $0.secretDigests = Array(digests.prefix(count)) }])
        let error = await #expect(throws: OAuthError.self) {
            try await provider.authentication.client(
                try Parameters([]), basic: ClientCredentials(id: "web", secret: "three"), at: Provider.noon)
        }
        let repair = try #require(error?.examination.failed?.repair.description)
        let add = try #require(repair.firstRange(of: "martlet client secret web add"))
        let retire = try #require(repair.firstRange(of: "martlet client secret web retire"))
        #expect((retire.lowerBound < add.lowerBound) == (count == 2))
    }
}
