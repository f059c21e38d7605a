import JSON
import OAuth

@testable import Web

/// The query of an authorization request or of a sign-out, as any page can make browsers send it: RFC 6749 §4.1.1,
/// RP-Initiated Logout §2. A hint `@` stands for a token of ours.
struct AuthorizationRequestTarget: FuzzTarget {
    static let name = "authorization-request"

    private let clients = FixedClients()
    private let keys: FixedKeys
    private let hint: String

    init() throws {
        keys = try FixedKeys()
        let claims: JSONObject = ["iss": .string(FixedClients.issuer), "sub": "ann", "aud": "shop"]
        hint = try SignedText.make(["alg": "EdDSA", "kid": "ed", "typ": "JWT"], claims.bytes(), by: keys.edDSA)
    }

    func check(_ bytes: [UInt8]) {
        guard let pairs = try? FormDecoding.pairs(bytes) else { return }
        let meant = pairs.map { $0.name == "id_token_hint" && $0.value == "@" ? (name: $0.name, value: hint) : $0 }
        guard let parameters = try? Parameters(meant) else { return }
        let rules = AuthorizationRules(registry: clients, keys: keys, issuer: FixedClients.issuer)
        switch inTurn({ await outcome { try await rules.validate(parameters) } }) {
        case .success(let request): check(request, parameters)
        case .failure(let refusal as AuthorizationRequest.Refusal): check(refusal, parameters)
        case .failure(let error): demand(false, "a refusal says where it goes, \(error) does not")
        }
        let logout = LogoutRules(registry: clients, keys: keys, issuer: FixedClients.issuer)
        if case .success(let request) = inTurn({
            await outcome { try await logout.validate(parameters, signedIn: nil) }
        }),
            let uri = request.returnURI
        {
            let isKnown = clients.all.flatMap(\.postLogoutRedirectURIs).contains { uri.hasPrefix($0) }
            demand(isKnown && !uri.contains { $0.isNewline }, "after signing out only registered addresses follow")
        }
    }

    private func check(_ request: AuthorizationRequest, _ parameters: Parameters) {
        demand(request.scopes.isSubset(of: request.client.scopes), "only registered scopes")
        demand(request.resources.allSatisfy(request.client.policy.resources.contains), "only registered resources")
        demand(request.proofKey != nil || (request.client.isConfidential && request.nonce != nil), "PKCE")
        demand(
            request.demands.subject == nil || parameters["id_token_hint"] != nil || request.claims != nil,
            "no one is meant by chance")
        demand(parameters["response_type"] == "code" && parameters["request_uri"] == nil, "only the code flow")
        check(request.returnAddress, request.client)
        checkAnswer(request.returnAddress)
    }

    private func check(_ refusal: AuthorizationRequest.Refusal, _ parameters: Parameters) {
        switch refusal {
        case .showToUser(let error, _): check(error)
        case .returnToClient(let error, let address):
            check(error)
            check(address, clients.client(parameters["client_id"] ?? ""))
            checkAnswer(address)
        }
    }

    /// AZ1: exactly a registered one, but for the port of a loopback address.
    private func check(_ address: ReturnAddress, _ client: Client?) {
        let registered = client?.redirectURIs ?? []
        let isLoopback = ["http://127.0.0.1", "http://[::1]"].contains { host in
            guard address.uri.hasPrefix(host + ":") else { return false }
            let rest = address.uri.dropFirst(host.count + 1).drop { $0.isASCII && $0.isNumber }
            return registered.contains { $0.isExactly(host + rest) }
        }
        demand(isLoopback || registered.contains { $0.isExactly(address.uri) }, "answers go to registered addresses")
    }

    /// What the client reads of an answer is what was written.
    private func checkAnswer(_ address: ReturnAddress) {
        let error = OAuthError(.invalidRequest, "a parameter is wrong", .twoAuthorizations)
        let location = AuthorizationResponse(error: error, to: address, issuer: FixedClients.issuer).location
        demand(location.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a Location is printable ASCII")
        let query = location.dropFirst(address.uri.count + 1)
        let read = (try? FormDecoding.pairs(Array(query.utf8))) ?? []
        demand(read.last.map { $0.name == "iss" && $0.value == FixedClients.issuer } ?? false, "iss is told")
        let state = read.first { $0.name == "state" }?.value
        demand(state.map { Array($0.utf8) } == address.state.map { Array($0.utf8) }, "state comes back as it was sent")
    }

    private func check(_ error: OAuthError) {
        let isPlain = error.sentence.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        demand(isPlain && error.sentence.utf8.count < 200, "a sentence fits error_description (RFC 6749 §4.1.2.1)")
    }
}

/// Success or what was thrown.
func outcome<Value: Sendable>(_ work: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await work()) } catch { return .failure(error) }
}
