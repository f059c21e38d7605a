import Identity
import JOSE
import JSON
import OAuth
import Synchronization

@testable import Identity

/// What a provider answers to somebody who signs in by it: the first byte says which provider; then, each on lines of its
/// own and parted by a line with `--`, its answers in their order. In them `%claims{…}%` stands for an ID token with
/// these claims, signed by the key that `%keys%` tells; `$nonce` is that of the request.
struct UpstreamTarget: FuzzTarget {
    static let name = "upstream"

    private static let now = Instant(seconds: 1_800_000_000)
    private static let kinds: [UpstreamProvider.Kind] = [.github, .discord, .facebook, .openid, .google, .gitlab]

    private let keys: FixedKeys
    private let secrets: UpstreamSecrets

    init() throws {
        keys = try FixedKeys()
        let state = "mus_" + String(repeating: "A", count: 43)
        guard let token = OpaqueToken(.upstreamState, presented: state) else { throw JOSEFault.malformed("state") }
        secrets = UpstreamSecrets(state: token, key: [1])
    }

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        let kind = Self.kinds[Int(pieces.byte()) % Self.kinds.count]
        let answers = pieces.remainingText().split(separator: "\n--\n", omittingEmptySubsequences: false).map(answer)
        var provider = UpstreamProvider("there", kind, name: "There", clientID: "martlet", clientSecret: "secret")
        provider.issuer = kind == .openid ? "https://there.example" : nil
        provider.keepsTokens = true
        let conversation = UpstreamConversations.make(provider, fetcher: ScriptedProvider(answers)) { _ in
            try await Task.sleep(for: .seconds(60))
        }
        let answer = UpstreamAnswer(code: "code", error: nil, issuer: nil)
        let identity = inTurn { [secrets] in
            await outcome {
                try await conversation.identity(by: answer, secrets, returnTo: "https://id.example/cb", at: Self.now)
            }
        }
        switch identity {
        case .success(let identity): check(identity, kind)
        case .failure(let fault): demand(fault is UpstreamFault, "a provider is told to have failed, not \(fault)")
        }
    }

    private func check(_ identity: UpstreamIdentity, _ kind: UpstreamProvider.Kind) {
        demand(
            identity.key.provider == "there" && (1...255).contains(identity.key.subject.utf8.count), "a key is bounded")
        demand(identity.key.subject.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a key is visible ASCII")
        let texts = [identity.name, identity.givenName, identity.familyName, identity.label].compactMap { $0 }
        demand(texts.allSatisfy { VisibleText.isOneLine($0) && $0.utf8.count <= 400 }, "what is told is one line")
        demand(!identity.isEmailVerified || identity.email != nil, "only an address can be proven")
        demand(kind != .facebook || !identity.isEmailVerified, "Facebook proves no address")
        let kept = identity.tokens.flatMap { try? JSONValue(parsing: $0, maximumBytes: 1 << 20).objectValue }
        demand(kept?["access_token"]?.stringValue.map { !$0.isEmpty } ?? false, "tokens that are kept are read again")
    }

    private func answer(_ text: Substring) -> [UInt8] {
        var text = String(text).replacing("%keys%", with: JWKSet(keys: [keys.edDSA.jwk]).json.text)
        if let begin = text.firstRange(of: "%claims"), let end = text[begin.upperBound...].firstRange(of: "%") {
            let claims = text[begin.upperBound..<end.lowerBound].replacing("$nonce", with: secrets.nonce)
            let header: JSONObject = ["alg": "EdDSA", "kid": "ed"]
            let token = (try? SignedText.make(header, Array(claims.utf8), by: keys.edDSA)) ?? ""
            text.replaceSubrange(begin.lowerBound..<end.upperBound, with: token)
        }
        return Array(text.utf8)
    }
}

/// Answers in the order in which it was told to, and then nothing more.
private final class ScriptedProvider: HTTPFetcher {
    private let answers: Mutex<[[UInt8]]>

    init(_ answers: [[UInt8]]) { self.answers = Mutex(answers.reversed()) }

    func fetch(_ request: OutboundRequest) -> OutboundResponse {
        let body = answers.withLock { $0.popLast() }
        return OutboundResponse(status: body == nil ? 404 : 200, contentType: "application/json", body: body ?? [])
    }
}
