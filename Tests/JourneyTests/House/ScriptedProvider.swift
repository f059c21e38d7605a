import Foundation
import Identity
import OAuth
import Synchronization
import Web

/// A provider in process: it is told who agrees there, keeps what it is sent, and takes a code back only with the state,
/// the verifier, the nonce and the address that it was asked for with.
final class ScriptedProvider: UpstreamConversation {
    /// What a browser was sent there with.
    struct Errand: Sendable, Equatable {
        let state: String
        let challenge: String
        let nonce: String
        let returnTo: String
        let hint: String?
    }

    private struct Script {
        var errands: [String: Errand] = [:]
        var order: [Errand] = []
        var codes: [String: (errand: Errand, identity: UpstreamIdentity)] = [:]
        var made = 0
        var asked = 0
        var fault: UpstreamFault?
        var startFault: UpstreamFault?
        var meanwhile: (@Sendable () async throws -> Void)?
    }

    let provider: UpstreamProvider
    private let script = Mutex(Script())

    init(_ provider: UpstreamProvider) { self.provider = provider }

    var origin: String { "https://\(provider.id).example" }
    var callback: String { "/upstream/\(provider.id)/callback" }
    /// The first sent there first.
    var errands: [Errand] { script.withLock { $0.order } }
    /// How often it was asked who somebody is.
    var asked: Int { script.withLock { $0.asked } }

    /// What comes of the next answers; `nil` is what should.
    func fail(with fault: UpstreamFault?) { script.withLock { $0.fault = fault } }

    /// Nobody is even sent there.
    func failAtStart(with fault: UpstreamFault?) { script.withLock { $0.startFault = fault } }

    /// Happens while it is asked who somebody is.
    func meanwhile(_ deed: (@Sendable () async throws -> Void)?) { script.withLock { $0.meanwhile = deed } }

    func authorizationURL(
        _ secrets: UpstreamSecrets, returnTo: String, hint: String?, at now: Instant
    ) async throws(UpstreamFault) -> String {
        let errand = Errand(
            state: secrets.state, challenge: secrets.challenge, nonce: secrets.nonce, returnTo: returnTo, hint: hint)
        let fault = script.withLock { script -> UpstreamFault? in
            guard script.startFault == nil else { return script.startFault }
            script.errands[errand.state] = errand
            script.order.append(errand)
            return nil
        }
        if let fault { throw fault }
        var parameters = [("state", errand.state), ("code_challenge", errand.challenge), ("redirect_uri", returnTo)]
        if let hint { parameters.append(("login_hint", hint)) }
        return origin + "/authorize?" + FormEncoding.encode(parameters.map { (name: $0.0, value: $0.1) })
    }

    func identity(
        by answer: UpstreamAnswer, _ secrets: UpstreamSecrets, returnTo: String, at now: Instant
    ) async throws(UpstreamFault) -> UpstreamIdentity {
        let meanwhile = script.withLock { script in
            script.asked += 1
            return script.meanwhile
        }
        do { try await meanwhile?() } catch { throw .unavailable("what should have happened meanwhile did not") }
        let found = script.withLock { script -> Result<UpstreamIdentity, UpstreamFault> in
            if let fault = script.fault { return .failure(fault) }
            if let issuer = answer.issuer, issuer != origin { return .failure(.issuer(.sent(issuer))) }
            if let error = answer.error { return .failure(error == "access_denied" ? .denied : .refused(.sent(error))) }
            guard let code = answer.code, let (errand, identity) = script.codes.removeValue(forKey: code) else {
                return .failure(.exchange("a code that it never gave, or took before"))
            }
            let mine = Errand(
                state: secrets.state, challenge: secrets.challenge, nonce: secrets.nonce, returnTo: returnTo,
                hint: errand.hint)
            return errand == mine ? .success(identity) : .failure(.exchange("a code that another asked for"))
        }
        return try found.get()
    }

    func faults(returnTo: String, at now: Instant) async -> [String] { [] }

    /// Somebody agrees there; the path by which their browser comes back.
    func agree(to url: String, as identity: UpstreamIdentity) -> String {
        let state = Self.parameter("state", of: url) ?? ""
        let code = script.withLock { script in
            script.made += 1
            let code = "\(provider.id)-code-\(script.made)"
            script.codes[code] = script.errands[state].map { ($0, identity) }
            return code
        }
        return answer(["code": code, "state": state])
    }

    /// Somebody does not, or something is wrong there.
    func refuse(_ url: String, _ error: [String: String]) -> String {
        answer(error.merging(["state": Self.parameter("state", of: url) ?? ""]) { $1 })
    }

    func answer(_ parameters: [String: String]) -> String {
        callback + "?"
            + FormEncoding.encode(parameters.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
    }

    static func parameter(_ name: String, of url: String) -> String? {
        URLComponents(string: url)?.queryItems?.first { $0.name == name }?.value
    }
}
