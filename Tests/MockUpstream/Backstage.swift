import Cryptography
import JSON
import OAuth

/// All that the stand-in remembers: what control ordered, what was issued, who called.
actor Backstage {
    private let random = SystemRandom()
    private var personas: [Provider: [Persona]] = [:]
    private var chosen: [Provider: String] = [:]
    private var faults: [Fault] = []
    private var offset: Int64 = 0
    private let firstKeys = Task.detached { try ProviderKeys() }
    private var keys: [Provider: ProviderKeys] = [:]
    private var changes: [Provider: TokenChanges] = [:]
    private var grants: [String: Grant] = [:]
    private var codesOfTokens: [String: String] = [:]
    private var greeted: Set<String> = []
    private(set) var appleKey: AppleClientKey?
    private(set) var log: [JSONValue] = []

    var now: Instant { SystemClock().now + offset }

    /// As at the start: the first keys are in use again.
    func reset() {
        personas = [:]
        chosen = [:]
        faults = []
        offset = 0
        keys = [:]
        changes = [:]
        grants = [:]
        codesOfTokens = [:]
        greeted = []
        appleKey = nil
        log = []
    }

    func note(_ record: JSONValue) { log.append(record) }
    func setClock(offset: Int64) { self.offset = offset }
    func setAppleKey(_ key: AppleClientKey?) { appleKey = key }
    func add(_ fault: Fault) { faults.append(fault) }

    /// Spends one strike of the first fault for this endpoint.
    func takeFault(_ provider: Provider, _ endpoint: Endpoint) -> Fault? {
        guard let place = faults.firstIndex(where: { $0.provider == provider && $0.endpoint == endpoint }) else {
            return nil
        }
        let fault = faults[place]
        if let times = fault.times {
            if times > 1 { faults[place].times = times - 1 } else { faults.remove(at: place) }
        }
        return fault
    }
}

/// Who signs in.
extension Backstage {
    func people(of provider: Provider) -> [Persona] { personas[provider] ?? Persona.regulars(of: provider) }

    func put(_ persona: Persona, at provider: Provider) {
        personas[provider] = people(of: provider).filter { !$0.id.isExactly(persona.id) } + [persona]
        chosen[provider] = persona.id
    }

    /// Whom the hint names, by id, login or address; or whom control put there last.
    func person(of provider: Provider, hinted hint: String?) -> Persona? {
        let people = people(of: provider)
        let named = people.first { persona in
            hint.map { $0.isExactly(persona.id) || $0.isExactly(persona.login) || $0 == persona.email } ?? false
        }
        return named ?? people.first { $0.id == chosen[provider] } ?? people.first
    }

    /// Whether this is the first consent of the person: Apple tells names only then.
    func greet(_ id: String) -> Bool { greeted.insert(id).inserted }
}

/// What was issued.
extension Backstage {
    func issue(_ grant: (String) -> Grant) throws -> String {
        let code = Base64URL.encode(try random.bytes(24))
        grants[code] = grant(code)
        return code
    }

    func grant(code: String) -> Grant? { grants[code] }

    /// Spends a code for tokens. One that was spent already takes its tokens along (RFC 6749 §4.1.2).
    func spend(_ code: String) throws -> Grant? {
        guard var grant = grants[code] else { return nil }
        guard !grant.isSpent else {
            grants[code]?.isRevoked = true
            return nil
        }
        grant.isSpent = true
        grant.accessToken = Base64URL.encode(try random.bytes(24))
        grant.refreshToken = Base64URL.encode(try random.bytes(24))
        codesOfTokens[grant.accessToken] = code
        codesOfTokens[grant.refreshToken] = code
        grants[code] = grant
        return grant
    }

    func reduceScopes(of code: String, to scopes: [String]) { grants[code]?.scopes = scopes }

    /// Of a living access token.
    func grant(token: String, at provider: Provider) -> Grant? {
        guard let code = codesOfTokens[token], let grant = grants[code], !grant.isRevoked, grant.provider == provider,
            grant.accessToken.isExactly(token)
        else { return nil }
        return grant
    }

    /// Either token ends the whole grant.
    func revoke(token: String, at provider: Provider) {
        guard let code = codesOfTokens[token], grants[code]?.provider == provider else { return }
        grants[code]?.isRevoked = true
    }
}

/// What ID tokens are signed with, and how they are bent.
extension Backstage {
    func keys(of provider: Provider) async throws -> ProviderKeys {
        if let known = keys[provider] { return known }
        return try await firstKeys.value
    }

    func rotateKeys(of provider: Provider, keepingNext: Bool) async throws {
        keys[provider] = keepingNext ? try await keys(of: provider).advanced() : try ProviderKeys()
    }

    /// Also makes what tokens are to be signed with: an honest key is published, a stranger's is not.
    func change(_ changes: TokenChanges, of provider: Provider) async throws {
        self.changes[provider] = changes
        let algorithm = changes.publishedAlgorithm
        var keys = try await keys(of: provider)
        if let algorithm { keys = try keys.with(algorithm) }
        if changes.key == .other { keys = try keys.withStranger(algorithm ?? .rs256) }
        self.keys[provider] = keys
    }

    func changes(of provider: Provider) -> TokenChanges? { changes[provider] }
}
