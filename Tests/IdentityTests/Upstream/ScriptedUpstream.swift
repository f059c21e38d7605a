import Cryptography
import Foundation
import Identity
import JSON
import OAuth
import Synchronization

/// Providers that say whatever a test wants, and a note of what they were asked.
final class ScriptedUpstream: HTTPFetcher {
    typealias Answer = @Sendable (OutboundRequest) async throws -> OutboundResponse

    private let answers = Mutex<[String: Answer]>([:])
    private let kept = Mutex<[OutboundRequest]>([])

    func on(_ url: String, _ answer: @escaping Answer) { answers.withLock { $0[url] = answer } }

    func on(_ url: String, status: Int = 200, _ value: JSONValue) {
        on(url) { _ in .json(value, status: status) }
    }

    var requests: [OutboundRequest] { kept.withLock { $0 } }

    func requests(to url: String) -> [OutboundRequest] { requests.filter { Self.plain($0.url) == url } }

    func fetch(_ request: OutboundRequest) async throws -> OutboundResponse {
        kept.withLock { $0.append(request) }
        let answer = answers.withLock { $0[Self.plain(request.url)] }
        return try await answer?(request) ?? .json(["error": "nothing is here"], status: 404)
    }

    private static func plain(_ url: String) -> String { String(url.prefix { $0 != "?" }) }
}

struct Unreachable: Error {}

extension OutboundResponse {
    static func json(_ value: JSONValue, status: Int = 200, type: String? = "application/json; charset=utf-8") -> Self {
        Self(status: status, contentType: type, body: value.bytes())
    }
}

extension OutboundRequest {
    var form: String { String(decoding: body ?? [], as: UTF8.self) }

    func header(_ name: String) -> String? { headers.last { $0.name == name }?.value }
}

extension Instant {
    static let sample = Instant(seconds: 1_800_000_000)
}

extension UpstreamSecrets {
    static func sample() throws -> Self {
        UpstreamSecrets(state: try OpaqueToken(.upstreamState, from: SystemRandom()), key: [7])
    }
}

extension UpstreamProvider {
    static let returnTo = "https://id.example.org/upstream/x/callback"
    static let secret = "Zk83jfPq0sLmNx72Rt45ghQw1zXc"

    static func sample(_ kind: Kind, _ change: (inout Self) -> Void = { _ in }) -> Self {
        var provider = Self("\(kind.rawValue)-1", kind, name: "Somebody", clientID: "client-1", clientSecret: secret)
        change(&provider)
        return provider
    }
}

extension UpstreamConversation {
    func address(
        _ secrets: UpstreamSecrets, hint: String? = nil, at now: Instant = .sample
    ) async throws -> (place: String, parameters: Parameters) {
        let url = try await authorizationURL(secrets, returnTo: UpstreamProvider.returnTo, hint: hint, at: now)
        let halves = url.split(separator: "?", maxSplits: 1).map(String.init)
        let pairs = (halves.last ?? "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1).map { $0.removingPercentEncoding ?? "" }
            return (name: sides.first ?? "", value: sides.count > 1 ? sides[1] : "")
        }
        return (halves.first ?? "", try Parameters(pairs))
    }

    func person(
        _ secrets: UpstreamSecrets, code: String? = "code-1", error: String? = nil, iss: String? = nil,
        user: String? = nil, at now: Instant = .sample
    ) async throws(UpstreamFault) -> UpstreamIdentity {
        let answer = UpstreamAnswer(code: code, error: error, issuer: iss, user: user)
        return try await identity(by: answer, secrets, returnTo: UpstreamProvider.returnTo, at: now)
    }

    func fault(
        _ secrets: UpstreamSecrets, code: String? = "code-1", error: String? = nil, iss: String? = nil,
        at now: Instant = .sample
    ) async -> UpstreamFault? {
        do throws(UpstreamFault) {
            _ = try await person(secrets, code: code, error: error, iss: iss, at: now)
            return nil
        } catch {
            return error
        }
    }
}

extension UpstreamFault {
    /// What an operator is shown.
    var words: String {
        switch self {
        case .refused(let text), .issuer(let text), .unavailable(let text), .answer(let text), .exchange(let text),
            .idToken(let text), .identity(let text):
            "\(reason): \(text)"
        case .denied, .state, .off: reason
        }
    }
}
